"""Where to go today, in which order, and how much of the city has been seen. Pure, but for reading the
shipped kinds of people met."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from suqiu.orders.places import Place, metres
from suqiu.policy.visits import VisitsSpec

SHIPPED = Path(__file__).parent / "data" / "met.yaml"
How = Literal["near", "code", "both"]


@cache
def met_kinds() -> dict[str, str]:
    """Whom one may meet: what each kind is called, by its id."""
    return {row["id"]: row["name"] for row in yaml.safe_load(SHIPPED.read_text("utf-8"))}


@dataclass(frozen=True)
class Street:
    """A street, the day on which somebody was last there (None: never), and about where it lies."""

    pk: int
    code: str
    region: str
    last: dt.date | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Heat:
    """A leaf that rose in a street: so many in this period, so many on average in those before."""

    street: int
    category: str
    now: int
    before: float


@dataclass(frozen=True)
class Proposal:
    """Go there, for this reason; `heat` where it is hot."""

    street: Street
    heat: Heat | None = None

    @property
    def why(self) -> str:
        return "hot" if self.heat else "unvisited"


@dataclass(frozen=True)
class Cover:
    """Of a district's `of` streets so many were visited; `unvisited` lists the others, longest first."""

    region: str
    visited: int
    of: int
    unvisited: tuple[Street, ...]

    @property
    def share(self) -> float:
        return self.visited / self.of if self.of else 0.0


def is_covered(street: Street, today: dt.date, days: int) -> bool:
    """Was somebody there within the last `days` days, today included?"""
    return street.last is not None and (today - street.last).days < days


def by_absence(streets: Iterable[Street]) -> list[Street]:
    """Those never visited first, then those visited longest ago."""
    return sorted(streets, key=lambda s: (s.last or dt.date.min, s.code))


def coverage(streets: Iterable[Street], today: dt.date, days: int) -> dict[str, Cover]:
    """What was seen of each district that has streets."""
    groups: dict[str, list[Street]] = {}
    for street in streets:
        groups.setdefault(street.region, []).append(street)
    return {code: _cover(code, rows, today, days) for code, rows in groups.items()}


def _cover(code: str, rows: Sequence[Street], today: dt.date, days: int) -> Cover:
    left = [row for row in rows if not is_covered(row, today, days)]
    return Cover(code, len(rows) - len(left), len(rows), tuple(by_absence(left)))


def district(
    streets: Sequence[Street], heats: Sequence[Heat], today: dt.date, spec: VisitsSpec
) -> str:
    """Where today's route lies, for a day is too short for two ends of a city: where the hottest spot
    is to which nobody was lately; else where the largest share is unvisited, of those where not every
    street was visited just now, if there are any. "" without streets."""
    there = {s.pk: s for s in streets if not is_covered(s, today, spec.rest_days)}
    for heat in heats:
        if heat.street in there:
            return there[heat.street].region
    open_to = {s.region for s in there.values()} or {s.region for s in streets}
    inside = [s for s in streets if s.region in open_to]
    covers = coverage(inside, today, spec.coverage_days).values()
    return min(covers, key=lambda c: (c.share, -c.of, c.region)).region if covers else ""


def propose(
    streets: Sequence[Street], heats: Sequence[Heat], today: dt.date, spec: VisitsSpec
) -> list[Proposal]:
    """The stops of one day out of these streets: hot ones first (in the order of `heats`), then those
    unvisited for longest. A street comes once, for its hottest leaf; one visited lately rests."""
    ready = {s.pk: s for s in streets if not is_covered(s, today, spec.rest_days)}
    hot: dict[int, Heat] = {}
    for heat in heats:
        if heat.street in ready:
            hot.setdefault(heat.street, heat)
    first = [Proposal(ready[pk], heat) for pk, heat in list(hot.items())[: spec.hot_stops]]
    chosen = {one.street.pk for one in first}
    rest = by_absence(s for s in ready.values() if s.pk not in chosen)
    return [*first, *map(Proposal, rest[: spec.stops - len(first)])]


def route(places: Mapping[int, Place | None], codes: Mapping[int, str]) -> tuple[list[int], How]:
    """The order of the stops: from the first one that has a place always to the nearest next; those
    without a place after them, by their code. Returns the ids and how they were ordered."""
    placed = {pk: place for pk, place in places.items() if place is not None}
    bare = sorted((pk for pk in places if pk not in placed), key=lambda pk: codes[pk])
    if len(placed) < 2:  # one point makes no way
        return sorted(places, key=lambda pk: codes[pk]), "code"
    way = [next(iter(placed))]
    left = dict(placed)
    here = left.pop(way[0])
    while left:
        nearest = min(left, key=lambda pk: (metres(here, left[pk]), codes[pk]))
        way.append(nearest)
        here = left.pop(nearest)
    return [*way, *bare], "both" if bare else "near"
