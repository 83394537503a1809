"""Two doors through the wall (seal and erase), and the wall: the journal is only added to."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION audit_seal(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE base bigint; moved integer;
BEGIN
  -- One sealer at a time: positions are dense, and each row gets exactly one.
  IF NOT pg_try_advisory_xact_lock(1397047628) THEN RETURN 0; END IF;
  SELECT coalesce(max(position), 0) INTO base FROM audit_place;
  WITH taken AS (
    DELETE FROM audit_unsealed WHERE id IN (SELECT id FROM audit_unsealed ORDER BY id LIMIT most)
    RETURNING id, kind, ref
  )
  INSERT INTO audit_place (position, kind, ref)
  SELECT base + row_number() OVER (ORDER BY id), kind, ref FROM taken;
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END $$;

CREATE FUNCTION audit_erase(entries bigint[]) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE erased integer;
BEGIN
  PERFORM set_config('suqiu.erasing', 'on', true);
  UPDATE audit_statement SET words = NULL, salt = NULL WHERE entry_id = ANY(entries) AND salt IS NOT NULL;
  GET DIAGNOSTICS erased = ROW_COUNT;
  PERFORM set_config('suqiu.erasing', 'off', true);
  RETURN erased;
END $$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One IF inside the other: other tables have no NEW.words, and an expression is prepared as a whole.
  IF TG_TABLE_NAME = 'audit_statement' AND TG_OP = 'UPDATE' THEN
    IF current_setting('suqiu.erasing', true) = 'on'
       AND NEW.words IS NULL AND NEW.salt IS NULL AND NEW.entry_id = OLD.entry_id THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the journal is only added to: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;
"""

TABLES = ["audit_entry", "audit_statement", "audit_access", "audit_place", "audit_checkpoint"]
TRIGGERS = "\n".join(
    f"CREATE TRIGGER {t}_rows BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION audit_refuse();\n"
    f"CREATE TRIGGER {t}_all BEFORE TRUNCATE ON {t} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();"
    for t in TABLES
)
UNDO = "\n".join(f"DROP TRIGGER {t}_rows ON {t}; DROP TRIGGER {t}_all ON {t};" for t in TABLES) + (
    "DROP FUNCTION audit_refuse(); DROP FUNCTION audit_erase(bigint[]); DROP FUNCTION audit_seal(integer);"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
