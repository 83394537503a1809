"""From a figure back to the journal: how one order counts in each rate, and the entries it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass

from suqiu.audit.models import Entry
from suqiu.audit.queries import chain
from suqiu.base.actors import Actor
from suqiu.figures import facts, rules
from suqiu.figures.meanings import resting
from suqiu.figures.reasons import AS_MET
from suqiu.figures.rules import DEFINITIONS, FOUR, WHOLE, OrderFact
from suqiu.orders.access import is_inside, may_read
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack

# Who reads the figures' pages, and how an order counts in them.
READERS = (
    "leader",
    "assessor",
    "inspector",
    "external_supervisor",
    "call_taker",
    "dispatcher",
    "callback_officer",
    "hub",
    "handler",
    "head",
    "auditor",
)
COUNTED, BELOW, OUT, ABSENT = "numerator", "denominator", "excluded", ""


@dataclass(frozen=True)
class Traced:
    """One rate of one order. `part`: where it stands: above the line, only below it, left out for
    `reason` (that of an exempted one that counts as met stands beside its place), or "" where it does
    not count; then `reason` is the first of those that would have left it out, and `lost` says that the
    unit asking lost it. `weight` is what it counts above the line."""

    code: str
    part: str
    weight: float
    reason: str
    entries: list[Entry]
    lost: bool = False


def readable(by: Actor) -> tuple[str, ...]:
    """Outside the centre the five public rates only: others tell which orders were drawn."""
    return tuple(DEFINITIONS) if is_inside(by) else FOUR


def trace(order: Order, by: Actor) -> list[Traced]:
    """Every rate that this person may read, of an order that he may open: one's own unit counts it by
    its own clocks. The entries are those that he may read."""
    fact = _seen(order, by)
    told = [entry for entry in chain(order.chain) if may_read(entry, order, by)]
    return [_traced(code, fact, told) for code in readable(by)]


def _seen(order: Order, by: Actor) -> OrderFact:
    (fact,) = facts.read(visible_to(by).filter(pk=order.pk))
    if is_inside(by):
        return fact
    fact = rules.veiled(fact)
    own = [unit for unit in (fact.unit, *reversed(fact.leads)) if unit in by.units]
    return rules.seen_by(own[0], [fact])[0] if own and own[0] else fact


def _traced(code: str, fact: OrderFact, told: Iterable[Entry]) -> Traced:
    row, rule = DEFINITIONS[code], pack(fact.pack)
    said = rules.terms(row, rule)
    found = rules.judged(row, fact, said)
    if found is None:
        would = next((r for r in said.reasons if r in fact.reasons), "")
        return Traced(code, ABSENT, 0.0, would, [], lost=fact.former and not row.of_clocks)
    why, weight = found
    if why == AS_MET:
        weight = row.met
    part = OUT if why not in {"", AS_MET} else COUNTED if weight else BELOW
    return Traced(code, part, weight / WHOLE, why, resting(code, told, rule))
