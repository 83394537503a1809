"""By which channel an order came, and who wrote its last disposal: all facts are made anew."""

from importlib import import_module

from django.db import migrations, models

afresh = import_module("suqiu.figures.migrations.0007_sums").afresh

DAYS = {
    "figures_accepted": "accepted_in",
    "figures_due": "due_in",
    "figures_closed": "closed_in",
}


class Migration(migrations.Migration):
    dependencies = [("figures", "0008_exempted"), ("catalogue", "0004_channel")]

    operations = [
        migrations.RunPython(afresh, migrations.RunPython.noop, elidable=True),
        migrations.AddField(
            model_name="figurefact",
            name="channel",
            field=models.CharField(default="", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="figurefact",
            name="person",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        *(
            operation
            for name, day in DAYS.items()
            for operation in (
                migrations.RemoveIndex(model_name="figurefact", name=name),
                migrations.AddIndex(
                    model_name="figurefact", index=models.Index(fields=[day, "region"], name=name)
                ),
            )
        ),
    ]
