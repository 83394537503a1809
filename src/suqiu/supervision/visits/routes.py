"""Where one ought to go today: proposed from what rises and from where nobody was for longest."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Avg
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.catalogue.models import Category
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.orders.places import Place
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.supervision.visits import rules
from suqiu.supervision.visits.queries import seen_of, spec, streets_for

BY = system("supervision")
PLACED_DAYS = 180  # so far back orders tell about where a street's matters lie


@dataclass(frozen=True)
class Route:
    """A day's proposal. `how` its order was made: "near", "code" or "both"."""

    region: str
    stops: list[rules.Proposal]
    how: rules.How
    points: dict[int, Place]
    hot_days: int


@dataclass(frozen=True)
class NewStop:
    """A street to go to, why (a key of WHYS), and about where it lies."""

    street: Unit
    why: str = "hand"
    category: Category | None = None
    place: str = ""
    aim: str = ""
    point: Place | None = None


def proposed(by: Actor, region: str = "") -> Route:
    """Today's route, in this district or in the one that most asks for it."""
    pack, today = spec(), clock.today()
    streets = seen_of(by, region)
    heats = _heats(by, region, pack.hot_days)
    chosen = region or rules.district(streets, heats, today, pack)
    inside = [one for one in streets if one.region == chosen]
    stops = {one.street.pk: one for one in rules.propose(inside, heats, today, pack)}
    points = places(list(stops))
    codes = {pk: one.street.code for pk, one in stops.items()}
    way, how = rules.route({pk: points.get(pk) for pk in stops}, codes)
    return Route(chosen, [stops[pk] for pk in way], how, points, pack.hot_days)


def _heats(by: Actor, region: str, days: int) -> list[rules.Heat]:
    now = clock.now()
    cohort = Cohort("accepted_in", now - dt.timedelta(days=days), now, region=region)
    return [
        rules.Heat(row["street_id"], row["category_code"], row["now"], row["before"])
        for row in Board(cohort, by).hot
    ]


def places(streets: list[int]) -> dict[int, Place]:
    """The middle of each street's orders that have a place; secret ones tell nobody where they are."""
    since = clock.now() - dt.timedelta(days=PLACED_DAYS)
    rows = visible_to(BY).filter(
        street__in=streets, drafted_at__gte=since, lon__isnull=False, confidential=False
    )
    middle = rows.order_by().values("street").annotate(x=Avg("lon"), y=Avg("lat"))
    return {row["street"]: Place(row["x"], row["y"]) for row in middle}


def new_stops(
    route: Route, chosen: Collection[int], more: Collection[Unit], by: Actor
) -> list[NewStop]:
    """The stops of a plan: of the proposed those that were chosen, in their order, and these others."""
    units = {unit.pk: unit for unit in streets_for(by).filter(region=route.region)}
    leaves = Category.objects.in_bulk([p.heat.category for p in route.stops if p.heat])
    wanted = [one for one in route.stops if one.street.pk in chosen and one.street.pk in units]
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is said as the house says it
        made = [
            NewStop(
                units[one.street.pk], one.why, leaf, aim=reason(one, leaf, route.hot_days),
                point=route.points.get(one.street.pk),
            )
            for one in wanted
            for leaf in [leaves.get(one.heat.category) if one.heat else None]
        ]  # fmt: skip
    there = {one.street.pk for one in made}
    points = places([unit.pk for unit in more])
    added = [NewStop(unit, point=points.get(unit.pk)) for unit in more if unit.pk not in there]
    return [*made, *added]


def reason(one: rules.Proposal, leaf: Category | None, hot_days: int) -> str:
    """Why one ought to go there, in words."""
    if one.heat:
        said = {
            "leaf": leaf.name if leaf else one.heat.category, "days": hot_days,
            "now": one.heat.now, "before": f"{one.heat.before:.1f}",
        }  # fmt: skip
        return _("%(leaf)s：近 %(days)s 天 %(now)s 件，以往同期平均 %(before)s 件") % said
    if one.street.last is None:
        return _("还没有走访过")
    days = (clock.today() - one.street.last).days
    return _("%(days)s 天没有走访，上次 %(day)s") % {"days": days, "day": one.street.last}
