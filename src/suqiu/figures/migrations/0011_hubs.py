"""At which orders a district's hub has a seat: what it may see is summed too."""

from importlib import import_module

from django.db import migrations, models

afresh = import_module("suqiu.figures.migrations.0010_areas").afresh


class Migration(migrations.Migration):
    dependencies = [("figures", "0010_areas")]

    operations = [
        migrations.RunPython(afresh, migrations.RunPython.noop, elidable=True),
        migrations.AddField(
            model_name="figurefact",
            name="hub",
            field=models.CharField(default="", max_length=20),
            preserve_default=False,
        ),
    ]
