"""From the telephone's form to an order, in the steps that the button asked for."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.appellants.actions import take_in
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.catalogue.models import Category
from suqiu.desk import forms
from suqiu.files.models import File
from suqiu.orders import rules
from suqiu.orders.actions import accept, attach, draft
from suqiu.orders.models import Order
from suqiu.orders.states import VERBS
from suqiu.organisations.models import Region, Unit
from suqiu.policy.queries import in_force, pack
from suqiu.triage import queries as triage

FIELDS = (
    "kind",
    "phone",
    "occurred_at",
    "address",
    "street",
    "title",
    "content",
    "demand",
    "category",
    "urgency",
)


def take(given: dict[str, Any], do: str, by: Actor, request: HttpRequest, files: list[File]) -> str:
    """Write the call down, and go as far as was asked. What is registered stays registered even
    where the content rules stop acceptance: the citizen has his number."""
    with transaction.atomic():
        order = _drafted(given, by)
        if files:
            attach.attach(order, files=files, kind="appeal", by=by)
        if do != "draft":
            order = draft.register(order, by=by)
    address = reverse("desk:order", args=[order.number])
    if do == "draft":
        messages.success(request, _("草稿已存：%s") % order.number)
        return address
    messages.success(request, _("已登记，单号 %s，请告知诉求人") % order.number)
    try:
        if do == "accept":
            accept.accept(order, by=by)
        elif do == "answer":
            accept.answer(order, answer=given["answer"], by=by)
    except Refused as error:
        label = VERBS[do].label  # the message begins with it, as Denied.refusal has it
        why = error.message.removeprefix(_("%(step)s：%(why)s") % {"step": label, "why": ""})
        messages.warning(request, _("还没有%(verb)s：%(why)s") % {"verb": label, "why": why})
    return address


def _drafted(given: dict[str, Any], by: Actor) -> Order:
    who = take_in(name=given["name"], phone=given["phone"], anonymous=given["anonymous"], by=by)
    category, hidden = given["category"], given["secret"] in {"yes"}
    return draft.draft(
        draft.Appeal(
            source=given["source"],
            source_no=given["source_no"],
            kind=given["kind"],
            title=given["title"],
            content=given["content"],
            demand=given["demand"],
            occurred_at=given["occurred_at"],
            frequency=given["frequency"],
            category=category,
            urgency=given["urgency"] or (category.urgency if category else "一般"),
            region=given["region"],
            street=given["street"],
            address=given["address"],
            appellant=who,
            confidential=hidden,
            paraphrase=given["paraphrase"] if hidden else "",
            accused=given["accused"],
        ),
        by=by,
    )


def loose(sent: QueryDict) -> dict[str, Any]:
    """What can be read of a form half written; a field that makes no sense yet is empty."""
    form = forms.Register(sent)
    form.is_valid()
    given = {name: form.cleaned_data.get(name) for name in form.fields}
    given["content"] = given["content"] or sent.get("content", "")[:4000]
    return given


def found(given: dict[str, Any]) -> tuple[rules.Finding, ...]:
    """What the content rules would find in it now."""
    chosen = pack(in_force().pk)
    street: Unit | None = given["street"]
    region: Region | None = given["region"]
    occurred: dt.datetime | None = given["occurred_at"]
    return rules.findings(
        rules.Draft(
            title=given["title"] or "",
            content=given["content"] or "",
            demand=given["demand"] or "",
            address=given["address"] or "",
            kind=given["kind"] or "",
            urgency=given["urgency"] or "一般",
            has_leaf=given["category"] is not None,
            has_region=region is not None,
            street_in_region=street is None or region is None or street.region_id == region.pk,
            has_name=bool(given["name"]),
            has_phone=bool(given["phone"]),
            anonymous=bool(given["anonymous"]),
            occurred_at=occurred,
            registered_at=clock.now(),
        ),
        chosen.content,
        chosen.lengths,
    )


def advice(given: dict[str, Any], by: Actor) -> dict[str, Any]:
    """What triage suggests and what it may repeat; nothing until there are words."""
    title, content = given["title"] or "", given["content"] or ""
    if len(title + content) < 4:
        return {"advice": None, "alike": []}
    category: Category | None = given["category"]
    like = triage.Likeness(
        title=title,
        content=content,
        phone=given["phone"] or "",
        category=category,
        region=given["region"],
        street=given["street"],
        address=given["address"] or "",
    )
    return {
        "advice": triage.suggest(title, content, given["region"], given["street"]),
        "alike": triage.duplicates(like, by=by, top=3),
    }
