"""The month's assessment: a scheme published by two, other work with its evidence, the month's sheet
frozen by three hands, and an appeal ruled after the freeze: its effect stands beside the frozen score.
Then each day's score, in which somebody fell."""

import datetime as dt
import io
import random

from PIL import Image, ImageDraw

from suqiu.assessment import jobs, queries
from suqiu.assessment import scheme as shipped
from suqiu.assessment.actions import appeals, entries, schemes, sheets
from suqiu.assessment.models import Entry, Sheet
from suqiu.assessment.shadow.jobs import foresee_today
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.demo.people import holders, in_unit
from suqiu.figures import queries as figures
from suqiu.figures.cohorts import Cohort
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.orders.actions.attach import limits_of
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit
from suqiu.policy.queries import in_force
from suqiu.supervision.cases.queries import has_handled

# The demo city is small and a month old: at the trade's 30 orders a month nobody in it would be scored,
# and over thirty days nobody could fall.
SMALLER = (
    ("least: 30", "least: 8"),
    ("window: 30", "window: 14"),
    ("drop: 5", "drop: 3"),
    ("drop_days: 30", "drop_days: 7"),
)
WORKS = (
    ("audit", 1.0, "抽查十件，要素齐全，答复写明了依据。"),
    ("meeting", 0.5, "例会上介绍了错时执法的做法，会议记录第三项。"),
    ("training", -0.5, "九月培训应到两人，实到一人，见签到表。"),
)


def assess(month: dt.date) -> Sheet | None:
    """Of the month that begins on this day; None where it is not over or nobody is there to do it."""
    makers, checkers = holders("assessor"), holders("inspector")
    after = (month + dt.timedelta(days=31)).replace(day=1)
    if after > clock.today() or not makers or not checkers:
        return None
    by, other, leader = makers[0], checkers[0], holders("leader")[0]
    text = shipped.shipped()
    for old, new in SMALLER:
        text = text.replace(old, new)
    row = schemes.propose(text=text, since=month, basis="演示用的办法(推定)", by=by)
    schemes.publish(row.pk, by=leader)
    _enter(month, by, other)
    sheet = sheets.draw((month, after), by=by)
    sheets.review(sheet.pk, by=other)
    sheets.freeze(sheet.pk, by=leader)
    _found_later(month, by)
    _appeal((month, after))
    _days(month)
    return sheet


def _days(month: dt.date) -> None:
    """Every day's score, in turn, as the worker would have made them: whoever fell is told; and where
    this month will end by the upstream's definitions."""
    day = month
    while day < clock.today():
        jobs.score(day)
        day += dt.timedelta(days=1)
    foresee_today()


def _enter(month: dt.date, by: Actor, other: Actor) -> None:
    """Two are confirmed, the last still waits."""
    regions = Region.objects.filter(unit__kind="hub").distinct().order_by("code")
    for n, (region, (work, points, words)) in enumerate(zip(regions, WORKS, strict=False)):
        row = entries.enter(
            subject=f"region:{region.code}", day=month + dt.timedelta(days=19 + n), work=work,
            points=points, words=words, evidence=[paper(n, by)], by=by,
        )  # fmt: skip
        if n < len(WORKS) - 1:
            entries.confirm(row.pk, by=other)


def _found_later(month: dt.date, by: Actor) -> None:
    """A second list of the first entry came to light when the month was frozen: it stands beside it."""
    row = Entry.objects.filter(day__gte=month, state="confirmed").order_by("pk").first()
    if row is None:
        return
    entries.add(
        row.pk,
        evidence=[paper(len(WORKS) + 1, by)],
        words="抽查的第二张记录，冻结后才找到。",
        by=by,
    )


def paper(seed: int, by: Actor) -> File:
    """A photographed list that nobody signed: ruled lines, and a stroke on most of them."""
    rng = random.Random(seed)  # noqa: S311 - a chance of its own: it shifts nobody else's
    image = Image.new("RGB", (720, 960), "#f4f1e8")
    pen = ImageDraw.Draw(image)
    for y in range(140, 900, 60):
        pen.line((60, y, 660, y), fill="#9aa0a6", width=2)
        if rng.random() < 0.8:
            pen.line(
                (90, y - 14, rng.randrange(200, 420), y - rng.randrange(10, 30)),
                fill="#2b3a67",
                width=5,
            )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    limits = limits_of(None, in_force().pk)
    return files.receive(out.getvalue(), name="记录.jpg", limits=limits, by=by)


def _appeal(span: queries.Period) -> None:
    """One is granted, one is still with the assessor; both by people who had nothing to do with the
    order: a leader who signed it does not rule on it."""
    cohort = Cohort("closed_in", midnight(span[0]), midnight(span[1]))
    unhappy = [f.id for f in figures.facts(cohort, queries.BY) if f.satisfaction == "不满意"]
    done = 0
    hard = visible_to(queries.BY).filter(pk__in=unhappy).order_by("pk")
    for order in hard:
        asked = _asked(order)
        free = _free("assessor", order), _free("leader", order)
        if asked is None or free[0] is None or free[1] is None:
            continue
        row = appeals.ask(
            unit=asked[0], number=order.number, rate="satisfaction", by=asked[1],
            words="诉求人对处置无异议，不满意的是法规没有规定赔偿，通话记录附后。",
        )  # fmt: skip
        done += 1
        if done == 2:
            return
        appeals.advise(row.pk, support=True, words="通话记录属实，不在职责内。", by=free[0])
        appeals.rule(row.pk, grant=True, words="同意，满意率不计这一件。", by=free[1])


def _free(role: str, order: Order) -> Actor | None:
    """One of the centre's in this role whose own work the order never was."""
    one = visible_to(queries.BY).filter(pk=order.pk)
    return next((by for by in holders(role) if not has_handled(one, by)), None)


def _asked(order: Order) -> tuple[Unit, Actor] | None:
    """The unit that led it, and its head, where he may see the order."""
    seat = order.seats.filter(role="lead").select_related("unit").order_by("-pk").first()
    if seat is None or seat.unit.kind not in {"squad", "department", "street"}:
        return None
    head = in_unit(seat.unit_id, "head")
    return (seat.unit, head) if visible_to(head).filter(pk=order.pk).exists() else None
