"""Whatever is done to the journal from outside the house, `verify` names it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from suqiu.audit import journal, queries
from suqiu.audit.jobs import checkpoint, seal
from suqiu.audit.models import Checkpoint, Entry, Place
from suqiu.audit.rules import checkpoint_mac, entry_hash, merkle_root
from suqiu.base.actors import system

BY = system("seal")
TABLES = ["checkpoint", "place", "unsealed", "statement", "access", "entry"]


@contextmanager
def tampering() -> Iterator[CursorWrapper]:
    """As one who is superuser of the database, past all triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture(autouse=True)
def outside(db: None, tmp_path: Path, settings: object) -> Path:
    """An empty journal; roots go to a folder of this test."""
    with tampering() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM audit_{table}")
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path / "roots.log"


@pytest.fixture
def sealed(outside: Path) -> list[Entry]:
    """Two chains of three entries with words and one look, under two checkpoints."""
    entries = write("a")
    journal.looked("open", "a", by=BY)
    seal()
    checkpoint()
    entries += write("b")
    seal()
    checkpoint()
    assert queries.verify().problems == []
    return entries


def write(chain: str) -> list[Entry]:
    return [
        journal.append(chain, "tried", by=BY, data={"n": n}, words={"said": f"话{n}"})
        for n in (1, 2, 3)
    ]


def found(root: str | None = None) -> str:
    return "\n".join(queries.verify(root).problems)


def name(entry: Entry) -> str:
    return f"{entry.chain} #{entry.seq} (entry {entry.pk}, tried)"


def rewrite(cursor: CursorWrapper, entry: Entry, data: dict[str, int]) -> None:
    """Change an entry and all links after it, as one who knows how hashes are made."""
    prev = bytes(entry.prev)
    for row in Entry.objects.filter(chain=entry.chain, seq__gte=entry.seq).order_by("seq"):
        facts = data if row.pk == entry.pk else row.data
        made = entry_hash(
            chain=row.chain,
            seq=row.seq,
            kind=row.kind,
            at=row.at,
            actor=row.actor,
            unit=row.unit,
            data=facts,
            statement_hash=bytes(row.statement_hash),
            prev=prev,
        )
        cursor.execute(
            "UPDATE audit_entry SET data = %s, prev = %s, hash = %s WHERE id = %s",
            [json.dumps(facts), prev, made, row.pk],
        )
        prev = made


def cut(cursor: CursorWrapper, entry: Entry) -> None:
    """Remove an entry with its words and its place."""
    cursor.execute("DELETE FROM audit_statement WHERE entry_id = %s", [entry.pk])
    cursor.execute("DELETE FROM audit_place WHERE kind = 'E' AND ref = %s", [entry.pk])
    cursor.execute("DELETE FROM audit_entry WHERE id = %s", [entry.pk])


def test_an_empty_journal_says_that_it_is_empty() -> None:
    report = queries.verify()
    assert (report.rows, report.verified, report.looks, report.problems) == (0, 0, 0, [])
    assert queries.head() == "" and checkpoint() == 0 and seal() == 0


def test_an_untouched_journal_holds_and_its_head_is_the_newest_root(
    sealed: list[Entry], outside: Path
) -> None:
    report = queries.verify(queries.head())
    assert (report.rows, report.verified, report.looks, report.erased) == (6, 6, 1, 0)
    assert report.problems == []
    kept = [line.split()[0] for line in outside.read_text("ascii").splitlines()]
    assert len(kept) == 2 and kept[-1] == queries.head()
    assert all(queries.verify(root).problems == [] for root in kept)


@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"n\": 9}'",
        "kind = 'tried', actor = 'person:7'",
        "at = at + interval '1 microsecond'",
        "unit = 3",
        "seq = seq + 10, chain = 'c'",
        "hash = decode(repeat('00', 32), 'hex')",
        "statement_hash = NULL",
    ],
)
def test_a_changed_entry_is_named(sealed: list[Entry], change: str) -> None:
    with tampering() as cursor:
        cursor.execute(f"UPDATE audit_entry SET {change} WHERE id = %s", [sealed[1].pk])
    assert f"(entry {sealed[1].pk}, tried): its facts do not give its hash" in found()


def test_a_changed_entry_with_all_its_hashes_made_anew_breaks_the_checkpoint(
    sealed: list[Entry],
) -> None:
    with tampering() as cursor:
        rewrite(cursor, sealed[1], {"n": 9})
    report = queries.verify()
    assert report.verified == 6, "the chain itself is whole again"
    assert report.problems == ["changed: positions 1–4 do not give the checkpoint's root"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('words = \'{"said": "别的话"}\'', "its words were changed"),
        ("salt = decode('00', 'hex')", "its words were changed"),
        ("words = NULL", "its words were changed"),
    ],
)
def test_changed_words_are_named(sealed: list[Entry], change: str, said: str) -> None:
    with tampering() as cursor:
        cursor.execute(f"UPDATE audit_statement SET {change} WHERE entry_id = %s", [sealed[4].pk])
    assert found() == f"changed: {name(sealed[4])}: {said}"


def test_a_missing_statement_is_named(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_statement WHERE entry_id = %s", [sealed[4].pk])
    assert found() == f"changed: {name(sealed[4])}: its statement is missing"


def test_words_erased_behind_the_house_are_not_taken_for_erased(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cursor.execute(
            "UPDATE audit_statement SET words = NULL, salt = NULL WHERE entry_id = %s",
            [sealed[4].pk],
        )
    assert found() == f"changed: {name(sealed[4])}: its words are gone, and no entry tells of it"


def test_erased_words_leave_a_chain_that_holds(sealed: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert journal.erase([sealed[0].pk, sealed[2].pk], by=BY, chain="a", basis="保存期满") == 2
    seal()
    report = queries.verify(queries.head())
    assert (report.problems, report.erased, report.rows) == ([], 2, 7)
    assert queries.words_of(sealed[0]) is None
    assert queries.words_of(sealed[1]) == {"said": "话2"}
    assert journal.erase([sealed[0].pk], by=BY, chain="a", basis="保存期满") == 0


def test_a_missing_row_is_named_by_its_chain_its_place_and_its_checkpoint(
    sealed: list[Entry],
) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_statement WHERE entry_id = %s", [sealed[1].pk])
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [sealed[1].pk])
    said = found()
    assert "missing: a has no #2, the next is #3" in said
    assert f"missing: entry {sealed[1].pk} has a place and no row" in said
    assert "changed: positions 1–4 do not give the checkpoint's root" in said


def test_a_missing_look_is_named(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_access RETURNING id")
        gone = cursor.fetchone()[0]
    assert f"missing: look {gone} has a place and no row" in found()


def test_a_changed_look_is_named(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE audit_access SET actor = 'person:7' RETURNING id")
        row = cursor.fetchone()[0]
    assert found() == f"changed: look {row} at a"


def test_an_added_row_is_named(sealed: list[Entry]) -> None:
    entry = journal.append("b", "tried", by=BY, data={"n": 4})
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_unsealed")
    assert found() == f"added: entry {entry.pk} has no place and waits for none"


def test_what_waits_for_its_place_is_not_added(sealed: list[Entry]) -> None:
    journal.append("b", "tried", by=BY, data={"n": 4})
    journal.looked("open", "b", by=BY)
    assert found() == ""


def test_a_place_taken_out_of_the_middle_is_named(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cut(cursor, sealed[1])
    assert "missing: no row at position 2, the next is 3" in found()


def test_two_places_changed_over_are_named(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE audit_place SET ref = -1 WHERE position = 1")
        cursor.execute("UPDATE audit_place SET ref = %s WHERE position = 2", [sealed[0].pk])
        cursor.execute("UPDATE audit_place SET ref = %s WHERE position = 1", [sealed[1].pk])
    assert found() == "changed: positions 1–4 do not give the checkpoint's root"


def test_a_cut_tail_is_shown_by_the_checkpoint_that_covers_it(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cut(cursor, sealed[5])
    assert found() == "changed: positions 5–7 do not give the checkpoint's root"


def test_a_tail_cut_with_its_checkpoint_is_shown_by_a_root_kept_outside(
    sealed: list[Entry], outside: Path
) -> None:
    with tampering() as cursor:
        for entry in sealed[3:]:
            cut(cursor, entry)
        cursor.execute("DELETE FROM audit_checkpoint WHERE upto = 7")
    assert found() == "", "nothing that is left inside can show it: that is why roots leave"
    kept = outside.read_text("ascii").splitlines()[-1].split()[0]
    assert found(kept) == (
        "cut: the journal has no checkpoint at 7, which a root kept outside names"
    )


def test_a_journal_emptied_to_the_last_row_is_shown_by_a_root_kept_outside(
    sealed: list[Entry],
) -> None:
    kept = queries.head()
    with tampering() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM audit_{table}")
    assert queries.verify().rows == 0 and found(kept).startswith("cut: ")


def test_a_checkpoint_made_anew_without_the_key_is_named(sealed: list[Entry]) -> None:
    point = Checkpoint.objects.get(upto=4)
    with tampering() as cursor:
        rewrite(cursor, sealed[1], {"n": 9})
        root = merkle_root(queries.leaves(1, 4))
        mac = checkpoint_mac("guessed", point.since, point.upto, root, b"\0" * 32)
        cursor.execute(
            "UPDATE audit_checkpoint SET root = %s, mac = %s WHERE upto = 4", [root, mac]
        )
    assert found().splitlines() == [
        "forged: the checkpoint up to 4 was not made with the seal's key",
        "forged: the checkpoint up to 7 was not made with the seal's key",
    ]


def test_checkpoints_made_anew_with_a_stolen_key_differ_from_the_root_kept_outside(
    sealed: list[Entry], outside: Path, settings: object
) -> None:
    kept = outside.read_text("ascii").splitlines()[0].split()[0]
    with tampering() as cursor:
        rewrite(cursor, sealed[1], {"n": 9})
        cursor.execute("DELETE FROM audit_checkpoint")
    checkpoint()
    assert found() == ""
    assert found(kept).startswith("cut: ")
    with tampering() as cursor:
        cursor.execute("UPDATE audit_checkpoint SET upto = 4")
    assert "forged: the checkpoint at 4 differs from the root kept outside" in found(kept)


def test_a_checkpoint_taken_away_is_named(sealed: list[Entry]) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_checkpoint WHERE upto = 4")
    assert found().splitlines() == [
        "missing: no checkpoint covers position 1",
        "forged: the checkpoint up to 7 was not made with the seal's key",
    ]


@pytest.mark.parametrize("root", ["7", "7:abc", "x:" + "0" * 64, "²:" + "0" * 64, "7:" + "z" * 63])
def test_a_root_that_is_none_is_a_problem(sealed: list[Entry], root: str) -> None:
    assert "is not of the form position:hex" in found(root)


def test_a_root_is_the_same_however_its_letters_are_written(sealed: list[Entry]) -> None:
    assert found(queries.head().upper()) == ""


@pytest.mark.parametrize("table", ["entry", "statement", "access", "place", "checkpoint"])
@pytest.mark.parametrize(
    "deed",
    ["UPDATE audit_{0} SET {1} = {1}", "DELETE FROM audit_{0}", "TRUNCATE audit_{0} CASCADE"],
)
def test_the_wall_refuses(sealed: list[Entry], table: str, deed: str) -> None:
    column = {"statement": "words", "place": "ref", "checkpoint": "since"}.get(table, "actor")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            cursor.execute(deed.format(table, column))
    assert found() == "" and Place.objects.count() == 7


def test_the_door_of_erasing_writes_no_other_words(sealed: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('suqiu.erasing', 'on', true)")
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            cursor.execute('UPDATE audit_statement SET words = \'{"said": "别的话"}\'')
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            cursor.execute("DELETE FROM audit_statement")


def test_the_pen_writes_only_with_what_it_tells_of() -> None:
    assert Entry.objects.count() == 0
    assert [e.seq for e in write("a")] == [1, 2, 3]
    assert [e.seq for e in queries.chain("a")] == [1, 2, 3]
    assert not queries.looks_at("a")
