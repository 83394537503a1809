"""Sums by day, dekad and month, a row for all that one place adds, instead of a row for each number."""

from django.db import migrations, models


def afresh(apps, schema_editor):
    """The follower begins at the journal's first entry; until it is through, pages count rows."""
    # Of the connection that migrates, which may do what the house's own may not.
    owner = schema_editor.connection.alias
    apps.get_model("figures", "FigureFact").objects.using(owner).all().delete()
    cursors = apps.get_model("audit", "Cursor").objects.using(owner)
    cursors.filter(reader__in=["figures", "figures.whole"]).delete()


class Migration(migrations.Migration):
    dependencies = [("figures", "0006_trials"), ("audit", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="FigureDaily"),
        migrations.CreateModel(
            name="FigureSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("basis", models.CharField(max_length=12)),
                ("cut", models.CharField(max_length=12)),
                ("key", models.CharField(max_length=48)),
                ("span", models.CharField(max_length=6)),
                ("day", models.DateField()),
                ("pack", models.BigIntegerField()),
                ("n", models.BigIntegerField()),
                ("codes", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("basis", "cut", "span", "day", "key", "pack"),
                        include=("n",),
                        name="figures_sum_cell",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("n", 0)), fields=["id"], name="figures_sum_empty"
                    )
                ],
            },
        ),
        migrations.RunPython(afresh, migrations.RunPython.noop, elidable=True),
    ]
