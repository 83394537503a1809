"""Proving the figures: every fact and sum made again, and the orders' rows held against the journal."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.figures import keeping, sums
from suqiu.figures.models import Exemption, FigureFact
from suqiu.figures.recount import DIMENSIONS, RECOUNT
from suqiu.orders.models import Disposal, Obligation, Order, Verification
from suqiu.orders.queries import disagreements, visible_to
from suqiu.orders.states import ENDS

CHUNK = 1000
# A verb reads the clock once more when it writes its entry.
APART = dt.timedelta(minutes=1)
# Of these the entries do not tell (or tell in words): they are proved against the orders' rows only.
NOT_TOLD = ("category", "line", "region", "street", "source", "urgency", "kind", "appellant")
_KEPT = (
    *keeping.BASES,
    "accepted_hour",
    *DIMENSIONS,
    "person",
    "pack",
    "counts",
    "units",
    "stages",
)
_CELL = ", ".join(keeping.CELL)


@dataclass
class Report:
    """What was proved, and what differs: each problem names its order or its sum."""

    orders: int = 0
    sums: int = 0
    problems: list[str] = field(default_factory=list)


def verify() -> Report:
    """Bring the follower to the journal's end, then make everything again and compare to the unit."""
    seal()
    keeping.follow()
    report = Report(problems=disagreements())
    ids = list(visible_to(keeping.BY).order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        keeping.alone()
        right: list[FigureFact] = []
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            right += _facts(some, report)
            report.problems += _against_the_journal(some)
        report.problems += _sums(right, report)
    report.orders = len(ids)
    return report


def _facts(ids: list[int], report: Report) -> list[FigureFact]:
    """Name the facts that are not those of their orders; the answer is what they should be."""
    kept, wrong = FigureFact.objects.in_bulk(ids), []
    # What was written since the follower came is its next work, and no problem.
    waiting = keeping.touched_after(ids)
    for row in keeping.made(ids):
        before = kept.get(row.pk)
        if row.pk in waiting:
            continue
        if before is None:
            report.problems.append(f"order {row.pk}: its fact is not kept")
        else:
            differing = [name for name in _KEPT if getattr(before, name) != getattr(row, name)]
            report.problems += [
                f"order {row.pk}: {name} is kept as {getattr(before, name)},"
                f" and is {getattr(row, name)}"
                for name in differing
            ]
            if not differing:
                continue
        wrong.append(row)
    return wrong


def _sums(right: list[FigureFact], report: Report) -> Iterator[str]:
    """Sums that are not those of the facts as they should be; nothing is mended."""
    with transaction.atomic(), connection.cursor() as cursor:
        FigureFact.objects.bulk_create(
            right, update_conflicts=True, unique_fields=["order"], update_fields=_KEPT
        )
        # Only names of our own tables and columns stand in it.
        cursor.execute(
            f"WITH counted AS MATERIALIZED (SELECT * FROM ({RECOUNT}) r)"  # noqa: S608
            f" SELECT {_CELL}, k.n, k.codes, c.n, c.codes"
            f" FROM figures_figuresum k FULL JOIN counted c USING ({_CELL})"
            " WHERE (k.n, k.codes) IS DISTINCT FROM (c.n, c.codes)"
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM figures_figuresum")
        report.sums = cursor.fetchone()[0]
        transaction.set_rollback(True)
    for *cell, n, codes, true_n, true_codes in rows:
        kept, right_ones = _codes(n, codes), _codes(true_n, true_codes)
        differing = {code for code, by in (kept.items() ^ right_ones.items())}
        said = [{code: of.get(code) for code in sorted(differing)} for of in (kept, right_ones)]
        where = "/".join(str(part) for part in cell)
        yield f"sum {where} is kept as {said[0]}, and is {said[1]}"


def _codes(n: int | None, codes: str | None) -> dict[str, tuple[int, ...]]:
    """A sum's numbers by their codes; none of one that is not there."""
    if n is None:
        return {}
    return {sums.ALL: (n,), **{code: tuple(by) for code, by in json.loads(codes or "{}").items()}}


def _against_the_journal(ids: list[int]) -> Iterator[str]:
    """Rows that figures are made of and that say other than the entries of their order."""
    told = _told(ids)
    for order in visible_to(keeping.BY).filter(pk__in=ids):
        yield from told[order.pk].differs(order)
    for row in Verification.objects.filter(order__in=ids):
        found = (row.stage, row.reached, row.solved, row.satisfaction)
        if told[row.order_id].verifications.get(row.pk) != found:
            yield f"order {row.order_id}: verification {row.pk} says {found}, the journal another"
    for piece in Disposal.objects.filter(order__in=ids):
        if told[piece.order_id].disposals.get(piece.pk) != piece.result:
            yield f"order {piece.order_id}: disposal {piece.pk} says {piece.result}, the journal another"
        if (piece.pk in told[piece.order_id].passed) != (piece.passed_at is not None):
            yield f"order {piece.order_id}: disposal {piece.pk} passed, or not, against the journal"
    granted: dict[int, set[tuple[int, str]]] = {pk: set() for pk in ids}
    for free in Exemption.objects.filter(order__in=ids):
        granted[free.order_id].add((free.unit_id, free.rate))
    for pk, kept in granted.items():
        if kept != told[pk].exempted:
            yield f"order {pk}: exempted of {sorted(kept)}, by the journal {sorted(told[pk].exempted)}"
    newest = Obligation.objects.filter(order__in=ids).select_related("seat").order_by("pk")
    clocks = {(one.order_id, one.code, one.seat.unit_id): one.due for one in newest}
    for (pk, code, unit), due in clocks.items():
        said = told[pk].clocks.get((code, unit))
        if said != due:
            yield f"order {pk}: clock {code} of unit {unit} is due {due}, by the journal {said}"


@dataclass
class Told:
    """What the entries of one order say."""

    round: int = 1
    returns: int = 0
    false_report: bool = False
    beside: bool = False
    accepted: dt.datetime | None = None
    dispatched: dt.datetime | None = None
    ended: dt.datetime | None = None
    verifications: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    disposals: dict[int, str] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    exempted: set[tuple[int, str]] = field(default_factory=set)
    unreasonable: bool = False
    clocks: dict[tuple[str, int | None], dt.datetime] = field(default_factory=dict)

    def hear(self, entry: Entry) -> None:
        data, kind = entry.data, entry.kind
        self.round = data.get("round", self.round) if kind.startswith("order.") else self.round
        self.returns += kind == "order.uphold_return"
        self.false_report = self.false_report or bool(data.get("false_report"))
        self.beside = self.beside or bool(data.get("draw", {}).get("beside"))
        self.unreasonable = self.unreasonable or kind == "order.grant_unreasonable"
        if kind == "figures.exempted" and entry.unit:
            self.exempted.add((entry.unit, data["rate"]))
        if kind == "order.accept":
            self.accepted = entry.at
        if kind in {"order.dispatch", "order.transfer"}:
            self.dispatched = entry.at
        if kind.startswith("order.") and "to" in data:
            ended = data["to"] in ENDS
            self.ended = (self.ended or entry.at) if ended else None
        self._hear_rows(kind, data, entry.unit)

    def _hear_rows(self, kind: str, data: dict[str, Any], unit: int | None) -> None:
        if "verification" in data:
            said = (data["stage"], data["reached"], data["solved"], data["satisfaction"])
            self.verifications[data["verification"]] = said
        if kind == "order.pass_disposal":
            self.passed.add(data["disposal"])
        elif "disposal" in data and "result" in data:
            self.disposals.setdefault(data["disposal"], data["result"])
        if kind in {"clock.started", "clock.shifted"}:
            due = data["due"] if kind == "clock.started" else data["to"]
            self.clocks[data["code"], unit] = dt.datetime.fromisoformat(due)

    def differs(self, order: Order) -> Iterator[str]:
        pairs = {
            "round": (order.round, self.round),
            "false_report": (order.false_report, self.false_report),
            "unreasonable": (order.unreasonable, self.unreasonable),
            "checked_beside": (order.checked_beside, self.beside),
        }
        for name, (row, told) in pairs.items():
            if row != told:
                yield f"order {order.pk}: {name} is {row}, by the journal {told}"
        moments = {
            "accepted_at": (order.accepted_at, self.accepted),
            "dispatched_at": (order.dispatched_at, self.dispatched),
            "ended_at": (order.ended_at, self.ended),
        }
        for name, (at, said) in moments.items():
            if (at is None) != (said is None) or (at and said and abs(at - said) > APART):
                yield f"order {order.pk}: {name} is {at}, by the journal {said}"


def _told(ids: list[int]) -> dict[int, Told]:
    found = {pk: Told() for pk in ids}
    rows = Entry.objects.filter(chain__in=[f"order:{pk}" for pk in ids]).order_by("chain", "seq")
    for chain, entries in groupby(rows.iterator(chunk_size=5000), key=lambda entry: entry.chain):
        for entry in entries:
            found[int(chain[6:])].hear(entry)
    return found
