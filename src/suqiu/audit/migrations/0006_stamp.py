"""A table that seldom changes gets a new stamp with each statement that writes it (audit/kept.py)."""

from django.db import migrations, models

DO = """
CREATE SEQUENCE audit_stamps;
CREATE FUNCTION audit_stamped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO audit_stamp (name, number) VALUES (TG_TABLE_NAME, nextval('audit_stamps'))
  ON CONFLICT (name) DO UPDATE SET number = EXCLUDED.number;
  RETURN NULL;
END $$;
"""
UNDO = """
DROP FUNCTION audit_stamped();
DROP SEQUENCE audit_stamps;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_waiting")]
    operations = [
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(DO, UNDO),
    ]
