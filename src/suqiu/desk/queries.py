"""What the desk reads: each role's views, their counts, and pages that stay put while work goes on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suqiu.accounts.models import Posting
from suqiu.appellants.queries import with_phone
from suqiu.audit import journal
from suqiu.base import clock, paging, tally
from suqiu.base.actors import Actor
from suqiu.base.bounds import key_in
from suqiu.orders.access import UNIT_ROLES, is_inside
from suqiu.orders.models import (
    Assist,
    Disposal,
    Feedback,
    Obligation,
    Order,
    Request,
    Seat,
    Verification,
)
from suqiu.orders.queries import at_work, visible_to
from suqiu.orders.signing import to_sign
from suqiu.orders.states import AFTER_DISPATCH, State

PAGE = 40
MOST = 999
SHOWN = ("category", "region", "street", "source")

Pick = Callable[[Actor], QuerySet[Order]]
CENTRE = frozenset(
    {"call_taker", "dispatcher", "callback_officer", "inspector", "assessor", "leader"}
)


@dataclass(frozen=True)
class View:
    """One list that a role works from. `steady`: which orders are picked hangs on the person's posts and
    on the orders, not on the moment, so that its question is composed once for each person."""

    key: str
    label: Promise
    roles: frozenset[str]
    pick: Pick
    icon: str = "list"
    tone: str = ""
    steady: bool = True


@dataclass(frozen=True)
class Page:
    """Orders of one page, worst clock first; `after` continues behind the last."""

    orders: Sequence[Order]
    after: str = ""


def _at(*states: State) -> Pick:
    return lambda by: at_work(by).filter(state__in=states)


def _mine(by: Actor) -> QuerySet[Order]:
    return at_work(by).filter(drafted_by=by.id)


def _to_mend(by: Actor) -> QuerySet[Order]:
    return _mine(by).filter(state__in=[State.DRAFT, State.REGISTERED])


def _asked(*kinds: str) -> Pick:
    waiting = Request.objects.filter(order=OuterRef("pk"), ruled_at=None, kind__in=kinds)
    return lambda by: at_work(by).filter(Exists(waiting))


def _for_second(by: Actor) -> QuerySet[Order]:
    """What one person asked for and another post must rule on, other than he who asked."""
    kinds = ["unreasonable", "out_of_remit", *(["force"] if "leader" in by.roles else [])]
    waiting = Request.objects.filter(order=OuterRef("pk"), ruled_at=None, kind__in=kinds)
    # An order that has ended may still be judged unreasonable: that is no work in progress.
    rows = visible_to(by).annotate(waits_until=F("next_due"))
    return rows.filter(Exists(waiting.exclude(asked_by=by.id)))


def _to_assist(by: Actor) -> QuerySet[Order]:
    """Where the person's own units were asked to help and have not answered."""
    unanswered = Assist.objects.filter(
        seat__unit__in=by.units_as("handler", "head"), seat__closed=None, answered_at=None
    )
    return at_work(by).filter(pk__in=unanswered.values("order"))


def _overdue(by: Actor) -> QuerySet[Order]:
    return at_work(by).filter(Q(("waits_until__lt", clock.now())))


def _at_unit(*states: State) -> Pick:
    return lambda by: at_work(by, leading=True).filter(state__in=states)


def _passed() -> Exists:
    return Exists(
        Disposal.objects.filter(
            order=OuterRef("pk"), round=OuterRef("round"), sent_back_at=None
        ).exclude(passed_at=None)
    )


def _to_pass(by: Actor) -> QuerySet[Order]:
    return _at_unit(State.DISPOSED)(by).filter(~_passed())


def _to_reply(by: Actor) -> QuerySet[Order]:
    told = Feedback.objects.filter(order=OuterRef("pk"), round=OuterRef("round"))
    return _at_unit(State.DISPOSED)(by).filter(_passed(), ~Exists(told), ~_drafted())


def _drafted() -> Exists:
    """The unit wrote the words for a secret citizen; the centre has to say them."""
    return Exists(
        Disposal.objects.filter(
            order=OuterRef("pk"), round=OuterRef("round"), sent_back_at=None
        ).exclude(reply_drafted_at=None)
    )


def _to_convey(by: Actor) -> QuerySet[Order]:
    return at_work(by).filter(_drafted(), state=State.DISPOSED, confidential=True)


def _checked(stage: str) -> Exists:
    return Exists(
        Verification.objects.filter(order=OuterRef("pk"), round=OuterRef("round"), stage=stage)
    )


def _to_call(by: Actor) -> QuerySet[Order]:
    """First callbacks not made yet. For a hub the made ones must all leave alike: the draw is secret."""
    rows = at_work(by).filter(~_checked("first"), state=State.CALLBACK)
    rows = rows.exclude(hands__actor=by.id)
    if is_inside(by):
        return rows
    seats = Seat.objects.filter(unit__in=by.units_as("hub"), role="callback", closed=None)
    return rows.filter(pk__in=seats.values("order"))


def _to_check(by: Actor) -> QuerySet[Order]:
    return at_work(by).filter(~_checked("second"), state=State.SECOND_CHECK)


def _to_close(by: Actor) -> QuerySet[Order]:
    first = Q(_checked("first"), state=State.CALLBACK)
    return at_work(by).filter(first | Q(_checked("second"), state=State.SECOND_CHECK))


def _to_sign(by: Actor) -> QuerySet[Order]:
    """Where one of the signatures waits for this person, in his own name or in that of a leader whom
    he stands in for."""
    return at_work(by).filter(pk__in=[one.order.pk for one in to_sign(by)])


def _open(by: Actor) -> QuerySet[Order]:
    return at_work(by)


def _roles(*names: str) -> frozenset[str]:
    return frozenset(names)


WORKERS = _roles("handler", "head")
CHECKERS = _roles("callback_officer", "inspector")
S = State
VIEWS = (
    View("mine", _("我登记的"), _roles("call_taker"), _mine, "headset"),
    View("mend", _("待补正"), _roles("call_taker"), _to_mend, "edit"),
    View("dispatch", _("待派单"), _roles("dispatcher"), _at(S.ACCEPTED), "send"),
    View("accept", _("待受理"), _roles("dispatcher"), _at(S.REGISTERED), "inbox"),
    View(
        "returns", _("退单申请"), _roles("dispatcher"), _asked("return"), "arrow-back-up", "amber"
    ),
    View(
        "waits",
        _("延期、挂账申请"),
        _roles("dispatcher"),
        _asked("extension", "hold"),
        "calendar-time",
        "amber",
    ),
    View(
        "helps",
        _("协办、撤回申请"),
        _roles("dispatcher"),
        _asked("co", "withdraw"),
        "users",
        "amber",
    ),
    View(
        "convey",
        _("待转告"),
        _roles("call_taker", "callback_officer", "dispatcher"),
        _to_convey,
        "phone",
    ),
    View("review", _("待中心审核"), _roles("dispatcher"), _at(S.REPLIED), "clipboard-check"),
    View("unsigned", _("派后未签收"), _roles("dispatcher"), _at(S.DISPATCHED), "bell"),
    View("sign", _("待签收"), WORKERS, _at_unit(S.DISPATCHED), "inbox"),
    View("doing", _("处理中"), WORKERS, _at_unit(S.SIGNED), "tool"),
    View("assist", _("协办待办"), WORKERS, _to_assist, "users"),
    View("pass", _("待单位审核"), WORKERS, _to_pass, "clipboard-check"),
    View("reply", _("待答复"), WORKERS, _to_reply, "message"),
    View(
        "callback", _("待回访"), _roles("hub", "callback_officer", "inspector"), _to_call, "phone"
    ),
    View("second", _("二次回访"), CHECKERS, _to_check, "shield-check"),
    View("close", _("待办结"), CHECKERS | {"dispatcher"}, _to_close, "check"),
    View(
        "rule",
        _("待第二人裁定"),
        _roles("inspector", "leader"),
        _for_second,
        "shield-check",
        "amber",
    ),
    View("signoff", _("待签批"), _roles("leader"), _to_sign, "signature", steady=False),
    View(
        "overdue",
        _("逾期"),
        CENTRE | WORKERS | {"hub", "auditor"},
        _overdue,
        "alert-triangle",
        "red",
        steady=False,
    ),
    View("open", _("全部在办"), CENTRE | WORKERS | {"hub", "auditor"}, _open, "list"),
)


def views_of(by: Actor) -> list[View]:
    return [view for view in VIEWS if view.roles & by.roles]


def clocks(by: Actor) -> QuerySet[Obligation]:
    """The open clocks that this person may see: units see their own seats' only, since a clock of
    the centre would tell whether a second check was drawn."""
    rows = Obligation.objects.filter(outcome="open")
    return rows if is_inside(by) else rows.filter(seat__unit__in=by.units)


def numbers(views: Sequence[View], by: Actor) -> list[int]:
    """How many wait in each list, all in one question; counting stops one above MOST. Only keys are
    asked for: no clock is then looked up that nobody reads."""
    picked = [_kept(view.key, by.itself) if view.steady else _composed(view, by) for view in views]
    return tally.answers(picked)


@lru_cache(maxsize=16384)
def _kept(key: str, by: Actor) -> tally.Question:
    return _composed(next(view for view in VIEWS if view.key == key), by)


def _composed(view: View, by: Actor) -> tally.Question:
    return tally.question(view.pick(by), MOST + 1)


def page(rows: QuerySet[Order], after: str = "") -> Page:
    """The worst clock first. `after` is the "due|id" of the last row seen: nothing is shown twice or
    skipped when others finish their work meanwhile."""
    return Page(*paging.page(rows.select_related(*SHOWN), "waits_until", after, PAGE))


def by_number(rows: QuerySet[Order], after: str = "") -> Page:
    """The newest first, ended ones too; `after` is the key of the last row seen."""
    rows = rows.select_related(*SHOWN)
    if key_in(after):
        rows = rows.filter(pk__lt=key_in(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return Page(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def nearest_clock(order_ids: Iterable[int], by: Actor) -> dict[int, Obligation]:
    """For each order the clock that its row shows: a running one before a paused one."""
    rows = clocks(by).filter(order_id__in=list(order_ids)).select_related("seat__unit")
    paused = Case(When(paused_since=None, then=0), default=1)
    return {row.order_id: row for row in rows.order_by("order", paused, "due").distinct("order")}


def found(text: str, by: Actor) -> QuerySet[Order]:
    """Orders by number, title, address or a whole telephone number; the search is logged, its words
    are not. Outside the centre secret orders are found by their number only: else a hit would tell."""
    words = text.strip()
    if len(words) < 2:
        return visible_to(by).none()
    open_to = Q() if is_inside(by) else Q(confidential=False)
    meant = Q(number__iexact=words) | Q(number__iendswith=words)
    meant |= open_to & (
        Q(title__icontains=words) | Q(address__icontains=words) | Q(source_no=words)
    )
    callers = with_phone(words) if sum(c.isdigit() for c in words) >= 7 else with_phone("")
    meant |= open_to & _identity_open_to(by) & Q(appellant__in=callers.values("pk"))
    journal.looked("search", "orders", by=by)
    return visible_to(by).filter(meant)


def _identity_open_to(by: Actor) -> Q:
    """Orders whose citizen this person may know: a hit by telephone tells who complained, as opening
    his identity does. A unit that holds the order no more learns neither."""
    if is_inside(by):
        return Q()
    held = Seat.objects.filter(
        unit__in=by.units_as(*UNIT_ROLES), role__in=("lead", "callback"), closed=None
    )
    return Q(pk__in=held.values("order"))


def of_phone(phone: str, by: Actor, top: int = 6) -> list[Order]:
    """What this telephone has asked for before, newest first."""
    journal.looked("search", "orders", by=by)
    rows = visible_to(by).filter(appellant__in=with_phone(phone).values("pk"))
    return list(rows.select_related("category", "street").order_by("-pk")[:top])


def registered_today(by: Actor, top: int = 6) -> list[Order]:
    start = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _mine(by).filter(drafted_at__gte=start)
    return list(rows.select_related(*SHOWN).order_by("-pk")[:top])


def busiest(role: str) -> int | None:
    """Who holds this post in the unit with most orders in hand: there a try-out finds work. His key."""
    open_seats = Seat.objects.filter(
        unit=OuterRef("unit"), closed=None, order__state__in=AFTER_DISPATCH
    )
    counted = open_seats.order_by().values("unit").annotate(n=Count("pk")).values("n")
    lasts = Q(until=None) | Q(until__gte=clock.today())
    posts = Posting.objects.filter(lasts, role=role, person__is_active=True)
    found = posts.annotate(n=Coalesce(Subquery(counted), 0)).order_by("-n", "person").first()
    return found.person_id if found else None
