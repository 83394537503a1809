"""Drawings of figures as plain geometry: the trend's lines and the places of their words.
No ORM, no clock. Drawn on the server: they need no script, print as they are, and stand beside
their table."""

from collections.abc import Sequence
from dataclasses import dataclass

# The drawing's own units; the page scales it as a whole.
WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 34, 330, 14, 232
BARS = 262  # where the bars of volume stand
TALLEST = 24
APART = 16  # the least distance between two lines' words
# Each line has its colour, dash (chart.css) and marker, so that it survives grey.
LOOKS = (("blue", "circle"), ("amber", "square"), ("accent", "diamond"))


@dataclass(frozen=True)
class Value:
    """One point to be drawn: a ratio 0–1 or None, of how many, and where it opens."""

    value: float | None
    n: int
    url: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    value: Value
    few: bool


@dataclass(frozen=True)
class Line:
    """`runs` are its unbroken stretches, as SVG points: where there is no value there is no line."""

    name: str
    look: str
    marker: str
    points: list[Point]
    runs: list[str]
    label_y: float

    @property
    def last(self) -> Point | None:
        return self.points[-1] if self.points else None


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    n: int
    url: str
    label: str
    half: float


@dataclass(frozen=True)
class Trend:
    lines: list[Line]
    bars: list[Bar]
    grid: list[tuple[float, int]]


def trend(
    names: Sequence[str],
    rows: Sequence[Sequence[Value]],
    volumes: Sequence[tuple[str, int, str]],
    least: int = 30,
) -> Trend:
    """Lines over the same steps; `volumes` are (label, how many, url) of each step.

    The scale ends at 100 and begins at 70, or lower where a value lies lower.
    """
    steps = len(volumes)
    known = [v.value for row in rows for v in row if v.value is not None]
    floor = min([70, *(int(value * 10) * 10 for value in known)])
    drawn = [_points(row, steps, floor, least) for row in rows]
    ends = _apart([points[-1].y if points else BOTTOM for points in drawn])
    lines = [
        Line(name, *LOOKS[i % len(LOOKS)], points, _runs(points, steps), ends[i])
        for i, (name, points) in enumerate(zip(names, drawn, strict=True))
    ]
    ticks = range(floor, 101, 10 if floor >= 60 else 20)
    return Trend(lines, _bars(volumes), [(_y(tick / 100, floor), tick) for tick in ticks])


def _x(step: int, steps: int) -> float:
    return round(LEFT + (step + 0.5) * (RIGHT - LEFT) / steps, 1)


def _y(value: float, floor: int) -> float:
    share = (value * 100 - floor) / (100 - floor)
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _points(row: Sequence[Value], steps: int, floor: int, least: int) -> list[Point]:
    return [
        Point(_x(i, steps), _y(value.value, floor), value, value.n < least)
        for i, value in enumerate(row)
        if value.value is not None
    ]


def _runs(points: list[Point], steps: int) -> list[str]:
    runs: list[list[Point]] = []
    width = (RIGHT - LEFT) / steps
    for point in points:
        if runs and point.x - runs[-1][-1].x < 1.5 * width:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [" ".join(f"{p.x},{p.y}" for p in run) for run in runs if len(run) > 1]


def _apart(ends: list[float]) -> list[float]:
    """The same heights, moved so far that no word lies on another."""
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    placed = list(ends)
    for above, below in zip(order, order[1:], strict=False):
        placed[below] = max(placed[below], placed[above] + APART)
    overflow = max([0.0, *(y - BOTTOM for y in placed)])
    return [round(y - overflow, 1) for y in placed]


def _bars(volumes: Sequence[tuple[str, int, str]]) -> list[Bar]:
    most = max([1, *(n for _label, n, _url in volumes)])
    width = round((RIGHT - LEFT) / len(volumes) * 0.6, 1)
    bars = []
    for i, (label, n, url) in enumerate(volumes):
        height = round(TALLEST * n / most, 1)
        x, half = _x(i, len(volumes)), round(width / 2, 1)
        bars.append(Bar(round(x - half, 1), BARS - height, width, height, n, url, label, half))
    return bars


def spark(periods: Sequence[int], width: int = 72, height: int = 22) -> str:
    """A small line over the periods, as SVG points; it begins at nothing, so small rises stay small."""
    most = max([1, *periods])
    step = width / max(1, len(periods) - 1)
    return " ".join(
        f"{i * step:.1f},{height - 3 - n / most * (height - 6):.1f}" for i, n in enumerate(periods)
    )
