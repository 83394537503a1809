"""Facts and sums are kept beside the orders by following the journal (ADR 0009).

What an entry says is never added: it only tells which order to read anew. What the order added
before is taken from its days, what it adds now is put there, and the position in the journal moves,
in one transaction. So an entry that is late, repeated or corrected changes nothing, or what is right.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from suqiu.audit.models import Cursor, Entry, Place, Unsealed
from suqiu.audit.queries import advance_cursor
from suqiu.audit.queries import follow as entries_after
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.figures import chance, facts, sums
from suqiu.figures.models import FigureFact, FigureSum
from suqiu.figures.recount import AREA, DIMENSIONS, KEYS, NESTED, RECOUNT, UNRATED
from suqiu.figures.rules import OrderFact
from suqiu.figures.spans import spans_of
from suqiu.figures.stages import passed_in
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack

BY = system("figures")
READER = "figures"
# Written once, when the follower first reached the journal's end: before that, sums are not whole.
WHOLE = "figures.whole"
BASES = ("accepted_in", "due_in", "closed_in")
_LOCK = 0x46494753  # "FIGS"
_COLUMNS = (
    *BASES,
    "accepted_hour",
    *DIMENSIONS,
    "person",
    "pack",
    "counts",
    "units",
    "stages",
    "stale_at",
)

CELL = ("basis", "cut", "key", "span", "day", "pack")
Cell = tuple[str, str, str, str, Any, int]


def follow(batch: int = 500) -> int:
    """Read anew the orders that were written to since the last time, and those whose clock has run
    out. Returns how many orders were read."""
    done = 0
    while True:
        with transaction.atomic():
            alone()
            entries = entries_after(READER, batch)
            stale = FigureFact.objects.filter(stale_at__lt=clock.now()).order_by("stale_at")
            ids = _touched([entry for _position, entry in entries]) | set(
                stale.values_list("pk", flat=True)[:batch]
            )
            if not entries and not ids:
                Cursor.objects.get_or_create(reader=WHOLE)
                return done
            done += refresh(ids)
            if entries:
                advance_cursor(READER, entries[-1][0])


def ready() -> bool:
    """Has the follower reached the journal's end once? Until then figures are counted from rows."""
    return Cursor.objects.filter(reader=WHOLE).exists()


def behind() -> int:
    """How many places of the journal are not yet in the sums."""
    at = Cursor.objects.filter(reader=READER).values_list("position", flat=True).first() or 0
    last = Place.objects.order_by("-position").values_list("position", flat=True).first() or 0
    return max(0, last - at)


def rebuild(batch: int = 2000) -> int:
    """Make every fact from its order and every sum from the facts, in one transaction. Returns how
    many orders were read."""
    with transaction.atomic():
        alone()
        last = Place.objects.order_by("-position").values_list("position", flat=True).first()
        ids = list(visible_to(BY).order_by("pk").values_list("pk", flat=True))
        FigureFact.objects.all().delete()
        for start in range(0, len(ids), batch):
            FigureFact.objects.bulk_create(made(ids[start : start + batch]))
        recount()
        advance_cursor(READER, last or 0)
        Cursor.objects.get_or_create(reader=WHOLE)
    return len(ids)


def recount() -> None:
    """Make every sum from the facts as they stand."""
    FigureSum.objects.all().delete()
    columns = ", ".join((*CELL, "n", "codes"))
    with connection.cursor() as cursor:
        # Only names of our own tables and columns stand in it.
        cursor.execute(f"INSERT INTO figures_figuresum ({columns}) {RECOUNT}")  # noqa: S608


def refresh(ids: Collection[int]) -> int:
    """Read these orders anew and move what they add; the caller holds the transaction."""
    before = FigureFact.objects.in_bulk(ids)
    rows = made(ids)
    orders = Counter[Cell]()
    codes: dict[Cell, dict[str, list[int]]] = defaultdict(dict)
    for sign, some in ((-1, before.values()), (1, rows)):
        for row in some:
            for cell, weights in cells(row):
                # What counts no rate counts all that is in it.
                orders[cell] += sign * (len(weights) if cell[1] in UNRATED else 1)
                moved = codes[cell]
                for code, weight in weights.items():
                    n, whole = moved.get(code, (0, 0))
                    moved[code] = [n + sign, whole + sign * weight]
    FigureFact.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["order"], update_fields=_COLUMNS
    )
    _move(orders, codes)
    return len(rows)


def made(ids: Iterable[int]) -> list[FigureFact]:
    """The facts of these orders as rows, not yet written."""
    read = facts.read(visible_to(BY).filter(pk__in=ids))
    passed = passed_in([f"order:{fact.id}" for fact in read])
    return [_row(fact, passed.get(f"order:{fact.id}", {})) for fact in read]


def _row(fact: OrderFact, passed: dict[str, float]) -> FigureFact:
    rule = pack(fact.pack)
    moments = dict(zip(BASES, (fact.accepted_at, fact.due_at, fact.ended_at), strict=True))
    days = {name: clock.local(at).date() if at else None for name, at in moments.items()}
    return FigureFact(
        order_id=fact.id,
        **days,
        accepted_hour=clock.local(fact.accepted_at).hour if fact.accepted_at else None,
        **{name: str(getattr(fact, name) or "") for name in DIMENSIONS},
        person=fact.person,
        pack=fact.pack,
        counts=sums.counts(fact, rule),
        units=sums.by_unit(fact, rule),
        stages={verb: round(seconds) for verb, seconds in passed.items()},
        stale_at=fact.stale_at,
    )


def cells(row: FigureFact) -> Iterator[tuple[Cell, Mapping[str, int]]]:
    """Every sum that this order is in, with what it weighs there for each code."""
    for basis in BASES:
        day = getattr(row, basis)
        if day is None:
            continue
        for cut, key, rule, weights in _cuts(row, basis):
            for span, first in spans_of(day):
                yield (basis, cut, key, span, first, rule), weights


def _cuts(row: FigureFact, basis: str) -> Iterator[tuple[str, str, int, Mapping[str, int]]]:
    """(cut, key, pack, weights): the order's places in the sums of one basis."""
    rated = _rated(row.counts)
    for cut in ("", *DIMENSIONS):
        yield cut, "/".join(getattr(row, name) for name in KEYS[cut]), row.pack, rated
    for unit, counts in row.units.items():
        yield "unit", f"{row.region}/{unit}", row.pack, _rated(counts)
    nested = {f"{row.line}/{code}": weight for code, weight in row.counts.items()}
    yield NESTED, row.region, row.pack, nested
    inside = _inside(row, basis)
    for area in sorted({f"{r}/{line}" for r in ("", row.region) for line in ("", row.line)}):
        yield AREA, area, 0, inside
    if basis == "accepted_in" and row.category and row.street:
        yield "place", f"{row.line}/{row.category}", 0, {f"{row.region}/{row.street}": 0}


def _inside(row: FigureFact, basis: str) -> dict[str, int]:
    """What an area's row tells of this order: its leaf, its source, its hour, its stages."""
    found = {f"category/{row.category}": 0, f"source/{row.source}": 0}
    if basis == "accepted_in" and row.accepted_hour is not None:
        weekday = row.accepted_in.isoweekday()  # type: ignore[union-attr]
        found[f"hour/{weekday}/{row.accepted_hour}"] = 0
    for verb, seconds in row.stages.items():
        found[f"stage/{verb}/{chance.bin_of(seconds)}"] = seconds
    return found


def _rated(counts: Mapping[str, int]) -> dict[str, int]:
    """How many orders there are is a column of its own."""
    return {code: weight for code, weight in counts.items() if code != sums.ALL}


def touched_after(ids: Collection[int]) -> set[int]:
    """Those of these orders that were written to since the follower came, or whose time ran out."""
    at = Cursor.objects.filter(reader=READER).values_list("position", flat=True).first() or 0
    places = Place.objects.filter(position__gt=at, kind="E").values("ref")
    waiting = Unsealed.objects.filter(kind="E").values("ref")
    new = Entry.objects.filter(Q(pk__in=places) | Q(pk__in=waiting))
    stale = FigureFact.objects.filter(stale_at__lt=clock.now(), pk__in=ids)
    return (_touched(list(new)) | set(stale.values_list("pk", flat=True))) & set(ids)


def _touched(entries: list[Entry]) -> set[int]:
    """The orders that these entries are of, and those whose facts hang on them: what an order came
    from is not solved at once, and who is forgotten is so in all of his orders."""
    told = {int(e.chain[6:]): e for e in entries if e.chain.startswith("order:")}
    parents = visible_to(BY).filter(children__in=told)
    found = set(told) | set(parents.values_list("pk", flat=True))
    forgot = [pk for pk, e in told.items() if e.kind.startswith("retention.")]
    if forgot:
        people = visible_to(BY).filter(pk__in=forgot).values("appellant")
        found |= set(visible_to(BY).filter(appellant__in=people).values_list("pk", flat=True))
    return found


def alone() -> None:
    """One follower at a time: two that moved the same order would both take away what it added."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _move(orders: Mapping[Cell, int], codes: Mapping[Cell, Mapping[str, list[int]]]) -> None:
    rows = []
    for cell in sorted(codes):
        moved = {code: by for code, by in codes[cell].items() if any(by)}
        if orders[cell] or moved:
            rows.append((*cell, orders[cell], json.dumps(moved)))
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])
    FigureSum.objects.filter(n=0).delete()


# Only the codes that moved are looked at: a district's row of a month has some hundreds of others.
_ADD = """
INSERT INTO figures_figuresum AS s (basis, cut, key, span, day, pack, n, codes)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[],
                     %s::bigint[], %s::jsonb[])
ON CONFLICT (basis, cut, span, day, key, pack)
DO UPDATE SET n = s.n + EXCLUDED.n, codes = (
    SELECT (s.codes || coalesce(jsonb_object_agg(code, jsonb_build_array(n, weight))
                                FILTER (WHERE n <> 0 OR weight <> 0), '{}'))
           - coalesce(array_agg(code) FILTER (WHERE n = 0 AND weight = 0), '{}')
    FROM (
        SELECT key AS code, (value ->> 0)::bigint + coalesce((s.codes -> key ->> 0)::bigint, 0) AS n,
               (value ->> 1)::bigint + coalesce((s.codes -> key ->> 1)::bigint, 0) AS weight
        FROM jsonb_each(EXCLUDED.codes)
    ) moved
)
"""
