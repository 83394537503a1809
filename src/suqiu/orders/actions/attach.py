"""Photos, recordings and words that come to an order after it was written down."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.files import actions as files
from suqiu.files import rules
from suqiu.files.models import File
from suqiu.orders.access import acts_for_centre
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.actions.requests import ask
from suqiu.orders.models import Attachment, Order
from suqiu.orders.places import Place
from suqiu.policy.queries import pack as pack_of

KINDS = {
    "appeal": gettext_noop("诉求人提供"),
    "before": gettext_noop("处置前"),
    "after": gettext_noop("处置后"),
    "evidence": gettext_noop("佐证"),
}
LONGEST = 1000


def limits_of(order: Order | None, pack_id: int) -> rules.Limits:
    """What the pack allows. `order` None: a citizen's upload before there is one."""
    spec = pack_of(order.pack_id if order else pack_id).attachments
    return rules.Limits(
        max_bytes=spec.max_mb * 1024 * 1024,
        max_files=spec.max_files if order else spec.citizen_files,
        max_pixels=spec.max_megapixels * 1_000_000,
    )


@dataclass(frozen=True)
class Taken:
    """What the phone that took a photo says: when, where, and how many seconds its clock was ahead."""

    at: dt.datetime | None = None
    place: Place | None = None
    clock_off: int | None = None


def attach(
    order: Order,
    *,
    by: Actor,
    files: Iterable[File] = (),
    kind: str = "evidence",
    words: str = "",
    public: bool = False,
    taken: Mapping[int, Taken] | None = None,
) -> Order:
    """Link received files to the order, with a word beside them. A unit gives no citizen's files.
    `taken`: by the file's id, what the phone told of it.

    Raises Invalid where there is neither file nor word, for an unknown kind, for too many files.
    """
    given, words = list(files), clean(words)
    _check(order, given, kind, words, by)
    with advance(order.pk, "attach", by=by) as step:
        own = [f for f in given if f.linked_at is None and f.received_by == by.id]
        if len(own) != len(given):  # an upload belongs to who made it, and to one order
            raise Invalid("file.foreign", _("这个附件不是您刚上传的"))
        citizen = kind == "appeal"
        there = step.order.attachments.filter(kind="appeal") if citizen else step.order.attachments
        spec = step.pack.attachments
        most = rules.Limits(max_files=spec.citizen_files if citizen else spec.max_files)
        rules.check_count(there.count(), len(given), most)
        step.data = linked(step, given, kind, public, taken or {})
        step.words = {"words": words} if words else {}
        if where := [str(one.place) for one in (taken or {}).values() if one.place]:
            step.words["where"] = "; ".join(where)
    return step.order


def _check(order: Order, given: list[File], kind: str, words: str, by: Actor) -> None:
    if kind not in KINDS or (kind == "appeal" and not acts_for_centre(by)):
        raise Invalid("attach.kind", _("附件类别不在选项内"), kind=kind)
    if not given and not words:
        raise Invalid("attach.empty", _("没有附件，也没有说明"))
    if len(words) > LONGEST:
        raise Invalid("attach.long", _("说明最多 %d 字") % LONGEST)


def linked(
    step: Step, given: list[File], kind: str, public: bool, taken: Mapping[int, Taken]
) -> dict[str, object]:
    """The rows, and the fact of them: hashes and codes; where a photo was taken is no fact for all."""
    unit = None if acts_for_centre(step.by) else step.own_seat().unit_id
    told = [taken.get(file.pk, Taken()) for file in given]
    rows = [
        Attachment.objects.create(
            order=step.order, file=file, kind=kind, round=step.order.round, unit_id=unit,
            by=step.by.id, at=step.at, public=public, taken_at=said.at, clock_off=said.clock_off,
            taken_lon=said.place and said.place.lon, taken_lat=said.place and said.place.lat,
        )
        for file, said in zip(given, told, strict=True)
    ]  # fmt: skip
    files.link(given, by=step.by)
    return {
        "kind": kind,
        "attachments": [row.pk for row in rows],
        "sha256": [file.sha256 for file in given],
        "captured": [f.captured_at.isoformat() if f.captured_at else None for f in given],
        "taken": [said.at.isoformat() if said.at else None for said in told],
        "clock_off": [said.clock_off for said in told],
        "public": public,
        "unit": unit,
    }


def release_files(order: Order, *, by: Actor, note: str = "") -> Order:
    """The centre has looked: what the citizen of a secret order handed in tells nobody who he is."""
    with advance(order.pk, "release_files", by=by) as step:
        rows = step.order.attachments.filter(unit=None, released=False)
        step.data = {"attachments": sorted(rows.values_list("pk", flat=True))}
        step.words = {"note": clean(note)} if note else {}
        rows.update(released=True)
    return step.order


def ask_withdraw(order: Order, *, reason: str, by: Actor) -> Order:
    """The citizen would rather not go on; a dispatcher makes sure of it and withdraws."""
    with advance(order.pk, "ask_withdraw", by=by, given={"reason": reason}) as step:
        ask(step, "withdraw", step.centre_seat(), clean(reason)[:LONGEST], reason_code="citizen")
    return step.order
