"""Both scores of a month over the same orders. Read by those of the centre who see every order: no
figure then tells them of one that they may not open."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from suqiu.assessment import queries, rules
from suqiu.assessment.models import Foreseen, Upstream
from suqiu.assessment.queries import Period
from suqiu.assessment.scheme import Scheme as Body
from suqiu.assessment.shadow import reading
from suqiu.assessment.shadow import rules as shadow
from suqiu.assessment.shadow import upstream as upstreams
from suqiu.assessment.shadow.forecast import Guess
from suqiu.assessment.shadow.rules import Line, Span, Told, Volume
from suqiu.assessment.shadow.upstream import Measure
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed
from suqiu.figures.access import sees_all
from suqiu.organisations.models import Region

ROLES = frozenset({"assessor", "leader", "inspector", "auditor"})
WHOLE = ""


@dataclass(frozen=True)
class Shadow:
    """One subject's month so far: `region` "" is the whole house. `ours`: None where too few orders
    are scored, or no scheme was in force; `guess`: as of the beginning of `guessed_on`, "" the score."""

    region: str
    lines: tuple[Line, ...]
    theirs: float
    ours: float | None
    n: int
    spans: tuple[Span, ...] = ()
    guess: Mapping[str, Guess] | None = None
    guessed_on: dt.date | None = None


def require(by: Actor) -> None:
    """Raises NotAllowed for who may not see every order."""
    if by.is_system:
        return
    if not by.roles & ROLES or not sees_all(by):
        raise NotAllowed("post", _("影子成绩由中心看；在被诉单位任职的看不到全部工单，不能看"))


def month(text: str) -> Period:
    """The month "2026-09". Raises Invalid for anything else, and for one that is to come."""
    span = queries.period(text)
    if len(text) != 7 or span[0] > clock.today():
        raise Invalid("assessment.period", _("写成 2026-09（月），不能在以后"), field="of")
    return span


def choices() -> dict[str, upstreams.Upstream]:
    """What the scores may be held against: those published, and those that come with the house."""
    found = {one.key: one for one in map(body, Upstream.objects.filter(state="published"))}
    for one in upstreams.shipped():
        found.setdefault(one.key, one)
    return found


def body(row: Upstream) -> upstreams.Upstream:
    return upstreams.Upstream.model_validate(row.body)


def in_force(day: dt.date) -> upstreams.Upstream:
    """The latest published one that is in force on this day; where there is none, a shipped one."""
    row = Upstream.objects.filter(state="published", since__lte=day)
    found = row.order_by("-since", "-pk").first()
    if found is not None:
        return body(found)
    return max(upstreams.shipped(), key=lambda one: (one.since, one.key))


def chosen(key: str, day: dt.date) -> upstreams.Upstream:
    """By its key, or that in force. Raises Missing for a key that is not there."""
    if not key:
        return in_force(day)
    found = choices().get(key)
    if found is None:
        raise Missing("shadow.unknown", _("没有这个上级口径"))
    return found


def scores(one: upstreams.Upstream, span: Period, by: Actor) -> dict[str, Shadow]:
    """{region: both scores}, the whole house first."""
    require(by)
    told = _split(reading.alike(one, span))
    volumes = reading.volumes(span)
    ours, scheme = _ours(span)
    guesses = kept(one, span)
    found = {}
    for region in [WHOLE, *sorted({*told, *volumes} - {WHOLE})]:
        made = tuple(shadow.lines(one, told.get(region, []), volumes.get(region, Volume())))
        mine = ours.get(region)
        row = guesses.get(region)
        found[region] = Shadow(
            region=region,
            lines=made,
            theirs=shadow.score(made),
            ours=mine.value if mine else None,
            n=sum(t.n for t in told.get(region, [])),
            spans=tuple(shadow.bridge(mine.value, made)) if mine and mine.value is not None else (),
            guess=guessed(row) if row else None,
            guessed_on=row.day if row else None,
        )
    return found


def _split(orders: Iterable[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for told in orders:
        found[WHOLE].append(told)
        if told.region:
            found[told.region].append(told)
    return found


def _ours(span: Period) -> tuple[dict[str, rules.Score], Body | None]:
    """By our own scheme, where one is in force: {region: score}, the whole scored as a district is."""
    try:
        scheme = queries.body(queries.scheme_on(span[1] - dt.timedelta(days=1)))
    except Missing:
        return {}, None
    made = {one.subject.partition(":")[2]: one for one in queries.scores(scheme, span, "region")}
    return {**made, WHOLE: queries.whole(scheme, span)}, scheme


def behind(
    one: upstreams.Upstream, span: Period, region: str, measure: str, why: str, by: Actor
) -> list[int]:
    """The orders of one reason, or of what a number counts (`shadow.COUNTED`). Raises Missing where
    there is no such measure or reason."""
    require(by)
    line = next((m for m in one.measures if m.id == measure), None)
    known = why in shadow.WHY or why in shadow.COUNTED
    if line is None or not known or (region and not _is_region(region)):
        raise Missing("shadow.unknown", _("没有这一项"))
    if why in shadow.COUNTED:
        return _counted(one, line, span, region, why)
    if line.asks == "volume":
        return reading.behind_volume(span, region, why)
    told = reading.named(line, span, region)
    return sorted(t.id for t in told if shadow.why(line, t, one.leaves_out) == why)


def _counted(
    one: upstreams.Upstream, line: Measure, span: Period, region: str, part: str
) -> list[int]:
    if line.asks == "volume" and part != "ended":
        return reading.counted(span, region, part)
    told = [t for t in reading.ended(span) if region in {"", t.region}]
    if part == "ended":
        return [t.id for t in told]
    return [t.id for t in told if shadow.counts(line, t, one.leaves_out, part)]


def _is_region(code: str) -> bool:
    return Region.objects.filter(pk=code).exists()


def kept(one: upstreams.Upstream, span: Period) -> dict[str, Foreseen]:
    """{region: its newest guess of this month}; a month that is over needs none."""
    if span[1] <= clock.today():
        return {}
    rows = of_month(one, span)
    last = rows.order_by("-day").values_list("day", flat=True).first()
    return {row.region: row for row in rows.filter(day=last)} if last else {}


def of_month(one: upstreams.Upstream, span: Period) -> QuerySet[Foreseen]:
    return Foreseen.objects.filter(upstream=one.key, day__gte=span[0], day__lt=span[1])


def so_far(one: upstreams.Upstream, span: Period, region: str) -> list[tuple[dt.date, Guess]]:
    """What was guessed of the score on each day of the month, oldest first."""
    rows = of_month(one, span).filter(region=region).order_by("day")
    return [(row.day, guessed(row)[""]) for row in rows]


def guessed(row: Foreseen) -> dict[str, Guess]:
    return {code: Guess(**told) for code, told in row.body.items()}


def as_json(one: upstreams.Upstream, found: Mapping[str, Shadow]) -> dict[str, Any]:
    """As the command line writes it: ratios 0–1 and points."""
    return {
        "upstream": {
            "key": one.key,
            "name": one.name,
            "basis": one.basis,
            "confidence": one.confidence,
        },  # fmt: skip
        "subjects": {region or "all": _subject(row) for region, row in found.items()},
    }


def _subject(row: Shadow) -> dict[str, Any]:
    return {
        "theirs": row.theirs,
        "ours": row.ours,
        "n": row.n,
        "forecast": {code: vars(one) for code, one in row.guess.items()} if row.guess else None,
        "as_of": row.guessed_on.isoformat() if row.guessed_on else None,
        "measures": [_measure(line) for line in row.lines],
        "bridge": [
            {"measure": s.measure, "why": s.why, "n": s.n, "change": round(s.change, 4)}
            for s in row.spans
        ],
    }


def _measure(line: Line) -> dict[str, Any]:
    return {
        "id": line.measure.id, "value": line.value, "n": line.n, "points": line.points,
        "ours": line.ours, "ours_n": line.ours_n,
        "steps": [{"why": s.why, "n": s.n, "change": s.change} for s in line.steps],
    }  # fmt: skip
