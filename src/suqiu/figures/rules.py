"""The rates, defined once. Pure: facts in, figures out.

Definitions follow the recommended ones of the trade's papers; what belongs to the pack (weights of
satisfaction, reasons of exclusion, the clocks that count as timely) comes from the pack that each
order is pinned to. Every rate is given raw and adjusted.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suqiu.figures.chance import wilson
from suqiu.figures.reasons import AS_MET, EXEMPTED
from suqiu.figures.weights import Weights, weighting
from suqiu.policy.rates import LEFT_OUT, Exempted
from suqiu.policy.rules import Pack

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

LEAST_TO_RANK = 30
WHOLE = 1_000_000


@dataclass(frozen=True)
class ClockFact:
    """One ended or running obligation: did it end in time, and who owed it?"""

    code: str
    outcome: str
    late: bool
    due: dt.datetime
    metric: str = ""
    due_original: dt.datetime | None = None
    ended: dt.datetime | None = None
    unit: int | None = None
    role: str = "lead"
    paused: bool = False


@dataclass(frozen=True)
class SignFact:
    """One transmission to a unit; `in_time` is None while it may still be acknowledged."""

    unit: int
    in_time: bool | None


@dataclass(frozen=True)
class OrderFact:
    """What the figures know of an order. `unit` leads it now; `leads` have led it, in turn.

    `former`: seen from a unit that lost it, which answers for its own clocks and for nothing else.
    `exempted`: (unit, rate) of every assessment appeal that was granted. `hub`: that of its district,
    where it has a seat and may see the order. `stale_at`: when time alone will change the fact.
    """

    id: int
    number: str
    pack: int = 0
    line: str = ""
    category: str = ""
    region: str = ""
    street: int | None = None
    unit: int | None = None
    leads: tuple[int, ...] = ()
    source: str = ""
    channel: str = ""
    hub: int | None = None
    person: str = ""
    kind: str = ""
    urgency: str = ""
    state: str = ""
    accepted_at: dt.datetime | None = None
    dispatched_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    clocks: tuple[ClockFact, ...] = ()
    signs: tuple[SignFact, ...] = ()
    disposed: bool = False
    result: str = ""
    replied: bool = False
    contactable: bool = True
    verified: bool = False
    satisfaction: str = ""
    claimed_solved: bool = False
    verified_solved: bool | None = None
    first_called: bool = False
    second_called: bool = False
    false_report: bool = False
    rounds: int = 1
    returns: int = 0
    returned_by: tuple[int, ...] = ()
    repeat: bool = False
    came_again: bool = False
    reasons: frozenset[str] = frozenset()
    exempted: frozenset[tuple[int, str]] = frozenset()
    former: bool = False
    stale_at: dt.datetime | None = None

    @property
    def due_at(self) -> dt.datetime | None:
        """When its disposal is or was due, by the newest of its clocks: an order falls due once."""
        return next((c.due for c in reversed(self.clocks) if c.code == "dispose"), None)


@dataclass(frozen=True)
class Terms:
    """What one pack says of one rate: `pack` names it, `reasons` leave an order out in this order,
    `clocks` are the obligations that count as timely (none named: every one that was owed),
    `exempted`: what becomes of an order that an appeal exempts."""

    pack: str = ""
    reasons: Sequence[str] = ()
    weights: Weights = field(default_factory=dict)
    clocks: Sequence[str] = ()
    exempted: Exempted = LEFT_OUT


@dataclass(frozen=True)
class Definition:
    """A rate: who counts below the line, how much each counts above it.

    `never` are reasons that take an order out whatever the pack says: without them the rate would
    not be what its name says. `of_clocks`: a unit that lost the order still answers for this one.
    `like`: the rate whose reasons hold where the pack names none for this one. `faults`: it counts
    what should not happen, so what is as it should be weighs nothing.
    """

    code: str
    name: "StrPromise"
    below: Callable[[OrderFact, Terms], bool]
    above: Callable[[OrderFact, Terms], float]
    never: tuple[str, ...] = ()
    of_clocks: bool = False
    like: str = ""
    faults: bool = False

    @property
    def met(self) -> int:
        """What an order weighs that is as it should be, in millionths."""
        return 0 if self.faults else WHOLE


@dataclass(frozen=True)
class Rate:
    """A value with everything needed to read it: ratios 0–1, None where nothing is below the line.

    `packs` are the rules that it was counted by, each with its orders below the line;
    `excluded_tops` what the orders left out would have weighed above it, by reason. `met`: so many
    exempted ones count as met, `met_gain` is by how much they weigh more than what was done.
    """

    code: str
    name: "StrPromise"
    value: float | None
    numerator: float
    denominator: int
    low: float | None
    high: float | None
    raw_value: float | None
    raw_numerator: float
    raw_denominator: int
    weighting: str
    excluded: Mapping[str, int] = field(default_factory=dict)
    numerator_ids: tuple[int, ...] = ()
    denominator_ids: tuple[int, ...] = ()
    excluded_ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    excluded_tops: Mapping[str, float] = field(default_factory=dict)
    packs: Mapping[str, int] = field(default_factory=dict)
    met: int = 0
    met_gain: float = 0.0
    met_ids: tuple[int, ...] = ()

    @property
    def pack(self) -> str:
        """The rules that it was counted by; where they differ from order to order, with their share."""
        if len(self.packs) < 2:
            return "".join(self.packs)
        return gettext("、").join(f"{name} n={n}" for name, n in self.packs.items())

    @property
    def n(self) -> int:
        return self.denominator

    @property
    def may_rank(self) -> bool:
        """Under thirty nothing is ranked: chance speaks louder than work."""
        return self.denominator >= LEAST_TO_RANK


def _counted(fact: OrderFact, *codes: str) -> list[ClockFact]:
    """Clocks that have been decided: met or late; one moved or cancelled counts only if it was late."""
    return [
        c
        for c in fact.clocks
        if (c.outcome in {"met", "late"} or c.late) and (not codes or c.code in codes)
    ]


def _decided(code: str) -> Callable[[OrderFact, Terms], bool]:
    return lambda fact, _terms: bool(_counted(fact, code))


def _in_time(code: str) -> Callable[[OrderFact, Terms], float]:
    return lambda fact, _terms: float(not any(c.late for c in _counted(fact, code)))


def _all_in_time(fact: OrderFact, terms: Terms) -> float:
    return float(not any(c.late for c in _counted(fact, *terms.clocks)))


def _when(test: Callable[[OrderFact], bool]) -> Callable[[OrderFact, Terms], bool]:
    return lambda fact, _terms: test(fact)


def _signs(fact: OrderFact) -> list[bool]:
    return [s.in_time for s in fact.signs if s.in_time is not None]


def _solved(fact: OrderFact) -> bool:
    """Claimed and found so: what was only explained is not solved, however content the citizen is."""
    return fact.claimed_solved and fact.verified_solved is True


def _solved_at_once(fact: OrderFact) -> bool:
    """In the first round, and nobody had to come again about it."""
    return _solved(fact) and fact.rounds == 1 and not fact.came_again


_disposed = _when(lambda f: f.disposed)

# One row, one rate: read as a table, so it is laid out by hand.
# fmt: off
_ROWS = (
    Definition("timely", _("及时率"), lambda f, t: bool(_counted(f, *t.clocks)), _all_in_time, of_clocks=True),
    Definition("disposal", _("处置率"), lambda f, t: f.disposed or bool(_counted(f, "dispose")), _disposed,
               of_clocks=True),
    Definition("reply", _("回复率"), _disposed, _when(lambda f: f.replied)),
    Definition("satisfaction", _("满意率"), _when(lambda f: f.verified),
               lambda f, t: t.weights.get(f.satisfaction, 0.0),
               never=("not_reached", "refused", "unanswered")),
    Definition("solved", _("实际解决率"), _disposed, _when(_solved)),
    Definition("first_time", _("一次解决率"), _disposed, _when(_solved_at_once), like="solved"),
    Definition("disposal_timely", _("处置及时率"), _decided("dispose"), _in_time("dispose"),
               of_clocks=True, like="timely"),
    Definition("first_contact", _("先行联系率"), _decided("first_contact"), _in_time("first_contact"),
               of_clocks=True, like="timely"),
    Definition("sign_in", _("签收及时率"), _when(lambda f: bool(_signs(f))), _when(lambda f: all(_signs(f))),
               of_clocks=True, like="timely"),
    Definition("rework", _("重办率"), _disposed, _when(lambda f: f.rounds > 1), like="solved",
               faults=True),
    Definition("return", _("退单率"), _when(lambda f: f.dispatched_at is not None),
               _when(lambda f: f.returns > 0), of_clocks=True, faults=True),
    Definition("repeat", _("重复率"), _when(lambda f: f.accepted_at is not None), _when(lambda f: f.repeat),
               faults=True),
    Definition("coverage", _("回访覆盖率"), _when(lambda f: f.replied), _when(lambda f: f.first_called),
               like="reply"),
    Definition("false_report", _("虚报率"), _when(lambda f: f.second_called), _when(lambda f: f.false_report),
               faults=True),
)
# fmt: on
DEFINITIONS: dict[str, Definition] = {row.code: row for row in _ROWS}
FOUR = ("timely", "disposal", "reply", "satisfaction", "solved")


def faults(code: str) -> bool:
    """Does this rate count what should not happen? Not so where it is no rate ("orders")."""
    return code in DEFINITIONS and DEFINITIONS[code].faults


def compute(facts: Sequence[OrderFact], packs: Mapping[int, Pack]) -> dict[str, Rate]:
    """Every rate over these facts, each order judged by the pack that it is pinned to."""
    return {
        code: rate(code, facts, {pk: terms(row, pack) for pk, pack in packs.items()})
        for code, row in DEFINITIONS.items()
    }


def terms(row: Definition, pack: Pack) -> Terms:
    """What this pack says of this rate."""
    return Terms(
        pack=f"{pack.id} v{pack.version}",
        reasons=pack.exclusions.get(row.code, pack.exclusions.get(row.like, [])),
        weights=pack.satisfaction,
        clocks=pack.figures.timely,
        exempted=pack.exempted.get(row.code, pack.exempted.get(row.like, LEFT_OUT)),
    )


def judged(row: Definition, fact: OrderFact, said: Terms) -> tuple[str, int] | None:
    """How one order counts in one rate: the reason why it is left out ("": it is not), and what it
    weighs above the line in millionths, so that sums are exact; None where it does not count at all.

    A granted appeal names its rate, so it takes the order out of that one whatever the pack lists. Where
    the pack counts it as met it is not left out: `AS_MET` then says so, the weight is what was done all
    the same, and any other reason comes first, for there is nothing that could be met."""
    if not row.below(fact, said) or (fact.former and not row.of_clocks):
        return None
    weight = round(row.above(fact, said) * WHOLE)
    reasons = (*said.reasons, *row.never, EXEMPTED)
    if not any(code == row.code for _unit, code in fact.exempted):
        return next((r for r in reasons if r in fact.reasons), ""), weight
    if said.exempted == LEFT_OUT:
        return next(r for r in reasons if r in fact.reasons | {EXEMPTED}), weight
    return next((r for r in reasons if r in fact.reasons), AS_MET), weight


def rate(code: str, facts: Iterable[OrderFact], rule: Mapping[int, Terms]) -> Rate:
    """The rate over these facts, each under the terms of its pack. Orders with one of the terms'
    reasons are taken out of the adjusted value, each once, for the first of them in their order."""
    row = DEFINITIONS[code]
    below, kept, excluded = [], [], defaultdict[str, list[int]](list)
    weighed, met, gain = Counter[str](), [], 0
    for fact in facts:
        said = rule[fact.pack]
        found = judged(row, fact, said)
        if found is None:
            continue
        why, weight = found
        below.append((said, weight))
        if why == AS_MET:
            met.append(fact.id)
            gain += row.met - weight
            kept.append((fact.id, row.met))
        elif why:
            excluded[why].append(fact.id)
            weighed[why] += weight
        else:
            kept.append((fact.id, weight))
    top = sum(weight for _pk, weight in kept) / WHOLE
    raw_top = sum(weight for _said, weight in below) / WHOLE
    low, high = wilson(top, len(kept)) if kept else (None, None)
    counted = Counter(said.pack for said, _weight in below)
    return Rate(
        code=code,
        name=row.name,
        value=top / len(kept) if kept else None,
        numerator=top,
        denominator=len(kept),
        low=low,
        high=high,
        raw_value=raw_top / len(below) if below else None,
        raw_numerator=raw_top,
        raw_denominator=len(below),
        weighting=weighting(code, [t for t in rule.values() if not below or t.pack in counted]),
        excluded={reason: len(ids) for reason, ids in sorted(excluded.items())},
        numerator_ids=tuple(pk for pk, value in kept if value > 0),
        denominator_ids=tuple(pk for pk, _value in kept),
        excluded_ids={reason: tuple(ids) for reason, ids in sorted(excluded.items())},
        excluded_tops={reason: weighed[reason] / WHOLE for reason in sorted(excluded)},
        packs=dict(sorted(counted.items())) or {t.pack: 0 for t in rule.values()},
        met=len(met),
        met_gain=gain / WHOLE,
        met_ids=tuple(met),
    )


def seen_by(unit: int, facts: Iterable[OrderFact]) -> list[OrderFact]:
    """The orders that a unit leads or has led, with its own clocks only.

    Nobody is late by another's clock. A unit that lost an order after its due moment is late, and
    so is in no way the next one: such an order counts for both, and units need not add up.
    """
    views = []
    for fact in facts:
        if unit not in (*fact.leads, fact.unit):
            continue
        mine = replace(
            fact,
            unit=unit,
            clocks=tuple(c for c in fact.clocks if c.unit == unit and c.role == "lead"),
            signs=tuple(s for s in fact.signs if s.unit == unit),
            returns=fact.returned_by.count(unit),
            # That the centre has to dispatch anew excuses the whole, not the one who let time pass.
            reasons=fact.reasons if fact.unit == unit else fact.reasons - {"returned"},
            exempted=frozenset(one for one in fact.exempted if one[0] == unit),
        )
        views.append(mine if fact.unit == unit else replace(mine, disposed=False, former=True))
    return views


def veiled(fact: OrderFact) -> OrderFact:
    """The fact as one outside the centre may count it before the order has ended: which orders were
    drawn for a second check is secret, and so is what a verifying found. Afterwards everybody counts
    alike: a district reads the figure that it is judged by."""
    if fact.ended_at is not None:
        return fact
    clocks = tuple(c for c in fact.clocks if c.role != "centre")
    fact = replace(fact, clocks=clocks, second_called=False)
    if fact.state not in {"callback", "second_check"}:
        return fact
    return replace(fact, verified=False, satisfaction="", verified_solved=None, first_called=False)
