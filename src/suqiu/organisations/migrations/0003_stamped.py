"""Read once in a process, until somebody writes them: the tables get their stamps."""

from django.db import migrations

from suqiu.audit.kept import watched


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_one_centre"), ("audit", "0006_stamp")]
    operations = [
        migrations.RunSQL(*watched("organisations_region")),
        migrations.RunSQL(*watched("organisations_unit")),
    ]
