"""What a meeting ought to speak of: proposed from figures, orders and decisions that are open."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.figures import boards
from suqiu.figures.cohorts import Cohort
from suqiu.orders.models import Order
from suqiu.supervision.meetings import queries
from suqiu.supervision.meetings.models import Decision, Meeting
from suqiu.supervision.meetings.rules import kind

MOST = 8  # of each sort: a longer agenda is not read


@dataclass(frozen=True)
class Point:
    """One proposed point; `key` tells its source, so that it comes up once."""

    kind: str
    key: str
    title: str
    words: str = ""
    order: Order | None = None
    decision: Decision | None = None


def proposed(meeting: Meeting, by: Actor) -> list[Point]:
    """The points that are not on the agenda yet, in the order in which this kind of meeting asks."""
    sort = kind(meeting.kind)
    known = set(meeting.items.values_list("key", flat=True))
    points = (p for ask in sort.asks for p in _ASKED[ask](meeting, sort.days, by))
    return [p for p in points if p.key not in known]


def _overdue(meeting: Meeting, days: int, by: Actor) -> Iterator[Point]:
    """Every decision that is not done comes back, the day past or not: it is carried until it is."""
    for row in queries.open_decisions(by).exclude(meeting=meeting)[: 2 * MOST]:
        said = {"unit": row.owner.name, "day": row.until.isoformat(), "number": row.meeting.number}
        words = _("%(number)s 决定，%(unit)s 承办，限 %(day)s") % said
        yield Point("overdue", f"decision:{row.pk}", row.words[:120], words, decision=row)


def _hot(meeting: Meeting, days: int, by: Actor) -> Iterator[Point]:
    now = clock.now()
    cohort = Cohort("accepted_in", now - dt.timedelta(days=days), now)
    for row in boards.hot(cohort, by)[:MOST]:
        said = {"now": row["now"], "days": days, "before": f"{row['before']:.1f}"}
        words = _("近 %(days)s 天 %(now)s 件，以往同期平均 %(before)s 件") % said
        yield Point(
            "hot",
            f"hot:{row['category_code']}:{row['street_id']}",
            f"{row['street']} · {row['category']}"[:120],
            words,
        )


def _difficult(meeting: Meeting, days: int, by: Actor) -> Iterator[Point]:
    since = clock.now() - dt.timedelta(days=days)
    for order in queries.difficult(by, since, MOST):
        place = order.street.name if order.street else ""
        leaf = order.category.name if order.category else ""
        # The citizen's words stay on the order: who is called need not be allowed to read them.
        title = " · ".join(part for part in (order.number, place, leaf) if part)
        yield Point("difficult", f"order:{order.pk}", title[:120], _why(order), order=order)


def _why(order: Order) -> str:
    """What makes it hard."""
    parts = [
        _("重办 %s 次") % (order.round - 1) if order.round > 1 else "",
        _("退单 %s 次") % order.returns if order.returns else "",
        _("挂账至 %s") % order.held_until.isoformat() if order.held_until else "",
    ]
    return _("，").join(part for part in parts if part)


def _figures(meeting: Meeting, days: int, by: Actor) -> Iterator[Point]:
    yield Point("figures", "figures", _("各区本期指标"), _("近 %s 天，见指标页") % days)


_ASKED: dict[str, Callable[[Meeting, int, Actor], Iterator[Point]]] = {
    "overdue": _overdue,
    "hot": _hot,
    "difficult": _difficult,
    "figures": _figures,
}
