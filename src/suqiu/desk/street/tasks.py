"""What one has to do on the street, as the phone keeps it: the least that is needed there."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms as django_forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.audit.queries import looked_today
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import WrongState
from suqiu.base.text import without_identities
from suqiu.desk import shapes, uploads
from suqiu.desk.queries import nearest_clock
from suqiu.desk.recheck_forms import Look
from suqiu.desk.street import walks
from suqiu.desk.views.inspection_forms import CHOICES
from suqiu.desk.views.verb_forms import VERB_FORMS
from suqiu.orders.access import UNIT_ROLES, Denied
from suqiu.orders.models import Order
from suqiu.orders.queries import at_work, looked_at, menu
from suqiu.supervision.inspections import queries as inspections
from suqiu.supervision.inspections.models import Inspection, Item
from suqiu.supervision.inspections.rules import Checklist
from suqiu.supervision.inspections.states import VERBS as STEPS
from suqiu.supervision.rechecks import queries as rechecks
from suqiu.supervision.rechecks.models import Recheck

# In the order in which they are done there.
ON_STREET = ("sign", "contact", "be_on_site", "dispose", "answer_co", "attach")
MOST = 60
# A phone is away from the network for a day: what comes due within it is taken along.
AHEAD = dt.timedelta(days=1)
# What the phone says by itself, or what is decided at a desk.
NOT_ASKED = frozenset({"lon", "lat", "public", "on_site_at"})
EXCUSES = (
    ("", gettext_lazy("查得了")),
    ("gone", gettext_lazy("现场已不存在")),
    ("private", gettext_lazy("进不了门")),
    ("weather", gettext_lazy("天气")),
)
Said = dict[str, Any]


def all_for(by: Actor) -> list[Said]:
    """Orders of the person's seats, rechecks that come due today, checks of his inspections, the stops
    of his visits."""
    return [*_orders(by), *_rechecks(by), *_checks(by), *walks.tasks(by)]


def forms_for(by: Actor, tasks: Iterable[Said]) -> dict[str, list[Said]]:
    """What each deed asks, by the name that tasks call it by."""
    wanted = {deed["form"] for task in tasks for deed in task["deeds"]}
    found = {verb: _verb_form(verb, by) for verb in wanted & VERB_FORMS.keys()}
    if "look" in wanted:
        found["look"] = described(Look())
    found |= {name: described(walks.FORMS[name]()) for name in wanted & walks.FORMS.keys()}
    for name in wanted - found.keys():
        kind, _colon, number = name.partition(":")
        row = inspections.get_for(by, number)
        found[name] = _checklist(row) if kind == "check" else _survey(row)
    return found


def order_task(order: Order, by: Actor) -> Said:
    """One order as its card shows it; the citizen is not on it."""
    return _order_task(order, by, nearest_clock([order.pk], by).get(order.pk))


def seen(order: Order, by: Actor) -> str:
    """What a phone must have seen of an order to act on it: state, round, and whose it is."""
    lead = order.seats.filter(role="lead", closed=None).values_list("pk", flat=True).first()
    return f"{shapes.state(order, by)['name']}:{order.round}:{lead or 0}"


def same(was: str, is_now: str) -> None:
    """Raises WrongState where it stands otherwise than the phone had seen it."""
    if was != is_now:
        raise WrongState("street.moved", _("您离线时，这件有了变化；您写的没有发出，也没有丢"))


def described(form: django_forms.BaseForm) -> list[Said]:
    """A form's fields, for a page that is built without the house."""
    return [_field(n, f) for n, f in form.fields.items() if n not in NOT_ASKED]


def _field(name: str, field: Any) -> Said:
    said: Said = {"name": name, "label": str(field.label or name), "required": field.required}
    if isinstance(field, uploads.Files):
        return {**said, "type": "files"}
    if isinstance(field, django_forms.ChoiceField):
        offered: Any = field.choices
        choices = [[str(value), str(label)] for value, label in offered]
        return {**said, "type": "choice", "choices": choices}
    kind = "long" if isinstance(field.widget, django_forms.Textarea) else "text"
    return {**said, "type": kind, "most": getattr(field, "max_length", None)}


def _verb_form(verb: str, by: Actor) -> list[Said]:
    form = VERB_FORMS[verb].form(order=Order(round=1), by=by)
    return described(form)


def _checklist(row: Inspection) -> list[Said]:
    asked = Checklist.model_validate(row.checklist).questions
    choices = [[value, str(label)] for value, label in CHOICES]
    return [
        {"name": "excused", "label": _("没法查的原因"), "required": False, "type": "choice",
         "choices": [[value, str(label)] for value, label in EXCUSES if value]},
        *(
            {"name": f"q_{q.code}", "label": q.text, "required": True, "unless": "excused",
             "type": "choice", "choices": choices, "data": True}
            for q in asked
        ),
        {"name": "words", "label": _("说明"), "required": False, "type": "long", "most": 2000},
    ]  # fmt: skip


def _survey(row: Inspection) -> list[Said]:
    item = inspections.to_check(row).first()
    levels = inspections.levels(item) if item else []
    choices = [[one, one] for one in levels]
    return [
        {"name": "level", "label": _("满意程度"), "required": True, "type": "choice",
         "choices": choices, "data": True}
    ]  # fmt: skip


def _orders(by: Actor) -> list[Said]:
    if not by.units_as(*UNIT_ROLES):
        return []
    rows: Any = at_work(by).select_related("category", "region", "street", "pack")
    found = list(rows.order_by("waits_until", "pk")[:MOST])
    _note_looks(found, by)
    clocks = nearest_clock([order.pk for order in found], by)
    told = [_order_task(order, by, clocks.get(order.pk)) for order in found]
    return [task for task in told if task["deeds"]]


def _order_task(order: Order, by: Actor, nearest: Any) -> Said:
    text = shapes.text(order, by)
    deeds = []
    for verb, answer in menu(order, by):
        if verb.name in ON_STREET:
            why = str(answer.reason) if isinstance(answer, Denied) else ""
            deeds.append({"name": verb.name, "form": verb.name, "label": verb.label, "why": why})
    return {
        "key": f"order:{order.number}",
        "name": order.number,
        "title": without_identities(text.title),
        "content": without_identities(text.content),
        "demand": without_identities(text.demand),
        "where": f"{shapes.place(order, by)} {without_identities(text.address)}".strip(),
        "lon": None if text.secret else order.lon,
        "lat": None if text.secret else order.lat,
        "secret": text.secret,
        "flags": [[one.label, one.tone] for one in shapes.flags(order)],
        "state": shapes.state(order, by)["label"],
        "due": nearest.due if nearest and not nearest.paused_since else None,
        "duty": shapes.face(nearest).name if nearest else "",
        "seen": seen(order, by),
        "deeds": sorted(deeds, key=lambda d: ON_STREET.index(str(d["name"]))),
    }


def _note_looks(orders: list[Order], by: Actor) -> None:
    """What a phone takes along has been looked at; the same phone asks every minute, so once a day."""
    known = looked_today("open", [order.chain for order in orders], by=by)
    for order in orders:
        if order.chain not in known:
            looked_at(order, by)


def _rechecks(by: Actor) -> list[Said]:
    if "inspector" not in by.roles:
        return []
    soon = clock.now() + AHEAD
    rows = rechecks.open_to(by).filter(since__lte=soon, inspector__in=("", by.id))
    rows = rows.select_related("order__category", "order__region", "order__street")
    found = list(rows[:MOST])
    _note_looks([row.order for row in found], by)
    return [recheck_task(row, by) for row in found]


def recheck_task(row: Recheck, by: Actor) -> Said:
    order, text = row.order, shapes.text(row.order, by)
    opens = row.hour or row.since
    early = opens > clock.now()
    why = _("还没有到复查的时间") if early else ""
    return {
        "key": f"recheck:{row.pk}",
        "name": _("%(number)s 办结后 %(days)d 天复查")
        % {"number": order.number, "days": row.days},
        "title": without_identities(text.title),
        "content": without_identities(text.content),
        "demand": "",
        "where": f"{shapes.place(order, by)} {without_identities(text.address)}".strip(),
        "lon": order.lon, "lat": order.lat, "secret": text.secret,
        "flags": [[one.label, one.tone] for one in shapes.flags(order)],
        "state": _("复查"), "due": row.due, "duty": _("复查"), "hour": row.hour,
        "seen": "done" if row.done_at else f"open:{row.inspector}",
        "deeds": [] if row.done_at else [
            {"name": "look", "form": "look", "label": _("记下看到的"), "why": why,
             "opens": opens if early else None}
        ],
    }  # fmt: skip


def _checks(by: Actor) -> list[Said]:
    rows = inspections.visible_to(by).filter(team__actor=by.id, state__in=STEPS["check"].at)
    found: list[Said] = []
    for row in rows.distinct():
        # What could not be looked at is done with; what was looked at may still be asked about.
        unasked = Q(survey_made=None, check_made__excused="")
        left = inspections.to_check(row).filter(Q(check_made=None) | unasked)
        found += [item_task(row, i, by) for i in left[:MOST] if not inspections.barred(i, by)]
    return found


def item_task(row: Inspection, item: Item, by: Actor) -> Said:
    order = item.order
    if order:
        _note_looks([order], by)
    told = inspections.told(item)
    open_place = order is not None and not order.confidential
    deeds = []
    if not hasattr(item, "check_made"):
        deeds.append(("check", _("填检查表")))
    if not hasattr(item, "survey_made"):
        deeds.append(("survey", _("问满意程度")))
    return {
        "key": f"item:{row.number}:{item.pk}",
        "name": f"{row.number} {item.key}",
        "title": told.get("what") or told["where"],
        "content": told.get("content", ""),
        "demand": told.get("done", ""),
        "where": told["where"],
        "lon": order.lon if order and open_place else None,
        "lat": order.lat if order and open_place else None,
        "secret": bool(order and order.confidential),
        "flags": [], "state": _("检查"), "due": None, "duty": row.theme,
        "seen": "/".join(name for name, _label in deeds),
        "deeds": [
            {"name": name, "form": f"{name}:{row.number}", "label": label, "why": ""}
            for name, label in deeds
        ],
    }  # fmt: skip
