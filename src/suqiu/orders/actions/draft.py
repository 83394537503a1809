"""Drafting, correcting, registering: the appeal is written down first."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from suqiu.appellants.models import Appellant
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.base.text import clean
from suqiu.catalogue.models import Category, Source
from suqiu.catalogue.queries import edition
from suqiu.orders.actions.advance import advance
from suqiu.orders.models import KINDS, URGENCIES, Order, Seat
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
    appellant: Appellant | None = None
    confidential: bool = False
    paraphrase: str = ""
    repeat: bool = False
    parent: Order | None = None
    accused: Unit | None = None


def draft(appeal: Appeal, *, by: Actor) -> Order:
    """Write a draft. Raises Invalid for an unknown kind or urgency, and for a number that this
    source has given already."""
    if not by.is_system and not by.roles & set(VERBS["register"].who):
        raise NotAllowed("post", _("您的岗位不登记诉求"))
    _check(appeal)
    at = clock.now()
    with transaction.atomic():
        order_id = _next_id(at)
        local = clock.local(at)
        values = _values(appeal)
        order = Order(
            id=order_id,
            number=f"SQ{local:%y%m%d}-{order_id % 1_000_000_000:04d}",
            conduct=appeal.source.conduct
            or (
                appeal.category is not None
                and appeal.category.line == "X"
                and appeal.category.code.startswith("X01")
            ),
            pack=in_force(),
            duty_version=edition(),
            drafted_at=at,
            drafted_by=by.id,
            **values,
        )
        _insert(order, appeal)
        Seat.objects.create(order=order, unit=centre(), role="centre", opened=at)
        if appeal.accused:
            Seat.objects.create(order=order, unit=appeal.accused, role="accused", opened=at)
        journal.append(
            order.chain,
            "order.drafted",
            by=by,
            data=_facts(order),
            words={name: getattr(order, name) for name in WORDS if getattr(order, name)},
        )
    return order


def register(order: Order, *, by: Actor) -> Order:
    """The appeal has its number from here on; whether it is accepted is another question."""
    with advance(order.pk, "register", by=by, given={"source": order.source_id}) as step:
        step.change(registered_at=step.at)
    return step.order


def correct(order: Order, *, by: Actor, **changes: Any) -> Order:
    """Mend fields before dispatch. Words go into the statement, codes into the facts."""
    known = {f.name for f in fields(Appeal)} - {"source", "parent", "accused"}
    if unknown := set(changes) - known:
        raise Invalid("correct.field", _("不能改:%(what)s") % {"what": "、".join(sorted(unknown))})
    with advance(order.pk, "correct", by=by) as step:
        values = {k: clean(v) if isinstance(v, str) else v for k, v in changes.items()}
        step.change(**values)
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
    if not clean(appeal.content):
        raise Invalid("content", _("正文是空的"))
    if (
        appeal.source_no
        and Order.objects.filter(source=appeal.source, source_no=appeal.source_no).exists()
    ):
        raise _known(appeal)


def _known(appeal: Appeal) -> Invalid:
    return Invalid(
        "source.known",
        _("%(source)s 的 %(source_no)s 已经登记过")
        % {"source": appeal.source, "source_no": appeal.source_no},
        source_no=appeal.source_no,
    )


def _insert(order: Order, appeal: Appeal) -> None:
    # Two who give the same number at once both find none; the constraint sees the second.
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        if "orders_source_once" in str(error):
            raise _known(appeal) from error
        raise


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
