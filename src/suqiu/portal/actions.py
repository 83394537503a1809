"""What the public pages write: each through the actions of the packages below, as "portal"."""

import datetime as dt
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from suqiu.appellants.actions import take_in
from suqiu.appellants.rules import phone_hash
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, Refused
from suqiu.catalogue.models import Category, Source
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.intake import codes
from suqiu.intake.actions import issue_code, once
from suqiu.intake.queries import key_of, source_of
from suqiu.intake.rules import titled
from suqiu.orders.actions import attach, reopen
from suqiu.orders.actions.draft import Appeal, take_down
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit
from suqiu.policy.queries import in_force, pack
from suqiu.portal.models import Knock

BY = system("portal")
SOURCE, CLIENT = "WEB", "portal"
WINDOW = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=1)


class TooMany(Refused):
    """Asked too often: later, or by telephone."""

    status = 429


@dataclass(frozen=True)
class Told:
    """What a citizen wrote down on the web."""

    content: str
    demand: str = ""
    region: Region | None = None
    street: Unit | None = None
    address: str = ""
    occurred_at: dt.datetime | None = None
    category: Category | None = None
    kind: str = "投诉"
    name: str = ""
    phone: str = ""
    anonymous: bool = False
    wants_reply: bool = True
    confidential: bool = False
    like: Order | None = None


def knock(what: str, who: str, most: int) -> None:
    """Count a try, or refuse it. Raises TooMany. Counted before anything is looked at, one after the
    other, so that tries at the same moment are counted too."""
    hidden = hmac.new(settings.SEARCH_KEY.encode(), f"{what}:{who}".encode(), "sha256").hexdigest()
    now = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [hidden])
        tries = Knock.objects.filter(what=what, who=hidden, at__gt=now - WINDOW)
        made = list(tries.order_by("-at").values_list("at", flat=True)[: max(most, 1)])
        if len(made) >= most:
            # One may try again when the oldest of the last `most` has left the window.
            wait = math.ceil(((made[-1] if made else now) + WINDOW - now).total_seconds())
            said = _("次数太多，请过一小时再试，或打电话给受理中心")
            raise TooMany("portal.often", said, retry_after=max(1, wait))
        Knock.objects.create(what=what, who=hidden, at=now)


def submit(told: Told, photos: Iterable[File], *, sent: str, net: str) -> tuple[Order, str]:
    """Register the appeal; the answer is the order and its query code. The same form sent again gets
    the same answer. Raises TooMany, or Invalid as the draft has it."""
    _check(sent)
    given, spec = list(photos), pack(in_force().pk).portal

    def do() -> dict[str, Any]:
        knock("net", net, spec.submits_per_net)
        if told.phone:
            knock("phone", phone_hash(told.phone, settings.SEARCH_KEY), spec.submits_per_phone)
        order = take_down(_placed(_appeal(told), given), by=BY)
        words = _("诉求人认为与 %s 是同一件事") % told.like.number if told.like else ""
        if given or words:
            attach.attach(order, files=given, kind="appeal", words=words, by=BY)
        issue(order, sent)
        return {"order": order.number}

    answer, _new = once(CLIENT, f"submit:{sent}", do)
    return _answered(answer, sent)


def again(order: Order, reason: str, photos: Iterable[File], *, sent: str) -> tuple[Order, str]:
    """The citizen comes again about an ended order, with his own reason: a new order, marked as a
    repeat, with a query code of its own."""
    _check(sent)
    given = list(photos)

    def do() -> dict[str, Any]:
        child = reopen.reopen(order, reason=reason, by=BY)
        if given:
            attach.attach(child, files=given, kind="appeal", by=BY)
        issue(child, sent)
        return {"order": child.number}

    answer, _new = once(CLIENT, f"reopen:{order.pk}:{sent}", do)
    return _answered(answer, sent)


def add(order: Order, words: str, photos: Iterable[File], *, sent: str) -> None:
    """A word or photos more."""
    _check(sent)
    given = list(photos)

    def do() -> dict[str, Any]:
        attach.attach(order, files=given, kind="appeal", words=words, by=BY)
        return {"order": order.number}

    once(CLIENT, f"add:{order.pk}:{sent}", do)


def ask_withdraw(order: Order, reason: str) -> None:
    attach.ask_withdraw(order, reason=reason, by=BY)


def keep(data: bytes, name: str, *, net: str) -> File:
    """Keep an upload that has no order yet."""
    knock("upload", net, pack(in_force().pk).portal.uploads_per_net)
    return files.receive(data, name=name, limits=attach.limits_of(None, in_force().pk), by=BY)


def opened(number: str, code: str, *, net: str) -> Order | None:
    """The order of this number and code; None alike for a wrong code and for no such order.

    Raises TooMany after the pack's number of tries for the number or from the network.
    """
    spec = pack(in_force().pk).portal
    knock("look", net, spec.looks_per_net)
    knock("code", number.upper()[:24], spec.looks_per_number)
    order_id = key_of(number.upper().strip(), code)
    return visible_to(BY).get(pk=order_id) if order_id else None


def issue(order: Order, sent: str) -> str:
    """Give an order that came another way its query code, for the citizen."""
    return issue_code(order, sent=sent, by=BY)


def forget_knocks() -> int:
    done, _each = Knock.objects.filter(at__lt=clock.now() - KEPT).delete()
    return done


def _check(sent: str) -> None:
    if not codes.is_sent_key(sent):
        raise Invalid("portal.form", _("这张表单不完整，请回到上一页重新打开"))


def _answered(answer: dict[str, Any], sent: str) -> tuple[Order, str]:
    order = visible_to(BY).get(number=answer["order"])
    return order, codes.code_for(settings.SECRET_KEY, sent, order.pk)


def _appeal(told: Told) -> Appeal:
    source: Source = source_of(SOURCE)
    title, content = titled("", told.content)
    who = take_in(
        name="" if told.anonymous else told.name,
        phone="" if told.anonymous else told.phone,
        anonymous=told.anonymous,
        wants_callback=told.wants_reply and not told.anonymous,
        by=BY,
    )
    return Appeal(
        source=source,
        title=title,
        content=content,
        kind=told.kind,
        demand=told.demand,
        occurred_at=told.occurred_at,
        category=told.category,
        urgency=told.category.urgency if told.category else "一般",
        region=told.region,
        street=told.street,
        address=told.address,
        appellant=who,
        confidential=told.confidential,
        paraphrase=_paraphrase(told) if told.confidential else "",
    )


def _placed(appeal: Appeal, photos: list[File]) -> Appeal:
    """At the place where the first photo was taken that knows it: it shows what it is about."""
    for photo in photos:
        if photo.captured_lon is not None and photo.captured_lat is not None:
            return replace(appeal, lon=photo.captured_lon, lat=photo.captured_lat)
    return appeal


def _paraphrase(told: Told) -> str:
    """What the unit reads of a secret appeal until the centre writes better: codes, no own words."""
    what = told.category.name if told.category else "待分类事项"
    where = told.street.name if told.street else (told.region.name if told.region else "地点待核")
    return f"反映{where}的{what}，详情由受理中心转述。"
