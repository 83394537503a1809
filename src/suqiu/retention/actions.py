"""Letting identities and words go: after their time, or because the citizen asks for it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment.actions import forget as assessment
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused, WrongState
from suqiu.base.text import clean
from suqiu.callbacks import actions as callbacks
from suqiu.orders.actions import forget
from suqiu.orders.models import Order
from suqiu.orders.queries import locked, visible_to
from suqiu.orders.states import ENDS
from suqiu.retention import models, queries, rules
from suqiu.retention.rules import PARTS, Part
from suqiu.supervision.cases.actions import forget as cases
from suqiu.supervision.external import forget as external
from suqiu.supervision.inspections import forget as inspections
from suqiu.supervision.meetings.actions import forget as meetings
from suqiu.supervision.rechecks import actions as rechecks
from suqiu.supervision.signals import forget as signals
from suqiu.supervision.visits.actions import forget as visits

SHIPPED = Path(__file__).parent / "data"
# What else speaks of an order: its words leave with the order's.
NEIGHBOURS = (cases, inspections, external, meetings, signals, visits, assessment)
OFFICER = "secadmin"  # 安全管理员: of the three administrators the one whom secrecy is given to


def publish_shipped(*, by: Actor) -> None:
    """Publish the schedules that come with the product."""
    for file in sorted(SHIPPED.glob("*.yaml")):
        publish(file.read_text("utf-8"), by=by, name=file.name)


def publish(text: str, *, by: Actor, name: str = "schedule") -> models.Schedule:
    """Validate and store a version; another text under a version that is out is refused."""
    schedule = rules.read(text, name)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    known = models.Schedule.objects.filter(code=schedule.id, version=schedule.version).first()
    if known and known.fingerprint != fingerprint:
        raise Refused("retention.pinned", _("这一版保存期限已发布，改动须升版"))
    if known:
        return known
    with transaction.atomic():
        row = models.Schedule.objects.create(
            code=schedule.id,
            version=schedule.version,
            effective_from=schedule.effective_from,
            body=schedule.model_dump(mode="json"),
            fingerprint=fingerprint,
        )
        journal.append(
            f"retention:{schedule.id}",
            "retention.published",
            by=by,
            data={"version": schedule.version, "fingerprint": fingerprint},
        )
    return row


def erase_due(limit: int = 200, *, by: Actor) -> int:
    """Let go what has been kept for its time. Returns how many orders were touched."""
    now, done = clock.now(), 0
    schedule = queries.in_force(now)
    if schedule is None:
        return 0
    for pk, parts in queries.due(schedule, now, limit, by=by).items():
        try:
            gone = _erase(pk, parts, basis=f"{schedule.id}/{schedule.version}", by=by)
        except WrongState:
            continue  # held back or reopened since we looked
        done += bool(gone)
    return done


def erase(number: str, *, reason: str, by: Actor) -> list[Part]:
    """All that the order says of and by a citizen who asks to be forgotten (个人信息保护法第四十七条).

    Raises NotAllowed to all but the security administrator, Missing, Invalid without a reason, and
    WrongState where the order is open, held back, or shares its identity with one that is needed.
    """
    pk = _found(number, reason, by)
    gone = _erase(pk, PARTS, basis="request", by=by, reason=clean(reason))
    if not models.Erasure.objects.filter(order=pk, part="identity").exists():
        raise WrongState("erase.shared", _("同一诉求人还有别的工单要用到身份，先办那一件"))
    return gone


def hold(number: str, *, reason: str, by: Actor) -> None:
    """Keep everything of this order until the hold is ended."""
    pk = _found(number, reason, by)
    with transaction.atomic():
        order = locked(pk)
        if not queries.is_held(pk):
            models.Hold.objects.create(order=order, since=clock.now(), by=by.id)
            journal.append(order.chain, "retention.held", by=by, words={"reason": clean(reason)})


def end_hold(number: str, *, reason: str, by: Actor) -> None:
    """The hold is over; the periods bind again."""
    pk = _found(number, reason, by)
    with transaction.atomic():
        order = locked(pk)
        if models.Hold.objects.filter(order=order, ended_at=None).update(
            ended_at=clock.now(), ended_by=by.id
        ):
            journal.append(
                order.chain, "retention.released", by=by, words={"reason": clean(reason)}
            )


def _found(number: str, reason: str, by: Actor) -> int:
    if OFFICER not in by.roles:
        raise NotAllowed("erase.post", _("只有安全管理员可以删除或保全"))
    if not clean(reason):
        raise Invalid("erase.reason", _("写明理由"))
    # He decides that it leaves, and need not read it: so not through the door for readers.
    pk = visible_to(system("retention")).filter(number=number).values_list("pk", flat=True).first()
    if pk is None:
        raise Missing("missing", _("没有这张单子，或不归您看"))
    return pk


def _erase(
    pk: int, parts: Sequence[Part], *, basis: str, by: Actor, reason: str = ""
) -> list[Part]:
    """One order, one transaction, under its lock; the answer is which parts have left now."""
    with transaction.atomic():
        order = locked(pk)
        if order.state not in ENDS or order.ended_at is None:
            raise WrongState("erase.open", _("还没有终结的工单不删"))
        if queries.is_held(pk):
            raise WrongState("erase.held", _("这张单子有保全，先解除保全"))
        if any(neighbour.is_open(order) for neighbour in NEIGHBOURS):
            raise WrongState(
                "erase.in_hand",
                _("督办、检查、会议、走访、信号核查或考核申诉还在办这张单子，办完再删"),
            )
        before = set(models.Erasure.objects.filter(order=pk).values_list("part", flat=True))
        gone = [p for p in parts if p not in before and _leave(order, p, basis=basis, by=by)]
        if not gone:
            return []
        at = clock.now()
        models.Erasure.objects.bulk_create(
            models.Erasure(order=order, part=part, basis=basis, by=by.id, at=at) for part in gone
        )
        journal.append(
            order.chain,
            "retention.erased",
            by=by,
            data={"parts": list(gone), "basis": basis},
            words={"reason": reason} if reason else None,
        )
    return gone


def _leave(order: Order, part: Part, *, basis: str, by: Actor) -> bool:
    if part == "identity":
        return forget.identity(order, by=by)
    if part == "attachments":
        forget.attachments(order, by=by)
        return True
    callbacks.forget_words(order, by=by)
    rechecks.forget_words(order, basis=basis, by=by)
    for neighbour in NEIGHBOURS:
        neighbour.words(order, basis=basis, by=by)
    forget.words(order, basis=basis, by=by)
    return True
