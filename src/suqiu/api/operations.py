"""What machines may ask for and do: parse, one query or action, answer."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from suqiu.api import answers, codes, schemas, shapes
from suqiu.api.doors import (
    ApiRequest,
    Bearer,
    IfMatch,
    IfNoneMatch,
    Key,
    etag_of,
    held,
    json_of,
    number_of,
    only,
    unchanged,
    write,
)
from suqiu.api.verbs import WAYS, Way
from suqiu.appellants.actions import take_in
from suqiu.audit.kept import still
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Refused
from suqiu.catalogue.models import Source
from suqiu.orders.access import state_shown
from suqiu.orders.actions import accept, draft
from suqiu.orders.actions.reveal import reveal as open_identity
from suqiu.orders.models import OPEN, Order
from suqiu.orders.queries import get_for, visible_to
from suqiu.orders.states import VERBS, State

orders = Router(tags=["orders"])


@orders.post(
    "/appeals",
    auth=Bearer("intake"),
    url_name="take",
    summary="Hand in an appeal",
    response={201: answers.Taken},
)
def take(request: ApiRequest, body: schemas.Appeal, key: Key) -> HttpResponse:
    """Registers it, whatever its faults; with `accept` the centre's gate is tried too, and what
    stops it is told in `refused`, while the appeal stays registered."""

    def act() -> tuple[int, dict[str, Any], str]:
        with still():
            order = draft.take_down(_appeal(body, request), by=request.actor)
        answer: dict[str, Any] = {"number": order.number, "state": order.state, "refused": None}
        if body.accept:
            try:
                answer["state"] = accept.accept(order, by=request.actor).state
            except Refused as error:
                answer["refused"] = {"code": error.code, "detail": error.message}
        return 201, answer, etag_of(order, request.actor)

    return write(request, key, act)


def _appeal(body: schemas.Appeal, request: ApiRequest) -> draft.Appeal:
    given = body.model_dump(
        exclude={"citizen", "accept", "source", "category", "region", "street", "accused"}
    )
    citizen = body.citizen
    return draft.Appeal(
        source=_source(body.source, request),
        category=codes.category(body.category) if body.category else None,
        region=codes.region(body.region) if body.region else None,
        street=codes.unit(body.street, "street") if body.street else None,
        accused=codes.unit(body.accused, "accused") if body.accused else None,
        appellant=take_in(**citizen.model_dump(), by=request.actor) if citizen else None,
        **given,
    )


def _source(code: str, request: ApiRequest) -> Source:
    """A client of one source hands in for this one and no other."""
    bound = request.actor.sources
    code = code or request.client.source
    if not code:
        raise Invalid("api.unknown", _("写明来源"), field="source")
    if bound is not None and code not in bound:
        raise codes.unknown("source", code)
    return codes.source(code)


@orders.get(
    "/appeals",
    auth=Bearer("read"),
    url_name="appeals",
    response=answers.Page,
    summary="The newest first, a page at a time",
)
def appeals(request: ApiRequest, asked: Annotated[schemas.Asked, Query()]) -> HttpResponse:
    """Follow `next` until it is null: pages neither skip nor repeat an order while others come in."""
    only(request, schemas.Asked)
    rows = _filtered(asked, request.actor).select_related("street").order_by("-pk")
    if asked.after:
        last = (
            visible_to(request.actor)
            .filter(number=asked.after)
            .values_list("pk", flat=True)
            .first()
        )
        if last is None:
            raise codes.unknown("after", asked.after)
        rows = rows.filter(pk__lt=last)
    page = list(rows[: asked.limit + 1])
    shown = page[: asked.limit]
    return json_of(
        200,
        {
            "items": [shapes.brief(order, request.actor) for order in shown],
            "next": shown[-1].number if len(page) > asked.limit else None,
        },
    )


def _filtered(asked: schemas.Asked, by: Actor) -> Any:
    rows = visible_to(by)
    for field in ("source", "category", "region", "kind", "urgency"):
        if value := getattr(asked, field):
            rows = rows.filter(**{field: value})
    if asked.state:
        # Whoever may not tell the two verifications apart cannot do so by asking for one.
        shown = state_shown(asked.state, by)
        rows = rows.filter(state__in=[s for s in State if state_shown(s, by) == shown])
    if asked.open is not None:
        rows = rows.filter(OPEN) if asked.open else rows.exclude(OPEN)
    if asked.since:
        rows = rows.filter(drafted_at__gte=_midnight(asked.since))
    if asked.until:
        rows = rows.filter(drafted_at__lt=_midnight(asked.until + dt.timedelta(days=1)))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.LOCAL)


@orders.get(
    "/appeals/{number}",
    auth=Bearer("read"),
    url_name="appeal",
    summary="One, with its ETag",
    response={200: answers.Whole, 304: None},
)
def appeal(request: ApiRequest, number: str, if_none_match: IfNoneMatch = None) -> HttpResponse:
    order = get_for(request.actor, number_of(number), log=False)
    etag = etag_of(order, request.actor)
    if unchanged(request, etag):
        return HttpResponse(
            status=304, headers={"ETag": etag, "Cache-Control": "private, no-cache"}
        )
    answer = json_of(200, shapes.whole(get_for(request.actor, number), request.actor))
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    return answer


Shape = Callable[[Order, Actor], Any]


def _part(name: str, shape: Shape, summary: str, answer: type[answers.Answer]) -> None:
    def read(request: ApiRequest, number: str) -> HttpResponse:
        order = get_for(request.actor, number_of(number))
        return json_of(200, {"number": order.number, "items": shape(order, request.actor)})

    read.__name__ = name
    orders.get(
        f"/orders/{{number}}/{name}",
        auth=Bearer("read"),
        url_name=name,
        summary=summary,
        response=answer,
    )(read)


_part("menu", shapes.steps, "What may be done now, and why the rest may not", answers.Menu)
_part("timeline", shapes.timeline, "What happened, the oldest first", answers.Timeline)
_part("obligations", shapes.clocks, "The clocks: who owes what by when", answers.Obligations)


@orders.post(
    "/orders/{number}/reveal",
    auth=Bearer("reveal"),
    url_name="reveal",
    response=answers.Identity,
    summary="The identity, in plain",
)
def reveal(request: ApiRequest, number: str, body: schemas.Reveal) -> HttpResponse:
    """Logged with its reason before it is shown. It takes no key and leaves no receipt: every look
    is a look, and an identity is kept in one place only."""
    order = get_for(request.actor, number_of(number), log=False)
    return json_of(200, open_identity(order, reason=body.reason, note=body.note, by=request.actor))


def _verb(name: str, way: Way) -> None:
    """One address for each verb, so that the description tells what each asks."""
    body_type, row = way.body, VERBS[name]
    bare = not any(field.is_required() for field in body_type.model_fields.values())

    def do(
        request: ApiRequest,
        number: str,
        body: body_type | None,  # type: ignore[valid-type]
        key: Key,
        if_match: IfMatch = None,
    ) -> HttpResponse:
        def act() -> tuple[int, dict[str, Any], str]:
            beside = str(getattr(body, "master", "") or "")
            order = held(number_of(number), if_match, request.actor, beside=beside)
            done = way.do(order, body or body_type(), request.actor)
            answer = {"number": done.number, "state": state_shown(done.state, request.actor)}
            return 200, answer, etag_of(done, request.actor)

        return write(request, key, act)

    if not bare:
        do.__annotations__["body"] = body_type
    do.__name__ = name
    orders.post(
        f"/orders/{{number}}/{name}",
        auth=Bearer("verbs"),
        url_name=f"verb_{name}",
        summary=str(row.label),
        description=str(row.why),
        operation_id=name,
        response=answers.Done,
        tags=["verbs"],
    )(do)


for _name, _way in WAYS.items():
    _verb(_name, _way)
