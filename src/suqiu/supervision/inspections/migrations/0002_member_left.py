from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
    ]
