from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["work", "rest"])), name="calendars_kind_known"
            ),
        ),
    ]
