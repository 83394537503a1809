"""Which periods are in force, what is due, and what is held back."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from suqiu.base.actors import Actor
from suqiu.orders.models import KINDS
from suqiu.orders.queries import visible_to
from suqiu.orders.states import ENDS
from suqiu.retention import models, rules
from suqiu.retention.rules import PARTS, Part


def in_force(now: dt.datetime) -> rules.Schedule | None:
    """The newest version whose day has come: unlike a pack it also binds what is older."""
    row = (
        models.Schedule.objects.filter(effective_from__lte=now)
        .order_by("-effective_from", "-version")
        .first()
    )
    return rules.Schedule.model_validate(row.body) if row else None


def is_held(order_id: int) -> bool:
    return models.Hold.objects.filter(order=order_id, ended_at=None).exists()


def due(
    schedule: rules.Schedule, now: dt.datetime, limit: int, *, by: Actor
) -> dict[int, list[Part]]:
    """Ended orders not held back, each with the parts whose time is over; at most `limit` a part."""
    found: dict[int, list[Part]] = {}
    held = models.Hold.objects.filter(order=OuterRef("pk"), ended_at=None)
    for part, kind, state, span in _spans(schedule):
        gone = models.Erasure.objects.filter(order=OuterRef("pk"), part=part)
        rows = visible_to(by).filter(
            ~Exists(gone),
            ~Exists(held),
            kind=kind,
            state=state,
            ended_at__lt=rules.before(now, span),
        )
        for pk in rows.order_by("ended_at").values_list("pk", flat=True)[:limit]:
            found.setdefault(pk, []).append(part)
    return found


def _spans(schedule: rules.Schedule) -> Iterator[tuple[Part, str, str, rules.Span]]:
    for part in PARTS:
        for kind in KINDS:
            for state in sorted(ENDS):
                if span := schedule.span(part, kind=kind, state=state):
                    yield part, kind, state, span
