"""What is written waits for its place by itself: nobody can write a fact or a look that escapes the
seal, and a request says nothing about places."""

from django.db import migrations

DO = """
CREATE FUNCTION audit_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO audit_unsealed (kind, ref) VALUES (TG_ARGV[0], NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_waits AFTER INSERT ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_wait('E');
CREATE TRIGGER audit_access_waits AFTER INSERT ON audit_access
FOR EACH ROW EXECUTE FUNCTION audit_wait('A');
"""
UNDO = """
DROP TRIGGER audit_entry_waits ON audit_entry;
DROP TRIGGER audit_access_waits ON audit_access;
DROP FUNCTION audit_wait();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_beat")]
    operations = [migrations.RunSQL(DO, UNDO)]
