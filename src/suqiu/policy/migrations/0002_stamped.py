"""Read once in a process, until somebody writes them: the tables get their stamps."""

from django.db import migrations

from suqiu.audit.kept import watched


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial"), ("audit", "0006_stamp")]
    operations = [
        migrations.RunSQL(*watched("policy_pack")),
    ]
