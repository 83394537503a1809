"""What time and the journal do to supervision. Each may run at any moment, any number of times."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from suqiu.accounts.models import Posting
from suqiu.audit import journal
from suqiu.audit.models import Entry
from suqiu.audit.queries import follow_each
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.calendars.queries import calendar
from suqiu.calendars.rules import Limit
from suqiu.orders import due as clocks_due
from suqiu.orders import models as orders
from suqiu.orders.actions.marking import mark
from suqiu.orders.models import NEVER
from suqiu.orders.queries import visible_to
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.cases import rules
from suqiu.supervision.cases.actions import clocks, filing, opening
from suqiu.supervision.cases.models import Case, Ground, Obligation

BY = system("supervision")
READER = "supervision.cases"
BATCH = 500
WATCHED = frozenset(
    {
        *("order.accept", "order.rework", "order.supervise", "order.transfer"),
        *("order.refuse_return", "order.uphold_return"),
    }
)


def follow_orders() -> int:
    """Follow the journal and open cases where the pack's rules say so, each exactly once."""
    return follow_each(READER, WATCHED, _judge)


def _judge(entry: Entry) -> int:
    order = visible_to(BY).filter(pk=int(entry.chain.removeprefix("order:"))).first()
    if order is None:
        return 0
    spec = pack_of(order.pack_id).supervision
    before = list(_before(order, spec.again_days)) if entry.kind == "order.accept" else []
    seen = rules.Seen(
        event=entry.kind,
        conduct=order.conduct,
        round=int(entry.data.get("round", 1)),
        moved=order.returns + order.transfers,
        by_leader=_was_leader(entry),
        again=bool(before),
    )
    done = 0
    for reason in rules.reasons(seen, spec):
        key = f"{reason}:{order.pk}" if reason != "leader" else f"leader:{entry.pk}"
        earlier = before if reason == "again" else []
        done += opening.ground(order, reason, key=key, by=BY, before=earlier)[1]
    return done


def _before(order: orders.Order, days: int) -> list[orders.Order]:
    """Closed orders of the same matter: the one it was reopened from, the same caller about the same
    leaf, the same leaf at the same address; closed before this one came, within so many days."""
    since = order.drafted_at - dt.timedelta(days=days)
    phone = order.appellant.phone_hash if order.appellant else ""
    alike = Q(pk=order.parent_id) if order.repeat and order.parent_id else Q(pk__in=[])
    if phone:
        alike |= Q(category=order.category_id, appellant__phone_hash=phone)
    if order.street_id and order.address:
        alike |= Q(category=order.category_id, street=order.street_id)
    rows = visible_to(BY).filter(alike, state__in=["closed", "archived"]).exclude(pk=order.pk)
    rows = rows.filter(ended_at__gte=since, ended_at__lte=order.drafted_at)
    place = rules.place_key(order.address)
    return [
        row
        for row in rows.select_related("appellant").order_by("pk")[:BATCH]
        if row.pk == order.parent_id
        or (phone and row.appellant and row.appellant.phone_hash == phone)
        or (place and rules.place_key(row.address) == place)
    ]


def _was_leader(entry: Entry) -> bool:
    if entry.kind != "order.supervise" or not entry.actor.startswith("person:"):
        return False
    day = clock.local(entry.at).date()
    posts = Posting.objects.filter(
        person=int(entry.actor.removeprefix("person:")), role="leader", since__lte=day
    )
    return posts.filter(Q(until=None) | Q(until__gte=day)).exists()


def find_overdue() -> int:
    """A unit's clock on an order that is so long past its moment as the pack says is a ground."""
    now, cal, done = clock.now(), calendar(), 0
    rows = clocks_due.running(orders.Obligation.objects.filter(seat__role="lead", due__lt=now))
    keys = {f"overdue:{pk}" for pk in rows.values_list("pk", flat=True)}
    known = set(Ground.objects.filter(key__in=keys).values_list("key", flat=True))
    for row in rows.select_related("order").order_by("due", "pk")[: BATCH + len(known)]:
        spec = pack_of(row.order.pack_id).supervision.overdue
        if f"overdue:{row.pk}" in known or cal.due(row.due, Limit(spec.n, spec.unit)).moment > now:
            continue
        done += opening.ground(row.order, "overdue", key=f"overdue:{row.pk}", by=BY)[1]
    return done


def remind() -> int:
    """Clocks of cases: a reminder before, a red mark after, each once; overdue, one level up. First
    those end whose case has an order that went to discipline inspection."""
    ended = _hand_over()
    rows = Obligation.objects.select_related("case")
    return ended + mark(rows, hold=lambda row: _held(row.case_id), tell=_tell)


def _hand_over() -> int:
    found = Obligation.objects.filter(outcome="open", case__orders__exit="discipline")
    cases = list(found.order_by("case").values_list("case", flat=True).distinct())
    for pk in cases:
        with transaction.atomic():
            case = _held(pk)
            rows = list(Obligation.objects.filter(case=case, outcome="open"))
            clocks.hand_over(case, rows)
            case.next_due = NEVER
            case.save(update_fields=["next_due"])
            journal.append_many([_ended(row) for row in rows], by=BY)
    return len(cases)


def _ended(row: Obligation) -> journal.Fact:
    data = {"code": row.code, "round": row.round, "why": "discipline"}
    return journal.Fact(row.case.chain, "clock.ended", data, row.unit_id)


def _held(case: int) -> Case:
    return Case.objects.select_for_update().get(pk=case)


def _tell(row: Obligation, red: bool) -> None:
    if red:
        _raise(row)
    data = {"code": row.code, "due": row.due.isoformat()}
    kind = "clock.red" if red else "clock.soon"
    journal.append(row.case.chain, kind, by=BY, data=data, unit=row.unit_id)


def _raise(row: Obligation) -> None:
    """Locks the case; at the highest level it stays there."""
    try:
        filing.raise_level(row.case, reason=f"{row.name}逾期", by=BY)
    except Refused:
        row.case.refresh_from_db()
