"""Drafting, correcting, registering: the appeal is written down first."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from suqiu.appellants.models import Appellant
from suqiu.audit import journal
from suqiu.audit.kept import still
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.catalogue.models import Category, Source
from suqiu.catalogue.queries import edition
from suqiu.orders.actions import clocks
from suqiu.orders.actions.advance import Step, advance, arrive, judged
from suqiu.orders.models import KINDS, URGENCIES, Obligation, Order, Seat
from suqiu.orders.places import place
from suqiu.orders.states import VERBS
from suqiu.organisations.models import Region, Unit
from suqiu.organisations.queries import centre
from suqiu.policy.queries import in_force

WORDS = ("title", "content", "demand", "address", "frequency", "paraphrase")


@dataclass(frozen=True)
class Appeal:
    """What a citizen said, as a call-taker, a form or a sheet gives it. Identities are apart."""

    source: Source
    title: str
    content: str
    source_no: str = ""
    kind: str = "投诉"
    demand: str = ""
    occurred_at: dt.datetime | None = None
    frequency: str = ""
    category: Category | None = None
    urgency: str = "一般"
    region: Region | None = None
    street: Unit | None = None
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    appellant: Appellant | None = None
    confidential: bool = False
    paraphrase: str = ""
    repeat: bool = False
    parent: Order | None = None
    accused: Unit | None = None


def draft(appeal: Appeal, *, by: Actor) -> Order:
    """Write a draft. Raises Invalid for an unknown kind or urgency, and for a number that this
    source has given already."""
    with transaction.atomic():
        order, seats = _written_down(appeal, by, by)
        _insert(order)
        Seat.objects.bulk_create(seats)
        journal.append_many([_told(order)], by=by, born=True)
    return order


def take_down(appeal: Appeal, *, by: Actor, post: Actor | None = None) -> Order:
    """Draft and register in one go, as a machine, a sheet or the portal brings it. The entries are
    those of the two steps; the rows are written once. Raises what the two would raise. `post`: whose
    right it is done by, where another rule than a call-taker's post lets `by` do it (`found`)."""
    with still(), transaction.atomic():
        order, seats = _written_down(appeal, by, post or by)
        given = {"source": order.source_id}
        step = judged(order, "register", seats, by=post or by, given=given)
        step.change(registered_at=step.at)
        told = [_told(order), *arrive(step)]
        running = clocks.first(order, seats, step.pack, step.events, step.at)
        _insert(order)
        Seat.objects.bulk_create(seats)
        Obligation.objects.bulk_create(running)
        journal.append_many([*told, *map(clocks.started, running)], by=by, born=True)
    return order


def take_from(step: Step, *, by: Actor, **other: Any) -> Order:
    """An order of its own that comes of the one in `step` (again, or beside it): what is not given in
    `other` is the first one's, whom it accuses too, for the new one must not go there either."""
    old = step.order
    kept = {f.name: getattr(old, f.name) for f in fields(Appeal) if f.name not in _NOT_KEPT}
    accused = next((s.unit for s in step.seats if s.role == "accused"), None)
    child = take_down(Appeal(**{**kept, "parent": old, "accused": accused, **other}), by=by)
    step.data = {"child": child.pk}
    return child


_NOT_KEPT = {"source_no", "repeat", "parent", "accused"}


def _written_down(appeal: Appeal, by: Actor, post: Actor) -> tuple[Order, list[Seat]]:
    """The order and its first seats, in memory."""
    if not post.is_system and not post.roles & set(VERBS["register"].who):
        raise NotAllowed("post", _("您的岗位不登记诉求"))
    _check(appeal)
    at = clock.now()
    order_id, local, leaf = _next_id(at), clock.local(at), appeal.category
    order = Order(
        id=order_id,
        number=f"SQ{local:%y%m%d}-{order_id % 1_000_000_000:04d}",
        conduct=appeal.source.conduct or (leaf is not None and leaf.conduct),
        pack=in_force(),
        duty_version=edition(),
        drafted_at=at,
        drafted_by=by.id,
        **_values(appeal),
    )
    seats = [Seat(order=order, unit=centre(), role="centre", opened=at)]
    if appeal.accused:
        seats.append(Seat(order=order, unit=appeal.accused, role="accused", opened=at))
    return order, seats


def _told(order: Order) -> journal.Fact:
    words = {name: getattr(order, name) for name in WORDS if getattr(order, name)}
    return journal.Fact(order.chain, "order.drafted", _facts(order), words=words)


def register(order: Order, *, by: Actor) -> Order:
    """The appeal has its number from here on; whether it is accepted is another question."""
    with advance(order.pk, "register", by=by, given={"source": order.source_id}) as step:
        step.change(registered_at=step.at)
    return step.order


def correct(order: Order, *, by: Actor, **changes: Any) -> Order:
    """Mend fields before dispatch. Words go into the statement, codes into the facts."""
    known = {f.name for f in fields(Appeal)} - {"source", "parent", "accused"}
    if unknown := set(changes) - known:
        raise Invalid(
            "correct.field", _("不能改：%(what)s") % {"what": _("、").join(sorted(unknown))}
        )
    with advance(order.pk, "correct", by=by) as step:
        values = {k: clean(v) if isinstance(v, str) else v for k, v in changes.items()}
        step.change(**values)
        place(step.order.lon, step.order.lat)
        step.data = {"fields": sorted(values), **_facts(step.order)}
        step.words = {k: str(v) for k, v in values.items() if k in WORDS and v}
    return step.order


def protect(order: Order, *, paraphrase: str, by: Actor) -> Order:
    """Make it secret: the unit reads the paraphrase; identity and exact address stay inside."""
    with advance(order.pk, "protect", by=by, given={"paraphrase": paraphrase}) as step:
        step.change(confidential=True, paraphrase=clean(paraphrase))
        step.words = {"paraphrase": step.order.paraphrase}
    return step.order


def _check(appeal: Appeal) -> None:
    if appeal.kind not in KINDS:
        raise Invalid("kind", _("没有“%(kind)s”这种类型") % {"kind": appeal.kind}, known=KINDS)
    if appeal.urgency not in URGENCIES:
        raise Invalid(
            "urgency",
            _("没有“%(urgency)s”这种紧急程度") % {"urgency": appeal.urgency},
            known=URGENCIES,
        )
    place(appeal.lon, appeal.lat)
    if not clean(appeal.content):
        raise Invalid("content", _("正文是空的"))


def _insert(order: Order) -> None:
    if not order.source_no:  # nothing that another may have given before: no savepoint is needed
        order.save(force_insert=True)
        return
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        if "orders_source_once" not in str(error):
            raise
        raise Invalid(
            "source.known",
            _("%(source)s 的 %(source_no)s 已经登记过")
            % {"source": order.source, "source_no": order.source_no},
            source_no=order.source_no,
        ) from error


def _values(appeal: Appeal) -> dict[str, Any]:
    values = {f.name: getattr(appeal, f.name) for f in fields(appeal) if f.name != "accused"}
    cleaned = {k: clean(v) if isinstance(v, str) else v for k, v in values.items()}
    return {**cleaned, "title": (cleaned["title"] or cleaned["content"])[:200]}


def _facts(order: Order) -> dict[str, Any]:
    """Codes only: no word of the citizen stands in a fact."""
    return {
        "number": order.number,
        "source": order.source_id,
        "kind": order.kind,
        "urgency": order.urgency,
        "category": order.category_id,
        "region": order.region_id,
        "street": order.street_id,
        "appellant": order.appellant_id,
        "pack": order.pack_id,
        "duties": order.duty_version_id,
        "confidential": order.confidential,
        "conduct": order.conduct,
        "repeat": order.repeat,
        "parent": order.parent_id,
    }


def _next_id(at: dt.datetime) -> int:
    """YYMM and a running number: orders of one month stand together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number')")
        running = int(cursor.fetchone()[0])
    return int(f"{clock.local(at):%y%m}") * 1_000_000_000 + running
