"""What codes mean, and the figures: reading only."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from suqiu.api import answers, schemas
from suqiu.api.doors import ApiRequest, Bearer, json_of, only
from suqiu.base import clock
from suqiu.base.errors import Invalid
from suqiu.catalogue.queries import doors as all_doors
from suqiu.catalogue.queries import leaves
from suqiu.catalogue.queries import sources as all_sources
from suqiu.figures import queries as figures_of
from suqiu.figures.rules import FOUR
from suqiu.orders.access import is_inside
from suqiu.organisations.queries import regions_on, valid_on
from suqiu.policy.queries import published

lists = Router(tags=["lists"], auth=Bearer())


def _items(rows: list[dict[str, Any]]) -> HttpResponse:
    return json_of(200, {"items": rows})


@lists.get(
    "/categories", url_name="categories", response=answers.Leaves, summary="The leaves of the tree"
)
def categories(request: HttpRequest) -> HttpResponse:
    return _items(
        [
            {
                "code": c.code,
                "line": c.line_name,
                "group": c.group_name,
                "name": c.name,
                "urgency": c.urgency,
            }
            for c in leaves()
        ]
    )


@lists.get("/sources", url_name="sources", response=answers.NamedList, summary="The ways in")
def sources(request: ApiRequest) -> HttpResponse:
    return _items([{"code": s.code, "name": s.name} for s in all_sources()])


@lists.get(
    "/doors",
    url_name="doors",
    response=answers.Doors,
    summary="Where an appeal outside the trade belongs",
)
def doors(request: ApiRequest) -> HttpResponse:
    return _items([{"code": d.code, "name": d.name, "tell": d.tell} for d in all_doors()])


@lists.get(
    "/regions", url_name="regions", response=answers.NamedList, summary="The districts of today"
)
def regions(request: ApiRequest) -> HttpResponse:
    rows = regions_on(clock.today()).order_by("code")
    return _items([{"code": r.code, "name": r.name} for r in rows])


@lists.get("/units", url_name="units", response=answers.Units, summary="The units of today")
def units(request: ApiRequest) -> HttpResponse:
    rows = valid_on(clock.today()).order_by("code")
    return _items(
        [{"code": u.code, "name": u.name, "kind": u.kind, "region": u.region_id} for u in rows]
    )


@lists.get(
    "/packs",
    url_name="packs",
    response=answers.Packs,
    summary="The versions of the rules, and their fingerprints",
)
def packs(request: ApiRequest) -> HttpResponse:
    return _items(
        [
            {
                "code": p.code, "version": p.version, "name": p.name, "basis": p.basis,
                "confidence": p.confidence, "effective_from": p.effective_from,
                "fingerprint": p.fingerprint,
            }
            for p in published()
        ]
    )  # fmt: skip


@lists.get(
    "/figures",
    auth=Bearer("figures"),
    url_name="figures",
    response=answers.Rates,
    summary="The rates of a period",
)
def figures(request: ApiRequest, asked: Annotated[schemas.Period, Query()]) -> HttpResponse:
    """Over the orders that this client may see, by the same query as the page and `suqiu figures`."""
    only(request, schemas.Period)
    if asked.until < asked.since:
        raise Invalid("api.period", _("止日早于起日"), field="until")
    rows = figures_of.table(
        since=asked.since, until=asked.until, group=asked.group, basis=asked.basis, by=request.actor
    )
    # Outside the centre the public rates only: others tell which orders were drawn.
    shown = rows if is_inside(request.actor) else [r for r in rows if r["code"] in FOUR]
    return _items(shown)
