"""Reading messages: a person's list, an order's proof, what could not be delivered."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.accounts.models import ROLES
from suqiu.assessment import queries as scores
from suqiu.base import clock, tally
from suqiu.base.actors import Actor
from suqiu.catalogue.models import Door
from suqiu.notifications import things
from suqiu.notifications.models import Message
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.queries import centre, unit
from suqiu.policy.queries import pack as pack_of
from suqiu.reports.queries import readable

NOTICES = {
    "accepted": gettext_lazy("受理告知"),
    "dispatched": gettext_lazy("派单告知"),
    "result": gettext_lazy("结果告知"),
}
# Nobody holds a post in the centre itself: what comes to it is read by those who act for it.
FOR_CENTRE = frozenset({"dispatcher", "callback_officer", "inspector"})
# One that had to climb is no new order to whom it climbs: he is to see that somebody takes it.
_CLIMBED = gettext_lazy("超时无人回执，请督促")
_SHORT = {
    "transmitted": gettext_lazy("新工单，请回执"),
    "overdue": gettext_lazy("已逾期"),
    "soon": gettext_lazy("即将到期"),
    "rework": gettext_lazy("发回重办"),
    "report_sent": gettext_lazy("请阅"),
    "report_soon": gettext_lazy("还没有阅，快到期了"),
    "report_late": gettext_lazy("逾期未阅"),
    "instructed": gettext_lazy("有批示，请办"),
    "instruction_again": gettext_lazy("批示件退回，请再办"),
    "instruction_withdrawn": gettext_lazy("批示已撤回"),
    "instruction_soon": gettext_lazy("批示件快到期"),
    "instruction_late": gettext_lazy("批示件逾期未落实"),
    "instruction_done": gettext_lazy("批示已落实，请阅"),
    "score_fell": gettext_lazy("考核得分下降"),
    "mark_waits": gettext_lazy("有加减分待确认"),
    "asked": gettext_lazy("请按期办"),
    "again": gettext_lazy("退回，请再办"),
    "promised": gettext_lazy("请按期兑现"),
    "answered": gettext_lazy("已答复，请看是否认可"),
    "term_soon": gettext_lazy("快到期，请定续聘与否"),
}
# Beside the three: what else a pack may tell of (rules.EVENTS).
_OTHER = {
    "rejected": gettext_lazy("不予受理告知"),
    "merged": gettext_lazy("并案告知"),
    "handed_over": gettext_lazy("移送告知"),
    "supervised": gettext_lazy("督办通知"),
    "urged": gettext_lazy("催办通知"),
}
_RESULTS = {
    "solved": gettext_lazy("已处理"),
    "explained": gettext_lazy("已解释说明"),
    "unsolved": gettext_lazy("暂未解决"),
}
_STATES = {
    "": gettext_lazy("未到"),
    "waiting": gettext_lazy("待发"),
    "sending": gettext_lazy("发送中"),
    "dead": gettext_lazy("未送达"),
}


@dataclass(frozen=True)
class Proof:
    """One of the three notices (三告知): was it given, when, after how many tries, or why not."""

    event: str
    state: str  # "", waiting, sending, sent, dead
    sent_at: dt.datetime | None
    tries: int
    error: str
    delivered_at: dt.datetime | None = None  # the telephone has it, where a gateway tells


def text_of(message: Message) -> str:
    """What the message says: the words of its order's pack, with what held when it was written."""
    if message.event == "mark_waits":
        return f"{subject(message)} {_waits(message.params)}"
    if message.score:
        return f"{subject(message)} {_fallen(message.params)}"
    if message.thing:
        by_when = things.until(message)
        end = f" {_moment(by_when)}" if by_when and message.event != "answered" else ""
        return f"{subject(message)} {_SHORT[message.event]}{end}"
    if message.order is None:
        return f"{subject(message)} {_SHORT[message.event]}"
    pack, codes, number = pack_of(message.order.pack_id), message.params, message.order.number
    spec = next((n for n in pack.notifications if n.event == message.event), None)
    if message.kind != "notice" or spec is None:
        name = next((o.name for o in pack.obligations if o.id == codes.get("code")), "")
        return f"{number} {name}{_said(message)}"
    return spec.text.format(
        number=number,
        unit=unit(codes["unit"]).name if "unit" in codes else "",
        promise=_moment(codes["promise"]) if "promise" in codes else "",
        result=_told(codes),
    )


def _said(message: Message) -> str:
    if message.event == "transmitted" and "step" in message.params:
        return str(_CLIMBED)
    return str(_SHORT.get(message.event, message.event))


def subject(message: Message) -> str:
    """What it is about, as its receiver knows it: an order's number, or a report's with its title."""
    if message.report:
        return f"{message.report} {message.report.title}"
    if message.thing:
        return things.subject(message)
    if message.score:
        return scores.names([message.score]).get(message.score, message.score)
    return message.order.number if message.order else ""


def month_of(message: Message) -> str:
    """The month of the score that it is about, as 2026-09."""
    return str(message.params.get("day", ""))[:7] if message.score else ""


def _fallen(codes: dict[str, Any]) -> str:
    told = {**codes, "then": f"{codes['then']:.1f}", "now": f"{codes['now']:.1f}"}
    return _("考核得分 %(days)s 天里从 %(then)s 降到 %(now)s（%(day)s），请看差在哪里") % told


def _waits(codes: dict[str, Any]) -> str:
    works = scores.body(scores.scheme_on(dt.date.fromisoformat(codes["day"]))).works
    work = works[codes["work"]].name if codes["work"] in works else codes["work"]
    return _("%(work)s一笔加减分待您确认（%(day)s）") % {"work": work, "day": codes["day"]}


def _moment(iso: str) -> str:
    """9月20日24:00 for the end of a day: it belongs to the day that ends, not to the next."""
    at, time = clock.local(dt.datetime.fromisoformat(iso)), ""
    if (at.hour, at.minute) == (0, 0):
        at, time = at - dt.timedelta(minutes=1), "24:00"
    said = {"month": at.month, "day": at.day, "time": time or f"{at:%H:%M}"}
    return _("%(month)d月%(day)d日%(time)s") % said


def _told(codes: dict[str, Any]) -> str:
    if "door" in codes:
        return Door.objects.get(code=codes["door"]).tell
    result = codes.get("result", "")
    return str(_RESULTS[result]) if result in _RESULTS else ""


def _about_theirs(by: Actor) -> Q:
    """About an order, a report, a score or a thing of supervision that this person may see. Asked message
    by message: there are few in a list, and the orders that somebody may see can be millions."""
    order = visible_to(by).order_by().filter(pk=OuterRef("order"))
    report = readable(by).order_by().filter(pk=OuterRef("report"))
    return Q(Exists(order)) | Q(Exists(report)) | _score_of_theirs(by) | things.theirs(by)


def _score_of_theirs(by: Actor) -> Q:
    """A unit's score is for its head and hub, and for those of the centre who read scores; not for
    all who read what comes to the unit."""
    if scores.sees_all(by):
        return ~Q(score="")
    return Q(score__in=scores.own_subjects(by))


def inbox(by: Actor, *, unread: bool = False) -> QuerySet[Message]:
    """Messages to this person or to his units, newest first."""
    units = set(by.units) | ({centre().pk} if by.roles & FOR_CENTRE else set())
    to = [by.id, *(f"unit:{pk}" for pk in units), *(f"role:{role}" for role in by.roles)]
    rows = Message.objects.filter(_about_theirs(by), channel="in_app", to__in=to)
    rows = rows.select_related("order", "report").order_by("-pk")
    return rows.filter(read_at=None) if unread else rows


def same(message: Message) -> tuple[Any, ...]:
    """What two messages share that tell one reader one thing: both transmissions of an order come to
    who holds a post in its unit and is on duty."""
    told = sorted((k, v) for k, v in message.params.items() if k != "leg")
    about: tuple[Any, ...] = (message.order_id, message.report_id, message.score)
    about = (*about, message.thing, message.thing_id, message.kind, message.event)
    return (*about, message.created_at, *told)


def folded(rows: Iterable[Message]) -> list[list[Message]]:
    """Messages that say the same, together; in the order of the first of each."""
    found: dict[tuple[Any, ...], list[Message]] = {}
    for row in rows:
        found.setdefault(same(row), []).append(row)
    return list(found.values())


def proof(order: Order) -> list[Proof]:
    """The three notices in their order, each with what became of it."""
    rows = (
        Message.objects.filter(order=order, to="complainant")
        .prefetch_related("attempts")
        .order_by("pk")
    )
    newest = {row.event: row for row in rows}
    return [_proof(event, newest.get(event)) for event in NOTICES]


def _proof(event: str, row: Message | None) -> Proof:
    if row is None:
        return Proof(event, "", None, 0, "")
    last = next(reversed(row.attempts.all()), None)
    return Proof(
        event, row.state, row.sent_at, row.tries, last.error if last else "", row.delivered_at
    )


def line(order: Order) -> str:
    """The three notices in one line: each with the moment it was sent, or how it stands."""
    said = ((NOTICES[p.event], p) for p in proof(order))
    return " · ".join(
        f"{name} {clock.local(p.sent_at):%m-%d %H:%M}"
        if p.state == "sent" and p.sent_at
        else f"{name} {_STATES.get(p.state, p.state)}"
        for name, p in said
    )


def dead_letters() -> QuerySet[Message]:
    """What will not be tried again unless someone says so."""
    return Message.objects.filter(state="dead").select_related("order").order_by("-pk")


def unread(by: Actor, most: int = 100) -> int:
    """How many things wait in this person's list, counted up to `most`."""
    return tally.answers([_unread(by.itself, centre().pk, clock.today(), most)])[0]


@lru_cache(maxsize=4096)
def _unread(by: Actor, _centre: int, _day: dt.date, most: int) -> tally.Question:
    """It hangs on the person's posts, the centre and the day (of a term of office) alone, and is asked by
    every page. Those that are `same` count once."""
    leg = Cast(Value("leg"), TextField())
    told = Func(
        F("params"), leg, template="%(expressions)s", arg_joiner=" - ", output_field=JSONField()
    )
    rows = inbox(by, unread=True).select_related(None).annotate(told=told)
    about = ("order_id", "report_id", "score", "thing", "thing_id", "kind", "event")
    return tally.question(rows, most, *about, "created_at", "told")


def log(by: Actor, state: str = "") -> QuerySet[Message]:
    """All messages with their tries, newest first; of orders only those that this person may see.

    Whoever keeps the machine running sees every message, and of its order nothing: its page shows
    neither number nor text.
    """
    rows = Message.objects.select_related("order").prefetch_related("attempts").order_by("-pk")
    if "sysadmin" not in by.roles:
        rows = rows.filter(_about_theirs(by))
    return rows.filter(state=state) if state else rows


def counts(by: Actor) -> dict[str, int]:
    """What is still on its way and what is dead: these are few, unlike what was sent."""
    rows = log(by).filter(state__in=["waiting", "sending", "dead"]).order_by()
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def event_word(message: Message) -> str:
    """What a message is of, in words and without its order."""
    known = {**_OTHER, **NOTICES}
    return str(known.get(message.event) or _said(message))


def receiver(message: Message) -> str:
    """The receiver's name, for a page."""
    if message.to.startswith("unit:"):
        return unit(int(message.to[5:])).name
    if message.to.startswith("role:"):
        return str(ROLES[message.to[5:]])
    return _("诉求人") if message.to == "complainant" else message.to
