"""What a supervisor may be invited to, as he may read it: masked, and nothing beside it.

A sheet of assessment is made a `Thing` where it is known, above this package.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.text import without_identities
from suqiu.orders.actions.forget import GONE
from suqiu.orders.models import Order
from suqiu.orders.queries import looked_at, visible_to
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.queries import CONCERNED, has_handled
from suqiu.supervision.cases.states import CAUSES, LABELS, LEVELS, REASONS, TOLD, State
from suqiu.supervision.external.states import THINGS
from suqiu.supervision.inspections import queries as inspections
from suqiu.supervision.inspections.models import Inspection
from suqiu.supervision.inspections.states import LABELS as OF_INSPECTION
from suqiu.supervision.inspections.states import State as Stage

# Whether somebody is independent does not depend on who asks.
BY = system("external")
Section = tuple[str, list[str]]  # a heading and its lines


@dataclass(frozen=True)
class Thing:
    """One thing with what judging independence needs. `hands`: the centre's people who worked on it;
    `units`: those that it is about; `owing`: those of them that may be asked for an answer;
    `since`: from when on a post there makes it one's own; `sections`: what he may read."""

    kind: str
    key: str
    title: str
    pack: int
    sections: Callable[[], list[Section]]
    orders: QuerySet[Order]
    units: frozenset[int] = frozenset()
    owing: frozenset[int] = frozenset()
    hands: frozenset[str] = frozenset()
    since: dt.date | None = None
    shut: bool = False  # nobody from outside may see it (any more)
    case: Case | None = None
    inspection: Inspection | None = None
    told: list[Order] = field(default_factory=list)


def is_own(thing: Thing, by: Actor, units: frozenset[int] = frozenset()) -> bool:
    """Had this person, or a unit of his (`units`: others that he says he is of), to do with it?"""
    concerned = thing.units | frozenset(
        thing.orders.filter(seats__role__in=CONCERNED).values_list("seats__unit", flat=True)
    )
    held = by.units_since(thing.since) if thing.since else by.units
    return (
        by.id in thing.hands
        or bool((units | held) & concerned)
        or has_handled(thing.orders, by, thing.units)
    )


def look(thing: Thing, by: Actor) -> list[Section]:
    """What he may read, each order's look logged."""
    for order in thing.told:
        looked_at(order, by)
    return thing.sections()


def of_case(case: Case) -> Thing:
    """A case with the orders in it; one that went to discipline inspection is shut, and one of whose
    orders no words are left: what were said of it now nobody would erase."""
    rows = case.orders.all()
    orders = list(rows.order_by("pk"))
    hands = {case.inspector, *case.visits.values_list("by", flat=True)}
    hands |= set(case.findings.values_list("by", flat=True))
    accused = rows.filter(seats__role="accused").exists()
    tells = case.unit_id and case.state in TOLD and not accused
    return Thing(
        kind="case",
        key=case.number,
        title=f"{THINGS['case']} {case.number}",
        pack=case.pack_id,
        sections=lambda: _case_sections(case, orders),
        orders=rows,
        units=frozenset({case.unit_id} if case.unit_id else ()),
        owing=frozenset({case.unit_id} if tells and case.unit_id else ()),
        hands=frozenset(hands - {""}),
        since=min((clock.local(o.drafted_at).date() for o in orders), default=None),
        shut=any(order.exit == "discipline" for order in orders)
        or all(order.title == GONE for order in orders),
        case=case,
        told=orders,
    )


def _case_sections(case: Case, orders: list[Order]) -> list[Section]:
    state, level = LABELS[State(case.state)], LEVELS[case.level]
    head = [f"{level} · {state} · {REASONS[case.reason]}"]
    made = [(pgettext("卷宗", "督办"), head)]
    made += [(_order_head(order), _order_lines(order)) for order in orders]
    findings = case.findings.order_by("pk")
    found = [_("%(found)s · 原因：%(cause)s · 建议：%(advice)s") % {
        "found": f.words, "cause": CAUSES[f.cause], "advice": f.advice or "—",
    } for f in findings]  # fmt: skip
    if any(order.confidential for order in orders):
        return made  # what was found on the spot would tell where it is
    if found:
        made.append((_("问题、原因与建议"), [_masked(one) for one in found]))
    for plan in case.plans.exclude(ruling="returned").order_by("pk"):
        lines = [plan.words, *(f"{m.words} · {m.until:%Y-%m-%d}" for m in plan.measures.all())]
        made.append((_("整改方案"), [_masked(one) for one in lines]))
    return made


def _order_head(order: Order) -> str:
    return f"{order.number} {order.category or ''}".strip()


def _order_lines(order: Order) -> list[str]:
    told = inspections.told_of(order)
    names = {"what": _("事项"), "where": _("地点"), "content": _("内容"), "done": _("处置")}
    return [f"{names[key]}{_('：')}{words}" for key, words in told.items() if words]


def _masked(words: str) -> str:
    return without_identities(words)


def of_inspection(row: Inspection) -> Thing:
    """An inspection as a whole: its scope, its card, what was found. Single orders are not in it."""
    drawn = row.items.filter(drawn=True)
    found = inspections.found_in(row)
    places = frozenset(drawn.exclude(place=None).values_list("place", flat=True))
    hands = set(drawn.exclude(check_made=None).values_list("check_made__by", flat=True))
    outside = set(row.team.exclude(side="centre").values_list("actor", flat=True))
    return Thing(
        kind="inspection",
        key=row.number,
        title=f"{THINGS['inspection']} {row.number} {row.theme}",
        pack=0,
        sections=lambda: _inspection_sections(row),
        orders=visible_to(BY).filter(pk__in=drawn.exclude(order=None).values("order")),
        units=frozenset(p for p in places if p),
        owing=frozenset(f.unit_id for f in found),
        hands=frozenset({row.planned_by, *hands} - outside),
        since=row.since,
        shut=row.state == Stage.VOID,
        inspection=row,
    )


def _inspection_sections(row: Inspection) -> list[Section]:
    head = [
        f"{row.since:%Y-%m-%d} – {row.until:%Y-%m-%d} · {OF_INSPECTION[Stage(row.state)]}",
        _("名单指纹 %(hash)s") % {"hash": row.list_hash[:16]} if row.list_hash else "",
    ]
    made = [(_("检查"), [line for line in head if line])]
    card = [_card_line(one) for one in row.card]
    if card:
        made.append((_("评分表"), card))
    found = [
        f"{f.unit.name}{_('：')}{_masked(f.words)}"
        for f in inspections.found_in(row)
        if f.item.order is None or not f.item.order.confidential
    ]
    if found:
        made.append((_("检查发现"), found))
    return made


def _card_line(row: dict[str, object]) -> str:
    part = _("随机") if row["part"] == "random" else _("重点")
    said = f"{part} {row['line'] or _('合计')} n={row['items']}"
    for name, key in (
        (_("及时"), "timely"),
        (_("实际解决"), "solved"),
        (_("满意"), "satisfaction"),
    ):
        share = row[key]
        if isinstance(share, dict) and share["value"] is not None:
            said += f" · {name} {share['value'] * 100:.1f}%{_('（')}{share['n']}{_('）')}"
    return said


def asked(thing: Thing) -> Unit:
    """The unit that is asked about it where only one can be; the first by its code otherwise."""
    return Unit.objects.filter(pk__in=thing.owing).order_by("code")[0]
