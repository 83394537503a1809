"""What the application's role may do with each table: the first wall. The triggers are the second.

Web, worker, import and demo connect as a role that owns nothing: it can add to the journal and read
it, and nothing else. Tables are changed by another role, the owner, and only in `suqiu migrate`.
"""

from typing import Literal

from django.db import connection

# What the seal keeps (places) comes only through audit_seal(); cursors, stamps and beats are no
# evidence.
GUARDED = {
    "audit_entry": "SELECT, INSERT",
    "audit_statement": "SELECT, INSERT",
    "audit_access": "SELECT, INSERT",
    "audit_unsealed": "SELECT",
    "audit_checkpoint": "SELECT, INSERT",
    "audit_place": "SELECT",
    "audit_cursor": "SELECT, INSERT, UPDATE",
    "audit_stamp": "SELECT",
    "audit_beat": "SELECT, INSERT, UPDATE, DELETE",
}
# Run with the owner's rights: the two doors through the wall.
DOORS = ("audit_seal(integer)", "audit_erase(bigint[])")
EVIDENCE = tuple(
    name for name in GUARDED if name not in {"audit_cursor", "audit_beat", "audit_stamp"}
)

Wall = Literal["login", "assumed", "none"]


def rights_on(table: str) -> str:
    """The privileges for one table, as GRANT spells them."""
    if table == "django_migrations":
        return "SELECT"
    # A new table of the journal that is not listed yet is append-only from its first day.
    fallback = "SELECT, INSERT" if table.startswith("audit_") else "SELECT, INSERT, UPDATE, DELETE"
    return GUARDED.get(table, fallback)


def wall() -> Wall:
    """How this connection stands to the journal.

    "login": the role that logged in can only add. "assumed": so it is now, but the session could
    take back the owner's rights (RESET ROLE). "none": it can change the journal.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bool_or(now.can), true), coalesce(bool_or(first.can), true)"
            " FROM pg_class c,"
            " LATERAL (SELECT pg_has_role(current_user, relowner, 'MEMBER') OR"
            "   has_table_privilege(current_user, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') AS can) now,"
            " LATERAL (SELECT pg_has_role(session_user, relowner, 'MEMBER') OR"
            "   has_table_privilege(session_user, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') AS can) first"
            " WHERE relname = ANY(%s) AND relnamespace = current_schema()::regnamespace",
            [list(EVIDENCE)],
        )
        can_now, could = cursor.fetchone()
    if can_now:
        return "none"
    return "assumed" if could else "login"
