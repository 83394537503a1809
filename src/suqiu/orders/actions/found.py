"""An order of what one of the house's own found in the street, and not of what a citizen said."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid
from suqiu.files.models import File
from suqiu.files.rules import Limits, check_count
from suqiu.orders.actions import attach
from suqiu.orders.actions.advance import advance
from suqiu.orders.actions.draft import Appeal, take_down
from suqiu.orders.models import Hand, Order

HOUSE = system("found")


def take_found(
    appeal: Appeal,
    *,
    witnesses: Iterable[str],
    files: Iterable[File] = (),
    taken: Mapping[int, attach.Taken] | None = None,
    by: Actor,
) -> Order:
    """Register it in its finder's name. The caller has judged that he may: whoever goes to look may
    hand in what he sees, whatever his post.

    `witnesses`: all who were there. They have a hand in the order and so never verify it. The files are
    those that `by` uploaded, kept as the state before anything was done. Raises Invalid for others'.
    """
    given = list(files)
    with transaction.atomic():
        order = take_down(appeal, by=by, post=HOUSE)
        hands = sorted({by.id, *witnesses})
        Hand.objects.bulk_create(Hand(order=order, actor=actor) for actor in hands)
        if given:
            _attach(order, given, taken or {}, by)
    return order


def _attach(order: Order, given: list[File], taken: Mapping[int, attach.Taken], by: Actor) -> None:
    with advance(order.pk, "attach", by=HOUSE) as step:
        if any(f.linked_at is not None or f.received_by != by.id for f in given):
            raise Invalid("file.foreign", _("这个附件不是您刚上传的"))
        check_count(0, len(given), Limits(max_files=step.pack.attachments.max_files))
        step.data = attach.linked(step, given, "before", False, taken)
        step.by = by  # judged as the house's own hand, told and kept as his who took them
        order.attachments.update(by=by.id)
        if where := [str(one.place) for one in taken.values() if one.place]:
            step.words = {"where": "; ".join(where)}
