"""From orders to what a page shows; what a unit may not read is left out here, not in templates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.language import word
from suqiu.calendars.queries import calendar
from suqiu.desk import queries, track, words
from suqiu.orders.access import Allowed, Denied, clocks_shown, is_inside, is_secret, state_shown
from suqiu.orders.actions.reveal import MAY, REASONS
from suqiu.orders.models import Obligation, Order, Request
from suqiu.orders.past import Past
from suqiu.orders.places import place as point
from suqiu.orders.rules import Finding
from suqiu.orders.states import ENDS, State, Verb, label_for

TONES = {
    State.SIGNED: "hand",
    State.DISPOSED: "hand",
    State.REPLIED: "review",
    State.CALLBACK: "review",
    State.SECOND_CHECK: "review",
}
# Limits in words: 2 小时, 1 working day.
UNITS: dict[str, Callable[[int], str]] = {
    "natural_hour": lambda n: ngettext("%(n)s 小时", "%(n)s 小时", n),
    "work_hour": lambda n: ngettext("%(n)s 工作小时", "%(n)s 工作小时", n),
    "work_day": lambda n: ngettext("%(n)s 工作日", "%(n)s 工作日", n),
    "natural_day": lambda n: ngettext("%(n)s 天", "%(n)s 天", n),
}
# A clock of the packs that bears no verb's name.
gettext_noop("受理移送")
# What is done at once, without a form: the words of the button say all.
AT_ONCE = frozenset(
    {
        "register",
        "accept",
        "acknowledge",
        "sign",
        "release_hold",
        "pass_disposal",
        "review",
        "close",
    }
)
ICONS = {
    "dispatch": "send",
    "sign": "check",
    "accept": "check",
    "register": "device-floppy",
    "close": "archive",
    "dispose": "clipboard-check",
    "reply": "message",
    "draft_reply": "message",
    "convey_reply": "phone-call",
    "contact": "phone",
    "verify_first": "phone-call",
    "verify_second": "shield-check",
    "rework": "rotate",
    "review": "clipboard-check",
    "urge": "bell",
    "sign_acceptance": "signature",
    "sign_plan": "signature",
    "report_plan": "clipboard-check",
    "sign_off": "signature",
    "pass_disposal": "clipboard-check",
    "be_on_site": "map-pin",
    "reopen": "refresh",
    "ask_return": "arrow-back-up",
    "answer": "message-2",
    "acknowledge": "bell",
}
# The verb that each state waits for goes first; the others keep the table's order. Only these may
# be the one in colour and under the thumb: nobody withdraws or accuses because nothing else is left.
FIRST = (
    "uphold_return",
    "grant_extension",
    "grant_hold",
    "grant_co",
    "grant_force",
    "grant_unreasonable",
    "grant_out_of_remit",
    "dispatch",
    "name_leader",
    "sign_acceptance",
    "sign",
    "sign_plan",
    "report_plan",
    "dispose",
    "pass_disposal",
    "reply",
    "draft_reply",
    "convey_reply",
    "contact",
    "answer_co",
    "review",
    "verify_second",
    "verify_first",
    "sign_off",
    "close",
    "accept",
    "register",
    "acknowledge",
    "correct",
    "reopen",
)
# There is a disposal and a reply to look at.
DONE = (State.REPLIED, State.CALLBACK, State.SECOND_CHECK)
# What is awaited only for a while, though it may be done longer.
AWAITED: dict[str, Callable[[Order], bool]] = {
    "name_leader": lambda order: not order.leader,
    "contact": lambda order: order.state == State.SIGNED,
    "sign_off": lambda order: order.state in DONE,
}
FEW = 4


@dataclass(frozen=True)
class Flag:
    name: str
    label: str
    tone: str


@dataclass(frozen=True)
class Row:
    """One order in a list."""

    number: str
    title: str
    url: str
    source: str
    place: str
    category: str
    state: str
    face: words.Face | None
    flags: list[Flag]
    end: str = ""
    end_note: str = ""
    pickable: bool = False


@dataclass(frozen=True)
class Text:
    """The appeal as this person may read it."""

    title: str
    content: str
    demand: str
    address: str
    secret: bool
    at: str = ""  # latitude and longitude, for whom the address is


def text(order: Order, by: Actor) -> Text:
    """A unit reads the paraphrase and the street of a secret order: its title and demand are the
    citizen's own words and may tell who he is."""
    if not is_secret(order, by):
        at = str(there) if (there := point(order.lon, order.lat)) else ""
        return Text(order.title, order.content, order.demand, order.address, False, at)
    kind = order.category.name if order.category else _("未分类")
    return Text(_("保密件：%s") % kind, order.paraphrase, "", "", True)


def place(order: Order, by: Actor) -> str:
    parts = [order.region.short if order.region else "", order.street.name if order.street else ""]
    return " ".join(part for part in parts if part)


def flags(order: Order) -> list[Flag]:
    marks = (
        (order.urgency == "紧急", "urgent", _("紧急"), "red"),
        (order.supervised, "supervised", pgettext("标记", "督办"), "red"),
        (order.difficult, "difficult", _("疑难"), "violet"),
        (order.false_report, "false", _("虚报"), "red"),
        (order.repeat, "repeat", _("重复"), "amber"),
        (order.round > 1, "rework", _("重办 %d") % (order.round - 1), "amber"),
        (order.returns > 0, "returned", _("退单 %d 次") % order.returns, "amber"),
        (order.urged > 0, "urged", _("催办 %d") % order.urged, "amber"),
        (order.confidential, "secret", pgettext("标记", "保密"), "violet"),
        (order.held_until is not None, "hold", _("挂账"), "violet"),
        (order.forced, "forced", _("强制办结"), "amber"),
        (order.unreasonable, "unreasonable", _("不合理"), "amber"),
        (order.conduct, "conduct", _("行风"), "accent"),
    )
    return [Flag(name, label, tone) for there, name, label, tone in marks if there]


def state(order: Order, by: Actor, past: Past | None = None) -> dict[str, str]:
    """The badge. Both verifications look alike from outside: the draw is secret until the end.
    With its past at hand, a disposal that the unit has passed waits for the citizen to be told."""
    inside = is_inside(by)
    told = _to_tell(order, past) if past and order.state == State.DISPOSED else ""
    tone = "closed" if order.state in ENDS else TONES.get(State(order.state), "waiting")
    if order.state == State.SIGNED and order.round > 1:
        tone = "returned"
    return {
        "name": state_shown(order.state, by),
        "label": told or label_for(order.state, inside=inside),
        "tone": tone,
    }


def _to_tell(order: Order, past: Past) -> str:
    valid = [d for d in past.disposals if d.round == order.round and d.sent_back_at is None]
    if not valid or valid[-1].passed_at is None:
        return ""
    return _("待转告") if valid[-1].reply_drafted_at else _("待答复")


def face(row: Obligation) -> words.Face:
    return words.face(
        word(row.name),
        now=clock.now(),
        started=row.started,
        due=row.due,
        met=_met(row),
        waiting_for="" if row.paused_since else None,
        provisional=row.provisional,
    )


def _met(row: Obligation) -> Any:
    return row.ended if row.outcome in {"met", "late"} else None


def rows(orders: Iterable[Order], by: Actor) -> list[Row]:
    orders = list(orders)
    nearest = queries.nearest_clock([order.pk for order in orders], by)
    return [_row(order, nearest.get(order.pk), by) for order in orders]


def _row(order: Order, nearest: Obligation | None, by: Actor) -> Row:
    return Row(
        number=order.number,
        title=text(order, by).title,
        url=reverse("desk:order", args=[order.number]),
        source=str(order.source),
        place=place(order, by),
        category=order.category.name if order.category else _("未分类"),
        state=label_for(order.state, inside=is_inside(by)),
        face=face(nearest) if nearest else None,
        flags=flags(order),
        end=str(nearest.seat.unit) if nearest else label_for(order.state, inside=is_inside(by)),
        end_note=word(nearest.name) if nearest else "",
    )


def clock_track(obligations: Iterable[Obligation], by: Actor) -> track.Track | None:
    duties = [
        track.Duty(
            name=word(row.name)
            if row.round == 1
            else _("%(name)s（第 %(n)d 轮）") % {"name": word(row.name), "n": row.round},
            limit=limit(row.limit_n, row.limit_unit),
            started=row.started,
            due=row.due,
            met=_met(row),
            original=row.due_original,
            waiting_for="" if row.paused_since else None,
            provisional=row.provisional,
        )
        for row in sorted(clocks_shown(obligations, by), key=lambda r: (r.started, r.pk))
    ]
    if not duties:
        return None
    now = clock.now()
    return track.build(duties, track.days(calendar(), *track.span(duties, now)), now)


def asked(row: Request) -> str:
    """For how long an extension or a hold was asked; "" for what asks for no time."""
    unit = "work_day" if row.kind == "extension" else "natural_day"
    return limit(Decimal(row.days), unit) if row.days else ""


def limit(n: Decimal, unit: str) -> str:
    """2 小时, 1 working day."""
    return UNITS[unit](1 if n == 1 else 2) % {"n": f"{n.normalize():f}"}


def verb_bar(order: Order, menu: list[tuple[Verb, Allowed | Denied]], by: Actor) -> dict[str, Any]:
    """What may be done, the awaited verb first, and what may not, with its reason."""
    may = [verb for verb, answer in menu if answer]
    may.sort(key=lambda verb: _rank(verb, order))
    shown = [_verb(order, verb, n == 0) for n, verb in enumerate(may)]
    no = [(v, a) for v, a in menu if isinstance(a, Denied)]
    refused = [
        {"label": v.label, "reason": a.reason, "code": a.code} for v, a in no if not _is_later(a)
    ]
    later = [{"label": v.label, "reason": a.reason} for v, a in no if _is_later(a)]
    main = bool(shown) and shown[0]["primary"]
    return {
        "verbs": shown[:FEW],
        "more": shown[FEW:],
        "refused": refused,
        "later": later,
        "main": main,
    }


def _rank(verb: Verb, order: Order) -> int:
    """What is awaited, then the rest; asking to be let off, and what ends the order unsolved, last."""
    if _is_awaited(verb, order):
        return FIRST.index(verb.name)
    return len(FIRST) + (verb.name.startswith("ask_") or bool(verb.to) and set(verb.to) <= ENDS)


def _is_awaited(verb: Verb, order: Order) -> bool:
    if verb.name not in FIRST:
        return False
    return verb.name not in AWAITED or AWAITED[verb.name](order)


def _is_later(answer: Denied) -> bool:
    """Nothing stands in the way; there is just nothing to do it to."""
    return answer.code == "state" or answer.code.endswith((".none", ".not_conduct"))


def _verb(order: Order, verb: Verb, first: bool) -> dict[str, Any]:
    main = first and _is_awaited(verb, order) and not verb.accuses
    return {
        "name": verb.name,
        "label": verb.label,
        "key": verb.key,
        "url": reverse("desk:verb", args=[order.number, verb.name]),
        "primary": main,
        "danger": verb.accuses,
        "consequence": verb.why if main else "",
        "post": verb.name in AT_ONCE,
        "icon": ICONS.get(verb.name, ""),
    }


def person(order: Order, by: Actor) -> dict[str, Any] | None:
    """The masked identity, with the form that opens it for those who may ask."""
    who = order.appellant
    if who is None:
        return None
    if is_secret(order, by):
        return {"name": _("身份保密"), "phone": _("由中心联系"), "secret": True}
    return {
        "name": who.masked_name or (_("匿名") if who.anonymous else _("未留姓名")),
        "phone": who.masked_phone or _("未留电话"),
        "secret": order.confidential,
        "note": " · ".join(
            part
            for part in (_("愿意回访") if who.wants_callback else _("不愿回访"), who.contact_times)
            if part
        ),
        "reveal_url": reverse("desk:reveal", args=[order.number]) if by.roles & MAY else "",
        "reasons": [{"value": key, "label": word(label)} for key, label in REASONS.items()],
    }


def findings(found: Iterable[Finding]) -> dict[str, list[dict[str, str]]]:
    """By field, the blocking ones first."""
    shown: dict[str, list[dict[str, str]]] = {}
    for one in sorted(found, key=lambda f: not f.blocks):
        level = "must" if one.blocks else "warn"
        shown.setdefault(one.field, []).append(
            {"level": level, "rule": one.rule, "reason": one.message}
        )
    return shown
