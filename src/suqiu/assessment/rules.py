"""What a score is. Pure: counts in, points out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from suqiu.assessment.scheme import Measure, Scheme


@dataclass(frozen=True)
class Counted:
    """A rate of one subject: all that figures count, and what of it is exempted: left out (`out_n`), or
    counted as met (`met`), which takes nothing out of the line below."""

    top: float = 0.0
    n: int = 0
    out_top: float = 0.0
    out_n: int = 0
    met: int = 0

    @property
    def kept_top(self) -> float:
        return self.top - self.out_top

    @property
    def raw(self) -> float | None:
        return self.top / self.n if self.n else None

    @property
    def kept(self) -> int:
        return self.n - self.out_n

    @property
    def adjusted(self) -> float | None:
        return self.kept_top / self.kept if self.kept > 0 else None


@dataclass(frozen=True)
class Line:
    """One rate of a score; `points` is None where it has too few orders to be scored."""

    rate: str
    weight: float
    counted: Counted
    points: float | None
    raw_points: float | None


@dataclass(frozen=True)
class Score:
    """`value` 0–100 with other work on top; None: nothing may be scored. `raw`: without exemptions."""

    subject: str
    lines: tuple[Line, ...]
    extra: float
    value: float | None
    raw: float | None

    @property
    def n(self) -> int:
        return max((line.counted.n for line in self.lines), default=0)


def points(measure: Measure, value: float | None) -> float | None:
    """0 to the measure's weight."""
    if value is None:
        return None
    share = (value - measure.zero) / (measure.full - measure.zero)
    return round(measure.weight * min(1.0, max(0.0, share)), 4)


def score(
    scheme: Scheme, subject: str, counted: Mapping[str, Counted], entered: Iterable[float] = ()
) -> Score:
    """The score of one subject by this scheme; `entered` are the points of its confirmed entries."""
    lines = []
    for one in scheme.measures:
        if subject.partition(":")[0] not in one.of:
            continue
        found = counted.get(one.rate, Counted())
        lines.append(
            Line(
                one.rate,
                one.weight,
                found,
                points(one, found.adjusted) if found.kept >= scheme.least else None,
                points(one, found.raw) if found.n >= scheme.least else None,
            )
        )
    extra = max(-scheme.penalty, min(scheme.bonus, sum(entered)))
    return Score(
        subject,
        tuple(lines),
        round(extra, 4),
        _whole([(line.weight, line.points) for line in lines], extra),
        _whole([(line.weight, line.raw_points) for line in lines], extra),
    )


def _whole(parts: Sequence[tuple[float, float | None]], extra: float) -> float | None:
    """Of 100, by what was scored: the weight of what was not is shared among the others."""
    weight = sum(w for w, p in parts if p is not None)
    made = sum(p for _w, p in parts if p is not None)
    return round(100 * made / weight + extra, 2) if weight else None


def ranks(values: Mapping[str, float | None]) -> dict[str, int]:
    """{subject: place} by {subject: score}, best first; equal scores share a place; who is not scored
    has none."""
    valued = {subject: value for subject, value in values.items() if value is not None}
    return {s: 1 + sum(other > value for other in valued.values()) for s, value in valued.items()}


def fallen(before: float | None, now: float | None, bound: float) -> bool:
    """More than the bound; where one side was not scored there is nothing to compare."""
    return before is not None and now is not None and round(before - now, 4) > bound


def plain(scores: Iterable[Score]) -> list[dict[str, Any]]:
    """As a sheet keeps them."""
    rows = []
    for one in sorted(scores, key=lambda s: s.subject):
        lines = [{**_kept(line.counted), **_told(line)} for line in one.lines]
        rows.append(
            {
                "subject": one.subject,
                "value": one.value,
                "raw": one.raw,
                "extra": one.extra,
                "lines": lines,
            }
        )
    return rows


def _kept(counted: Counted) -> dict[str, Any]:
    """Without what is none: sheets frozen before packs could count as met are still the same."""
    made = asdict(counted)
    return made if counted.met else {k: v for k, v in made.items() if k != "met"}


def _told(line: Line) -> dict[str, Any]:
    return {"rate": line.rate, "weight": line.weight, "points": line.points}


def digest(body: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Fingerprint of a scheme and of what was scored by it."""
    text = json.dumps([body, rows], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
