"""What one order counts there and here, and why the two differ. Pure.

The way from our rate to theirs is walked one reason after the other, in the order of `WHY`: all orders
with that reason are counted as the upstream counts them, and the rate moves by so much. What a reason
moves depends on those walked before it; the sum does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suqiu.assessment.shadow.upstream import Measure, Upstream
from suqiu.figures.reasons import AS_MET
from suqiu.figures.rules import DEFINITIONS, WHOLE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Why an order counts otherwise there, in the order in which the way is walked.
WHY: dict[str, StrPromise] = {
    "left_out": _("上级没有这一件（作废等），这里照算"),
    "unasked": _("没有回访到诉求人：上级算“未评价”，不进分母；这里按有没有按时联系算"),
    "unscored": _("处置结果不在上级的口径里，上级不进分母；这里算没有解决"),
    "unanswered": _("没有评价，上级不进分母；这里照算"),
    "excluded": _("这里按规定剔除，上级照算"),
    "exempted": _("考核申诉同意不计，上级照算"),
    AS_MET: _("考核申诉同意，这里按达标计；上级照算"),
    "uncounted": _("这里没有这一项的义务，上级照算"),
    "late": _("联系过但超过时限：上级只问联系没有，算“是”；这里算不及时"),
    "tried": _("按规定次数打过、没有联系上：上级算“否”；这里算尽到了义务"),
    "denied": _("单位说解决了，回访说没有：上级只看单位填的结果，算解决；这里不算"),
    "unverified": _("单位说解决了，还没有核实：上级算解决；这里要核实才算"),
    "weighed": _("同一个评价，两边计的分量不同"),
    # Of volumes.
    "not_accepted": _("本月登记、没有受理（直接答复、不予受理等）：上级算受理量，这里不算"),
    "accepted_elsewhen": _("本月登记、受理在别的月份"),
    "registered_before": _("本月受理、登记在以前的月份：上级算在那个月"),
}
# What a number of the page counts that is no difference: there, here, and all that the month ended.
COUNTED: dict[str, StrPromise] = {
    "there": _("上级计入分母的"),
    "here": _("我方计入分母的"),
    "ended": _("这一期办结的"),
}
OF_ANSWERS = {"contact": "unasked", "result": "unscored", "satisfaction": "unanswered"}


@dataclass(frozen=True)
class Told:
    """One order, or `n` that are alike and not named (`id` 0): `answers` by what is asked, `counts` as
    figures keep them ({"rate" or "rate:reason": millionths}), `proven`: what verifying said of "solved",
    `exempted`: rates it is taken out of."""

    id: int
    region: str
    state: str
    answers: Mapping[str, str]
    counts: Mapping[str, int]
    proven: bool | None = None
    exempted: frozenset[str] = frozenset()
    n: int = 1


@dataclass(frozen=True)
class Step:
    """One reason on the way from ours to theirs: how many orders, and the rate after it; `ids` of
    those that are named."""

    why: str
    ids: tuple[int, ...]
    change: float
    after: float
    n: int


@dataclass(frozen=True)
class Line:
    """One measure: theirs and ours over the same subject, ratios 0–1 (None: nothing counts), and the
    points that theirs brings. For a volume `top` and `n` are the subject's and all orders."""

    measure: Measure
    top: float
    n: int
    value: float | None
    points: float
    ours_top: float = 0.0
    ours_n: int = 0
    ours: float | None = None
    steps: tuple[Step, ...] = ()

    @property
    def moved(self) -> int:
        return sum(step.n for step in self.steps)


@dataclass(frozen=True)
class Volume:
    """Orders of the month by its registrations (theirs) and by its acceptances (ours). `parts`: how
    many count on one side only, by why."""

    theirs: int = 0
    ours: int = 0
    all_theirs: int = 0
    all_ours: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)


def there(measure: Measure, told: Told, leaves_out: Sequence[str]) -> float | None:
    """What it weighs for the upstream; None: it does not count."""
    if told.state in leaves_out:
        return None
    return measure.weights.get(told.answers.get(measure.asks, ""))


def here(measure: Measure, told: Told) -> tuple[str, float | None]:
    """What it weighs for us; None with the reason why it does not count. One that an appeal
    exempts and that counts as met has its reason too."""
    if f"{measure.ours}:{AS_MET}" in told.counts:
        return AS_MET, DEFINITIONS[measure.ours].met / WHOLE
    if measure.ours in told.exempted:
        return "exempted", None
    if measure.ours in told.counts:
        return "", told.counts[measure.ours] / WHOLE
    left = any(code.startswith(f"{measure.ours}:") for code in told.counts)
    return ("excluded" if left else "uncounted"), None


def why(measure: Measure, told: Told, leaves_out: Sequence[str]) -> str:
    """The reason for which it counts otherwise there; "" where it counts alike."""
    theirs = there(measure, told, leaves_out)
    reason, ours = here(measure, told)
    if theirs == ours:
        return ""
    if theirs is None:
        return "left_out" if told.state in leaves_out else OF_ANSWERS[measure.asks]
    if reason or ours is None:
        return reason
    if measure.asks == "contact" and theirs in {0, 1} and ours in {0, 1}:
        return "late" if theirs else "tried"
    if measure.asks == "result" and theirs > ours:
        return "denied" if told.proven is False else "unverified"
    return "weighed"


def counts(measure: Measure, told: Told, leaves_out: Sequence[str], part: str) -> bool:
    """Whether it is below the line of this measure "there" or "here"."""
    if part == "there":
        return there(measure, told, leaves_out) is not None
    return here(measure, told)[1] is not None


def walked(measure: Measure, orders: Sequence[Told], leaves_out: Sequence[str]) -> Line:
    """Ours, theirs, and the way between them."""
    apart: dict[str, list[Told]] = defaultdict(list)
    for told in orders:
        if reason := why(measure, told, leaves_out):
            apart[reason].append(told)
    mine = [(ours, t.n) for t in orders if (ours := here(measure, t)[1]) is not None]
    top, n = round(sum(ours * k for ours, k in mine), 6), sum(k for _ours, k in mine)
    ours_top, ours_n, steps = top, n, []
    for reason in (code for code in WHY if code in apart):
        before = _ratio(top, n) or 0.0
        for told in apart[reason]:
            _reason, ours = here(measure, told)
            theirs = there(measure, told, leaves_out)
            top += ((theirs or 0.0) - (ours or 0.0)) * told.n
            n += ((theirs is not None) - (ours is not None)) * told.n
        top = round(top, 6)  # weights are millionths: no trace of binary fractions may stay
        after = _ratio(top, n) or 0.0
        ids = tuple(sorted(told.id for told in apart[reason] if told.id))
        steps.append(Step(reason, ids, after - before, after, sum(t.n for t in apart[reason])))
    value = _ratio(top, n)
    return Line(
        measure, top, n, value, points(measure, value),
        ours_top, ours_n, _ratio(ours_top, ours_n), tuple(steps),
    )  # fmt: skip


def _ratio(top: float, n: int) -> float | None:
    return top / n if n else None


def points(measure: Measure, value: float | None) -> float:
    """Nothing counted brings nothing (推定)."""
    if value is None:
        return 0.0
    return measure.points if measure.flat else measure.points * value


def of_volume(measure: Measure, volume: Volume) -> Line:
    value = _ratio(volume.theirs, volume.all_theirs)
    ours = _ratio(volume.ours, volume.all_ours)
    steps = [
        Step(reason, (), 0.0, 0.0, volume.parts[reason])
        for reason in WHY
        if volume.parts.get(reason)
    ]
    return Line(
        measure, volume.theirs, volume.all_theirs, value, points(measure, value),
        volume.ours, volume.all_ours, ours, tuple(steps),
    )  # fmt: skip


def lines(body: Upstream, orders: Sequence[Told], volume: Volume) -> list[Line]:
    """Every measure of one subject."""
    return [
        of_volume(one, volume) if one.asks == "volume" else walked(one, orders, body.leaves_out)
        for one in body.measures
    ]


def score(made: Iterable[Line]) -> float:
    return round(sum(line.points for line in made), 4)


@dataclass(frozen=True)
class Span:
    """One stretch of the way from our score to theirs. `measure` empty: the formula, which no order
    explains."""

    measure: str
    why: str
    n: int
    change: float
    after: float


def bridge(ours: float, made: Sequence[Line]) -> list[Span]:
    """From our score to theirs: first the other formula on our own rates, then every reason of every
    measure by the points that it moves. Ends at `score(made)`."""
    at = sum(
        line.points if line.measure.asks == "volume" else points(line.measure, line.ours)
        for line in made
    )
    spans = [Span("", "formula", 0, at - ours, at)]
    for line in made:
        if line.measure.asks == "volume":
            continue
        was = points(line.measure, line.ours)
        last = len(line.steps) - 1
        for i, step in enumerate(line.steps):
            now = line.points if i == last else points(line.measure, step.after)
            spans.append(Span(line.measure.id, step.why, step.n, now - was, at + now - was))
            at, was = at + now - was, now
    return spans
