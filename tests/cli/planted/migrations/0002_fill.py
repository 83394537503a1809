from django.db import migrations


def fill(apps, schema_editor):
    apps.get_model("planted", "Leaf").objects.create()


class Migration(migrations.Migration):
    dependencies = [("planted", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
