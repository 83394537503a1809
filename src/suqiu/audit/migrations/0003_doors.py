"""The two doors look for their tables in the journal's schema only.

They run with the owner's rights. A search path without pg_temp searches it first, so whoever may make
a temporary table "audit_place" with a trigger would have had his trigger run as the owner.
"""

from django.db import migrations

SHUT = """
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION audit_seal(integer) SET search_path = pg_catalog, %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION audit_erase(bigint[]) SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guard")]
    operations = [migrations.RunSQL(SHUT, migrations.RunSQL.noop)]
