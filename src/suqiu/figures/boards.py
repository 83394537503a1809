"""What a leader reads first: three sentences, what it is about, where it grows, what is late.

Each cohort is read once, and everything on the page is made from that reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Avg, F, Q, QuerySet

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.figures import access, chance, queries, rollups, words
from suqiu.figures.cohorts import Cohort, before, orders, stretch
from suqiu.figures.rules import FOUR, OrderFact, Rate
from suqiu.figures.stages import STAGE, time_lost
from suqiu.figures.sums import ALL
from suqiu.orders.access import is_inside
from suqiu.orders.models import Obligation, Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit

PERIODS = 4
AGAINST = ("year", "period")
Rates = dict[str, dict[str, Rate]]
SPANS = {"month": 12, "week": 12}


@dataclass(frozen=True)
class Sentence:
    """One of the three, and the orders that it opens into."""

    text: str
    cohort: Cohort
    rate: str
    part: str = "denominator"


@dataclass(frozen=True)
class Share:
    """How many of one leaf, and how many in the period compared with; None where that was empty."""

    category: str
    n: int
    growth: float | None = None


@dataclass
class Board:
    """The figures of a cohort as far as this person may see its orders, each read when it is asked.

    Who may see every order reads them from the sums kept beside the orders. Others, whom a sum would
    tell of orders that they may not open, read ended orders from the facts of those that they may;
    what has not ended is counted for them from the rows.
    """

    cohort: Cohort
    by: Actor
    _facts: dict[Cohort, list[OrderFact]] = field(default_factory=dict)
    _rates: dict[tuple[Cohort, str | None], Rates] = field(default_factory=dict)
    _volumes: dict[tuple[Cohort, str | None], dict[str, int]] = field(default_factory=dict)

    @cached_property
    def summed(self) -> bool:
        return access.may_read(self.by, self.cohort)

    def facts(self, cohort: Cohort) -> list[OrderFact]:
        if cohort not in self._facts:
            self._facts[cohort] = queries.facts(cohort, self.by)
        return self._facts[cohort]

    def rates(self, cohort: Cohort, group: str | None = None) -> Rates:
        """{"": {code: Rate}} for the whole, or a row for each value of the group."""
        asked = (cohort, group)
        if asked not in self._rates:
            self._rates[asked] = self._made(cohort, group)
        return self._rates[asked]

    def _made(self, cohort: Cohort, group: str | None) -> Rates:
        if self.summed:
            return rollups.rates(cohort, group)
        if not access.may_read_facts(cohort):
            return queries.grouped(self.facts(cohort), cohort, group)
        made = rollups.rates(*self._seen(cohort, group))
        if is_inside(self.by):
            return made
        # The other rates tell which orders were drawn.
        return {key: {code: row[code] for code in FOUR} for key, row in made.items()}

    @cached_property
    def hub(self) -> int | None:
        return access.hub_of(self.by, self.cohort)

    def _seen(
        self, cohort: Cohort, group: str | None = None
    ) -> tuple[Cohort, str | None, QuerySet[Order] | None]:
        """What this person sees of it: his hub's orders, or those that he may see one by one."""
        if self.hub and cohort.region == self.cohort.region:
            return replace(cohort, hub=self.hub), group, None
        return cohort, group, visible_to(self.by)

    def volumes(self, cohort: Cohort, group: str | None = None) -> dict[str, int]:
        """How many orders, in all or for each value of the group."""
        asked = (cohort, group)
        if asked not in self._volumes:
            if self.summed:
                self._volumes[asked] = rollups.volumes(cohort, group)
            elif access.may_read_facts(cohort):
                self._volumes[asked] = rollups.volumes(*self._seen(cohort, group))
            else:
                self._volumes[asked] = queries.sizes(self.facts(cohort), cohort, group)
        return self._volumes[asked]

    @cached_property
    def city(self) -> dict[str, Rate]:
        return self.rates(self.cohort)[""]

    @cached_property
    def regions(self) -> Rates:
        return self.rates(self.cohort, "region")

    @cached_property
    def lost(self) -> list[dict[str, Any]]:
        if self.summed:
            return rollups.lost(self.cohort)
        if access.may_read_facts(self.cohort):
            cohort, _group, among = self._seen(self.cohort)
            return rollups.lost(cohort, among)
        return time_lost(self.cohort, self.by)

    @cached_property
    def hot(self) -> list[dict[str, Any]]:
        return summed_hot(self.cohort) if self.summed else hot(self.cohort, self.by)

    @cached_property
    def against(self) -> str:
        """A year ago where anything was then; else the period before; "" where neither was."""
        return next((one for one in AGAINST if self.volumes(before(self.cohort, one))), "")

    @cached_property
    def moved(self) -> dict[str, float]:
        """By how much each rate moved against the period that `against` names."""
        return self.moved_against(self.against) if self.against else {}

    def moved_against(self, against: str) -> dict[str, float]:
        """The same against the year ("year") or the period before ("period")."""
        return queries.moved(self.city, self.rates(before(self.cohort, against))[""])

    def composition(self) -> list[Share]:
        """How many of each leaf, most first, with the growth of each."""
        now = {code: n for code, n in self.volumes(self.cohort, "category").items() if code}
        then: dict[str, int] = {}
        if self.against:
            then = self.volumes(before(self.cohort, self.against), "category")
        most = sorted(now.items(), key=lambda row: (-row[1], row[0]))
        return [Share(code, n, chance.growth(n, then.get(code, 0))) for code, n in most]

    def trend(self, span: str) -> list[tuple[Cohort, dict[str, Rate], int]]:
        """The last twelve weeks or months up to the cohort's end: each with its rates, and how many."""
        parts = stretch(self.cohort, span, SPANS[span])
        whole = replace(self.cohort, start=parts[0].start, end=parts[-1].end)
        rates, volumes = self.rates(whole, span), self.volumes(whole, span)
        keys = [queries.span_of(part.start, span) for part in parts]
        none = {} if all(key in rates for key in keys) else self._nothing()
        return [
            (part, rates.get(key, none), volumes.get(key, 0))
            for part, key in zip(parts, keys, strict=True)
        ]

    def _nothing(self) -> dict[str, Rate]:
        """The rates of a period in which nothing happened."""
        return queries.grouped([], self.cohort)[""]

    def below(self) -> list[tuple[str, Rate]]:
        """The districts surely below the city in what is actually solved, the lowest first."""
        city = self.city["solved"].value
        rows = [
            (code, made["solved"])
            for code, made in self.regions.items()
            if code and city is not None and _surely_below(made["solved"], city)
        ]
        return sorted(rows, key=lambda row: row[1].value or 0.0)

    def headline(self) -> list[Sentence]:
        """At most three sentences made from figures, each with what it opens into.

        What grows and who is surely below come first; where neither is, how the whole stands.
        """
        front = [one for one in (self._grows(), self._lies_below()) if one]
        worst = max(self.lost, key=lambda row: row["share"], default=None)
        last = (
            [Sentence(words.lost(worst), self.cohort, "timely", STAGE + worst["code"])]
            if worst
            else []
        )
        return [*front, *self._stands()[: 3 - len(front) - len(last)], *last]

    def _grows(self) -> Sentence | None:
        if not self.hot:
            return None
        first = self.hot[0]
        return Sentence(words.grows(first), first["cohort"], ALL)

    def _lies_below(self) -> Sentence | None:
        rows = self.below()
        if not rows:
            return None
        names = dict(Region.objects.values_list("code", "short"))
        told = words.below([(names[code], rate) for code, rate in rows], self.city["solved"])
        return Sentence(told, replace(self.cohort, region=rows[0][0]), "solved")

    def _stands(self) -> list[Sentence]:
        said, solved, timely = [], self.city["solved"], self.city["timely"]
        if solved.value is not None:
            changed = {self.against: self.moved["solved"]} if "solved" in self.moved else {}
            text = words.solved(solved, changed)
            said.append(Sentence(text, self.cohort, "solved", "numerator"))
        if timely.denominator:
            said.append(Sentence(words.timely(timely), self.cohort, "timely", "numerator"))
        return said


def _surely_below(rate: Rate, city: float) -> bool:
    return rate.may_rank and rate.high is not None and rate.high < city


def overdue_now(by: Actor, limit: int = 20) -> list[Obligation]:
    """Running clocks that are past due, the longest overdue first.

    Outside the centre one's own only: the centre's clocks tell which orders were drawn.
    """
    rows = Obligation.objects.filter(
        order__in=visible_to(by), outcome="open", paused_since=None, due__lt=clock.now()
    )
    if not is_inside(by):
        rows = rows.filter(seat__unit__in=by.units)
    return list(rows.select_related("order__category", "seat__unit").order_by("due")[:limit])


def hot(cohort: Cohort, by: Actor, least: int = 3) -> list[dict[str, Any]]:
    """Leaf and street that rise above their own past, the farthest first (the rule: `chance.rises`).

    The past is the four periods of the same length before; orders count by their acceptance.
    """
    length = cohort.end - cohort.start
    wide = replace(cohort, basis="accepted_in", start=cohort.start - PERIODS * length)
    this = replace(cohort, basis="accepted_in")
    seen: dict[tuple[str, int, str, str], list[list[int]]] = {}
    rows = orders(wide, by).filter(street__isnull=False, category__isnull=False)
    for pk, at, *place in rows.values_list(
        "pk", F("accepted_at"), "category", "street", "category__name", "street__name"
    ):
        periods = seen.setdefault(tuple(place), [[] for _ in range(PERIODS + 1)])
        periods[min(PERIODS, (at - wide.start) // length)].append(pk)
    rising = [
        _rising(place, periods, this) for place, periods in seen.items() if _is_hot(periods, least)
    ]
    return sorted(rising, key=lambda row: row["before"] - row["now"])


def summed_hot(cohort: Cohort, least: int = 3, top: int = 50) -> list[dict[str, Any]]:
    """`hot` from the sums, the `top` that rise farthest, without the ids."""
    this = replace(cohort, basis="accepted_in")
    found = rollups.places(cohort, PERIODS + 1, least)
    rising = (one for one in found if chance.rises(one[2][-1], one[2][:-1], least))
    first = list(islice(rising, top))
    leaves = queries.names("category", [one[0] for one in first])
    streets = dict(Unit.objects.filter(pk__in=[one[1] for one in first]).values_list("pk", "name"))
    return [
        _told((code, street, leaves[code], streets[street]), periods, this)
        for code, street, periods in first
    ]


def hot_middles(
    rows: Sequence[dict[str, Any]], cohort: Cohort, by: Actor
) -> dict[tuple[str, int], tuple[float, float]]:
    """{(leaf, street): (lat, lon)}: the middle of this period's orders there that have a place and are
    not confidential, in degrees."""
    spots = Q()
    for row in rows:
        spots |= Q(category=row["category_code"], street=row["street_id"])
    there = orders(replace(cohort, basis="accepted_in"), by).filter(
        spots, lon__isnull=False, confidential=False
    )
    found = there.order_by().values_list("category", "street").annotate(Avg("lat"), Avg("lon"))
    return {(leaf, street): (lat, lon) for leaf, street, lat, lon in found}


def _is_hot(periods: list[list[int]], least: int) -> bool:
    *past, now = (len(ids) for ids in periods)
    return chance.rises(now, past, least)


def _rising(
    place: tuple[str, int, str, str], periods: list[list[int]], cohort: Cohort
) -> dict[str, Any]:
    return {**_told(place, [len(ids) for ids in periods], cohort), "ids": sorted(periods[-1])}


def _told(place: tuple[str, int, str, str], periods: list[int], cohort: Cohort) -> dict[str, Any]:
    *past, now = periods
    category, street, category_name, street_name = place
    return {
        "category": category_name,
        "street": street_name,
        "category_code": category,
        "street_id": street,
        "now": now,
        "before": sum(past) / len(past),
        "periods": periods,
        "cohort": replace(cohort, category=category, street=street),
    }
