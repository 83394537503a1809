"""The journal of one order as people read it, and who looked at it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.queries import names
from suqiu.audit import queries as audit
from suqiu.audit.models import Access, Entry
from suqiu.base.actors import Actor
from suqiu.base.language import word
from suqiu.desk import shapes
from suqiu.desk.words import short_moment
from suqiu.figures.weights import LEVELS
from suqiu.orders.access import is_secret, may_read
from suqiu.orders.actions.dispose import FACTS, RESULTS
from suqiu.orders.actions.reveal import REASONS
from suqiu.orders.models import Order
from suqiu.orders.past import Past
from suqiu.orders.states import VERBS
from suqiu.organisations.models import Unit
from suqiu.supervision.meetings.states import OUTCOMES

FEW = 8
NOTICES = frozenset(
    {"order.transmitted", "order.climb", "order.remind", "order.turn_red", "order.acknowledge"}
)
WHAT = {
    "order.drafted": gettext_lazy("记下诉求"),
    "order.transmitted": gettext_lazy("传送承办单位"),
    "order.master_of": gettext_lazy("并入另一件"),
    "order.master_replied": gettext_lazy("主单已答复"),
    "meeting.studied": gettext_lazy("会上研讨"),
    "visit.found": gettext_lazy("走访时发现"),
    "callback.attempted": gettext_lazy("回访通话"),
    "code.issued": gettext_lazy("发给诉求人查询码"),
    "callback.own_answer": gettext_lazy("诉求人在网上评价"),
    "callback.advice_answered": gettext_lazy("答复建议"),
    "audit.erased": gettext_lazy("依法删去文字"),
    "figures.exempted": gettext_lazy("考核申诉免计"),
    "clock.started": gettext_lazy("时限起算"),
    "clock.paused": gettext_lazy("时限暂停"),
    "clock.resumed": gettext_lazy("时限续走"),
    "clock.shifted": gettext_lazy("时限改动"),
}
GROUPS = {"work": gettext_lazy("办理"), "notice": gettext_lazy("通知")}
LEGS = {"unit": gettext_lazy("系统传送"), "officer": gettext_lazy("传送值班员")}
# Entries that hand the order, or a part of it, to a unit.
TO_UNIT = {"order.dispatch", "order.transmitted", "order.name_leader", "order.grant_co"}
# The citizen's own words stand in the appeal, where secrecy is kept; here only what staff wrote.
SAID = ("words", "reason", "note", "answer", "told", "basis", "wants", "advice")


@dataclass(frozen=True)
class Looked:
    """Who looked at an order: the newest looks, how many in all, and of how many people."""

    newest: list[Access]
    looks: int
    people: int


@dataclass(frozen=True)
class Told:
    """What a person may read of an order's journal, oldest first, and which entries hold."""

    rows: list[Entry]
    held: dict[int, bool]


def told(order: Order, by: Actor, chain: list[Entry]) -> Told:
    """Clocks have their own place on the page, so their starts are left out; the whole chain is
    tried, what this person may not read too."""
    rows = [e for e in chain if e.kind != "clock.started" and may_read(e, order, by)]
    return Told(rows, audit.holding(chain))


def latest(order: Order, by: Actor) -> str:
    """Who did what last, for one who comes too late; "" where it is not this person's to know."""
    chain = audit.chain(order.chain)
    rows = [e for e in told(order, by, chain).rows if e.kind.removeprefix("order.") in VERBS]
    if not rows:
        return ""
    last = rows[-1]
    return _("%(at)s %(who)s：%(what)s") % {
        "at": short_moment(last.at),
        "who": names({last.actor})[last.actor],
        "what": VERBS[last.kind.removeprefix("order.")].label,
    }


def entries(
    order: Order, told: Told, past: Past, called: dict[str, str], by: Actor
) -> list[dict[str, Any]]:
    """What was told, in words, the newest first."""
    rows = told.rows
    units = _units(rows, past)
    return [
        {
            "at": e.at,
            "icon": _icon(e),
            "actor": called[e.actor],
            "what": _what(e, order, by, units),
            "number": e.seq,
            "hash": short(e),
            "ok": told.held[e.pk],
            "group": "notice" if e.kind in NOTICES else "work",
        }
        for e in reversed(rows)
    ]


def shown(rows: list[dict[str, Any]], held: dict[int, bool], chosen: str) -> dict[str, Any]:
    """The entries of one group, with the other groups to choose from; an unknown one shows all."""
    chosen = chosen if chosen in GROUPS else ""
    return {
        "rows": [row for row in rows if not chosen or row["group"] == chosen],
        "count": len(rows),
        "broken": sum(not ok for ok in held.values()),
        "groups": [
            {"name": name, "label": label, "chosen": name == chosen}
            for name, label in [("", _("全部")), *GROUPS.items()]
        ],
    }


def _units(rows: list[Entry], past: Past) -> dict[int, str]:
    """The names of the units in the entries: most have a seat; the rest are asked for."""
    known = {seat.unit_id: seat.unit.name for seat in past.seats}
    others = {unit for unit in map(_unit, rows) if unit is not None} - known.keys()
    if others:
        known |= {unit.pk: unit.name for unit in Unit.objects.filter(pk__in=others)}
    return known


def looked(order: Order, newest: list[Access]) -> Looked:
    """The newest looks at the order, and how often in all: counted only where there are more."""
    shown = newest[: audit.TOP_LOOKS]
    if len(newest) <= audit.TOP_LOOKS:
        return Looked(shown, len(shown), len({look.actor for look in shown}))
    rows = audit.looks_at(order.chain).order_by()
    return Looked(shown, **rows.aggregate(looks=Count("pk"), people=Count("actor", distinct=True)))


def looks(seen: Looked, called: dict[str, str]) -> dict[str, Any]:
    """Who looked, newest first, and how often in all."""
    said = {
        "open": _("打开"),
        "reveal": _("看过身份"),
        "export": _("导出"),
        "file": _("看附件"),
        "original": _("看原件"),
    }
    return {
        "count": seen.looks,
        "people": seen.people,
        "rows": [
            {
                "name": called[look.actor],
                "at": look.at,
                "verb": look.verb,
                "label": said.get(look.verb, look.verb),
                "reason": _reason(look.reason),
                "times": times,
            }
            for look, times in _in_a_row(seen.newest)[:FEW]
        ],
    }


def _in_a_row(newest: list[Access]) -> list[tuple[Access, int]]:
    """One who opens a page again and again is one line; to have seen an identity always is its own."""
    found: list[tuple[Access, int]] = []
    for look in newest:
        last, times = found[-1] if found else (None, 0)
        same = last and (last.actor, last.verb, last.reason) == (look.actor, look.verb, look.reason)
        if last and same and look.verb != "reveal":
            found[-1] = (last, times + 1)
        else:
            found.append((look, 1))
    return found


def _reason(kept: str) -> str:
    """A look's reason: one of the house's words, and after it what the person wrote."""
    for known in REASONS.values():
        if kept.startswith(known):
            return word(known) + kept.removeprefix(known)
    return kept


def _unit(entry: Entry) -> int | None:
    told = entry.unit or entry.data.get("unit")
    return told if isinstance(told, int) else None


def short(entry: Entry) -> str:
    digest = bytes(entry.hash).hex()
    return f"{digest[:4]}…{digest[-4:]}"


def _icon(entry: Entry) -> str:
    return shapes.ICONS.get(
        entry.kind.removeprefix("order."), "bell" if entry.kind in NOTICES else "point"
    )


def head(entry: Entry) -> str:
    """What an entry is about, without its words."""
    verb = VERBS.get(entry.kind.removeprefix("order."))
    if entry.kind == "order.transmitted":
        return str(LEGS.get(entry.data.get("leg", ""), WHAT[entry.kind]))
    return str(verb.label if verb else WHAT.get(entry.kind, entry.kind))


def _what(entry: Entry, order: Order, by: Actor, units: dict[int, str]) -> str:
    said, unit = head(entry), _unit(entry)
    if unit in units and entry.kind in TO_UNIT:
        said = f"{said} → {units[unit]}"
    parts = [said, *_codes(entry), *_said(entry, order, by)]
    words = [str(part) for part in parts]
    return words[0] + _("：") + _("；").join(words[1:]) if len(words) > 1 else words[0]


def _codes(entry: Entry) -> list[str]:
    data = entry.data
    told = [word(RESULTS.get(data.get("result", ""))), word(FACTS.get(data.get("fact", "")))]
    if entry.kind == "meeting.studied":
        told.append(str(OUTCOMES.get(data["outcome"], "")))
    if "reached" in data:
        told.append(_("已联系上") if data["reached"] else _("未联系上"))
    if data.get("solved") is not None:
        told.append(_("实际解决") if data["solved"] else _("未解决"))
    if data.get("false_report"):
        told.append(_("记虚报"))
    if "days" in data:
        unit = "work_day" if entry.kind == "order.ask_extension" else "natural_day"
        told.append(shapes.limit(Decimal(data["days"]), unit))
    return [part for part in [*told, str(LEVELS.get(data.get("satisfaction", ""), ""))] if part]


def _said(entry: Entry, order: Order, by: Actor) -> list[str]:
    """Words beside the fact. On a secret order a unit reads only what units wrote."""
    statement = getattr(entry, "statement", None)
    if statement is None:
        return []
    if statement.words is None:
        return [_("（文字已依法删去）")]
    own = entry.unit in by.units or entry.actor == by.id
    if is_secret(order, by) and not own:
        return []
    return [f"“{statement.words[key]}”" for key in SAID if statement.words.get(key)]
