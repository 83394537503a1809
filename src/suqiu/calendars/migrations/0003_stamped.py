"""Read once in a process, until somebody writes them: the tables get their stamps."""

from django.db import migrations

from suqiu.audit.kept import watched


class Migration(migrations.Migration):
    dependencies = [("calendars", "0002_kind_known"), ("audit", "0006_stamp")]
    operations = [
        migrations.RemoveField("edition", "number"),
        migrations.RunSQL(*watched("calendars_calendarday")),
    ]
