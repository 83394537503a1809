"""Read once in a process, until somebody writes them: the tables get their stamps."""

from django.db import migrations

from suqiu.audit.kept import watched


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_conduct"), ("audit", "0006_stamp")]
    operations = [
        migrations.RunSQL(*watched("catalogue_source")),
        migrations.RunSQL(*watched("catalogue_category")),
        migrations.RunSQL(*watched("catalogue_door")),
        migrations.RunSQL(*watched("catalogue_dutyversion")),
    ]
