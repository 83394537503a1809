"""The query codes go to `intake`, so that the desk may issue them too. The table stays as it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Key")])
    ]
