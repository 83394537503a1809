"""What a page narrowed to a district or a line asks, as sums; keys that name the larger place too."""

from importlib import import_module

from django.db import migrations

facts_afresh = import_module("suqiu.figures.migrations.0007_sums").afresh


def afresh(apps, schema_editor):
    """Sums and facts go together: a fact that stayed would be taken from sums that no longer hold it,
    and sums that stayed would hold what is added once more."""
    owner = schema_editor.connection.alias
    apps.get_model("figures", "FigureSum").objects.using(owner).all().delete()
    facts_afresh(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("figures", "0009_channel_and_person")]

    operations = [migrations.RunPython(afresh, migrations.RunPython.noop, elidable=True)]
