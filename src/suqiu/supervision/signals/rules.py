"""What raises a signal. Pure: what was recorded and the pack's thresholds in, answers out.

None of these proves anything: an honest house gives some of them too, and a person says which.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rapidfuzz import fuzz

from suqiu.policy.signals import SignalsSpec

KINDS = {
    "opposed": _("两次回访说法相反"),
    "flipped": _("打过电话就满意"),
    "silent": _("没联系就答复"),
    "late_ask": _("屡在到期前申请延期"),
    "reused": _("照片重复使用"),
    "boilerplate": _("答复千篇一律"),
    "praise": _("一个号码屡屡好评"),
}
VERDICTS = {
    "founded": pgettext_lazy("结论", "属实"),
    "unfounded": pgettext_lazy("结论", "不属实"),
    "explained": _("情有可原"),
}
LEVELS = ("满意", "基本满意", "一般", "不满意")
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Said:
    """One answer of the citizen. `ref` names the row; `solved`, `satisfaction`: as told, or nothing."""

    ref: str
    at: dt.datetime
    reached: bool = True
    solved: bool | None = None
    satisfaction: str = ""
    told: bool | None = None  # was he really given the feedback that is recorded?

    @property
    def bad(self) -> bool:
        return self.reached and (self.solved is False or self.satisfaction == LEVELS[3])

    @property
    def good(self) -> bool:
        return self.reached and self.solved is not False and self.satisfaction in LEVELS[:2]


@dataclass(frozen=True)
class Deed:
    """Something done at a moment: a call to the citizen (`reached`), a look at the spot, a photograph."""

    ref: str
    at: dt.datetime
    reached: bool = True


@dataclass(frozen=True)
class Asked:
    """An extension asked of a clock that ran from `started` to `due`."""

    ref: str
    order: int
    at: dt.datetime
    started: dt.datetime
    due: dt.datetime

    @property
    def left(self) -> float:
        """The share of the limit that was left when it was asked."""
        whole = (self.due - self.started).total_seconds()
        return (self.due - self.at).total_seconds() / whole if whole > 0 else 1.0


@dataclass(frozen=True)
class Picture:
    """A unit's photograph of an order: its content, how it looks (64 bits; None: not known), where."""

    ref: str
    order: int
    family: int
    at: dt.datetime
    sha256: str
    looks: int | None = None
    place: str = ""


@dataclass(frozen=True)
class Reply:
    """What a citizen was told. `key`: the words as they are compared, without this order's own place."""

    ref: str
    order: int
    family: int
    at: dt.datetime
    key: str


@dataclass(frozen=True)
class Praise:
    """One opinion from one telephone about one unit."""

    ref: str
    order: int
    at: dt.datetime
    good: bool


def opposed(first: Said, second: Said, spec: SignalsSpec) -> bool:
    """Solved and well at the handler's side, and soon after to the centre: not so."""
    mine = spec.opposed
    if not (first.reached and second.reached and first.solved and not first.bad):
        return False
    if second.at - first.at > dt.timedelta(days=mine.within_days):
        return False  # what came back later is no contradiction
    if second.solved is False:
        return True
    if not {first.satisfaction, second.satisfaction} <= set(LEVELS):
        return False
    gap = LEVELS.index(second.satisfaction) - LEVELS.index(first.satisfaction)
    return second.bad and gap >= mine.gap


def flipped(
    said: Sequence[Said], calls: Sequence[Deed], work: Sequence[Deed], spec: SignalsSpec
) -> list[tuple[Said, Deed, Said]]:
    """(bad, call, good): well after all, soon after the handler had called, and nothing was done
    between: nobody went there, no picture was taken, nothing was explained in writing."""
    found, mine = [], spec.flipped
    told = sorted((one for one in said if one.bad or one.good), key=lambda one: one.at)
    for before, after in zip(told, told[1:], strict=False):
        if not (before.bad and after.good):
            continue
        between = [c for c in calls if c.reached and before.at <= c.at <= after.at]
        worked = any(before.at <= one.at <= after.at for one in work)
        if between and not worked:
            last = max(between, key=lambda c: c.at)
            if after.at - last.at <= dt.timedelta(hours=mine.within_hours):
                found.append((before, last, after))
    return found


def silent(calls: Sequence[Deed], told: bool | None, spec: SignalsSpec) -> bool:
    """Answered without having spoken with the citizen, and without an honest try; or the citizen says
    that nobody told him (`told` False), whatever is recorded."""
    if told is False:
        return True
    if any(call.reached for call in calls):
        return False
    mine, moments = spec.silent, sorted(call.at for call in calls)
    if len(moments) < mine.tries:
        return True
    return moments[-1] - moments[0] < dt.timedelta(minutes=mine.spread_minutes)


def late_asks(asked: Sequence[Asked], spec: SignalsSpec) -> list[Asked]:
    """Of a unit's extensions within the window: those asked with hardly any time left, if it is a
    habit: often enough, and a large enough share of all that it asked."""
    mine = spec.late_ask
    late = [one for one in asked if one.left <= mine.last_share]
    habit = len(late) >= mine.times and len(late) >= mine.share * len(asked)
    return late if habit else []


def reused(one: Picture, others: Sequence[Picture], spec: SignalsSpec) -> list[Picture]:
    """The photographs of other matters that show the same; one visit for two callers about the same
    place is no reuse."""
    mine = spec.reused
    close = dt.timedelta(hours=mine.same_place_hours)
    return [
        other
        for other in others
        if other.order != one.order
        and other.family != one.family
        and _alike(one, other, mine.bits)
        and not (one.place and one.place == other.place and abs(one.at - other.at) <= close)
    ]


def _alike(one: Picture, other: Picture, bits: int) -> bool:
    if one.sha256 == other.sha256:
        return True
    if one.looks is None or other.looks is None:
        return False
    return (one.looks ^ other.looks).bit_count() <= bits


def key_of(words: str, *places: str) -> str:
    """Words as they are compared: without marks, and without the order's own place, which a form
    letter fills in. Numbers stay: they are what an honest reply differs by."""
    for place in sorted(filter(None, places), key=len, reverse=True):
        words = words.replace(place, "")
    return _NOISE.sub("", words)


def same_words(one: Reply, others: Sequence[Reply], spec: SignalsSpec) -> list[Reply]:
    """The unit's replies on other matters that say nearly the same, with this one; none if they are
    too few to be a habit, or too short to say anything of their own."""
    mine = spec.boilerplate
    if len(one.key) < mine.length:
        return []
    alike = [
        other
        for other in others
        if other.family != one.family and fuzz.ratio(one.key, other.key) >= mine.alike
    ]
    return [*alike, one] if len({other.family for other in alike}) + 1 >= mine.times else []


def praises(given: Sequence[Praise], spec: SignalsSpec) -> list[Praise]:
    """The good opinions of one telephone about one unit within the window, if there are many and
    hardly any other."""
    mine = spec.praise
    good = [one for one in given if one.good]
    many = len({one.order for one in good}) >= mine.times and len(good) >= mine.share * len(given)
    return good if many else []
