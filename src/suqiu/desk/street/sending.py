"""One thing that was done on the street, done here: once, whenever and however often it arrives."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.bounds import key_in
from suqiu.base.errors import Invalid, Missing, Refused
from suqiu.desk import uploads
from suqiu.desk.recheck_forms import Look
from suqiu.desk.spoken import wrong
from suqiu.desk.street import cases, tasks, walks
from suqiu.desk.views.inspection_forms import answers
from suqiu.desk.views.verb_forms import VERB_FORMS
from suqiu.files.models import File
from suqiu.intake import actions as receipts
from suqiu.intake.queries import answered
from suqiu.orders.actions import attach
from suqiu.orders.actions.attach import Taken, limits_of
from suqiu.orders.models import Order
from suqiu.orders.places import Place, place
from suqiu.orders.queries import get_for, locked
from suqiu.policy.queries import in_force
from suqiu.supervision.inspections import actions as inspecting
from suqiu.supervision.inspections import queries as inspections
from suqiu.supervision.inspections.models import Inspection, Item
from suqiu.supervision.inspections.rules import Checklist
from suqiu.supervision.rechecks import actions as rechecking
from suqiu.supervision.rechecks import queries as rechecks
from suqiu.supervision.visits import queries as visits

PHOTOS = ("before", "after", "evidence", "photos")
LATE = dt.timedelta(minutes=2)
Said = dict[str, Any]


@dataclass(frozen=True)
class Deed:
    """What the phone sends: what was done to which task, what it knew of it, and from where."""

    key: str
    task: str
    name: str
    seen: str
    made_at: dt.datetime
    clock_off: int | None
    here: Place | None
    told: QueryDict
    files: MultiValueDict[str, UploadedFile[Any]]
    shots: list[Said]

    @property
    def body(self) -> str:
        return f"{self.task} {self.name}"


def read(told: QueryDict, files: MultiValueDict[str, UploadedFile[Any]]) -> Deed:
    """Raises Invalid for what no phone of ours sends."""
    key = told.get("key", "")[:60]
    if not key:
        raise Invalid("street.key", _("缺少这一条的编号，请更新网页后再传"))
    try:
        off = told.get("clock_off", "")
        shots = json.loads(told.get("shots") or "[]")
        point = place(*(float(str(told[n])) if told.get(n) else None for n in ("lon", "lat")))
        return Deed(
            key=key, task=told.get("task", ""), name=told.get("deed", ""),
            seen=told.get("seen", ""), made_at=_moment(told.get("made_at", "")),
            clock_off=int(off) if off else None, here=point, told=told, files=files,
            shots=[s for s in shots if isinstance(s, dict)],
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        raise Invalid("street.form", _("手机送来的内容读不出，请更新网页后再传")) from error


def send(deed: Deed, *, by: Actor) -> Said:
    """Do it, or give the answer of the first time. Raises Refused: nothing was done, and why."""
    before = answered(by.id, f"street:{deed.key}", deed.body)
    if before is not None:
        return before
    kind, _colon, name = deed.task.partition(":")
    if kind not in _KINDS:
        raise Missing("missing", _("没有这件事，或不再归您办"))
    do = _KINDS[kind](deed, name, by)
    answer, _new = receipts.once(by.id, f"street:{deed.key}", do, body=deed.body)
    return answer


def now(task: str, *, by: Actor) -> Said | None:
    """The task as it stands by now; None where it is no longer this person's."""
    kind, _colon, name = task.partition(":")
    try:
        return _NOW[kind](name, by) if kind in _NOW else None
    except Missing:
        return None


_NOW: dict[str, Callable[[str, Actor], Said | None]] = {
    "order": lambda name, by: tasks.order_task(get_for(by, name), by),
    "recheck": lambda name, by: tasks.recheck_task(rechecks.get_for(by, key_in(name)), by),
    "item": lambda name, by: tasks.item_task(*_item(name, by), by),
    "case": cases.one,
    walks.KIND: lambda name, by: walks.task(visits.stop_for(by, key_in(name))),
}


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at


def _on_order(deed: Deed, number: str, by: Actor) -> Callable[[], Said]:
    order = get_for(by, number, log=False)
    way = VERB_FORMS.get(deed.name) if deed.name in tasks.ON_STREET else None
    if way is None:
        raise Missing("missing", _("没有这件事，或不再归您办"))
    tasks.same(deed.seen, tasks.seen(order, by))
    form = way.form(_on_site(deed), deed.files, order=order, by=by)
    if not form.is_valid():
        raise Invalid("street.fields", _("没有填全：%s") % wrong(form))
    given = {k: v for k, v in form.cleaned_data.items() if not isinstance(v, list)}
    kept, taken = _kept(deed, order, by)  # before the transaction: bytes may go across a network

    def do() -> Said:
        tasks.same(deed.seen, tasks.seen(locked(order.pk), by))
        with transaction.atomic():
            done = _attached(deed, order, kept, taken, given, by)
            if deed.name != "attach":
                empty: dict[str, Any] = {n: [] for n in PHOTOS if n in form.fields}
                done = way.do(order, {**given, **empty}, by)
        return {"seen": tasks.seen(done, by)}

    return do


def _on_site(deed: Deed) -> QueryDict:
    """The form, with what the phone knows: where one stood, and when, if it comes late."""
    told = deed.told.copy()
    if deed.name != "be_on_site":
        return told
    made = deed.made_at - dt.timedelta(seconds=deed.clock_off or 0)
    if clock.now() - made > LATE:
        said = _("（手机 %s 记下，有网后上传）") % f"{clock.local(made):%m-%d %H:%M}"
        told["note"] = f"{told.get('note', '')}{said}"
    return told


def _kept(
    deed: Deed, order: Order | None, by: Actor
) -> tuple[dict[str, list[File]], dict[int, Taken]]:
    """The uploads by field, kept; and what the phone says of each. Raises Invalid for bytes that are
    not those that the phone hashed when it took them."""
    limits = limits_of(order, order.pack_id if order else in_force().pk)
    kept: dict[str, list[File]] = {}
    taken: dict[int, Taken] = {}
    said = {(s.get("field"), s.get("n")): s for s in deed.shots}
    for name in PHOTOS:
        given = deed.files.getlist(name)
        shots = [said.get((name, n), {}) for n in range(len(given))]
        for one, shot in zip(given, shots, strict=True):
            if shot.get("sha256") and _hash(one) != shot["sha256"]:
                raise Invalid("street.hash", _("有一张照片路上坏了，请再传一次"))
        kept[name] = uploads.receive(given, limits=limits, by=by) if given else []
        for file, shot in zip(kept[name], shots, strict=True):
            taken[file.pk] = _taken(shot, deed)
    return kept, taken


def _hash(one: UploadedFile[Any]) -> str:
    data = one.read()
    one.seek(0)
    return hashlib.sha256(data).hexdigest()


def _taken(shot: Said, deed: Deed) -> Taken:
    try:
        point = place(shot.get("lon"), shot.get("lat"))
        return Taken(_moment(str(shot.get("at"))), point, deed.clock_off)
    except (ValueError, TypeError, Refused):
        return Taken(None, None, deed.clock_off)


def _attached(
    deed: Deed,
    order: Order,
    kept: dict[str, list[File]],
    taken: dict[int, Taken],
    given: Said,
    by: Actor,
) -> Order:
    if deed.name == "attach":
        return attach.attach(
            order,
            files=kept["photos"],
            kind=given["kind"],
            words=given["words"],
            taken=taken,
            by=by,
        )
    for name, files in kept.items():
        if files:
            kind = name if name in attach.KINDS else "evidence"
            told = {f.pk: taken[f.pk] for f in files}
            order = attach.attach(order, files=files, kind=kind, taken=told, by=by)
    return order


def _on_recheck(deed: Deed, name: str, by: Actor) -> Callable[[], Said]:
    row = rechecks.get_for(by, key_in(name))
    form = Look(deed.told, deed.files)
    if not form.is_valid():
        raise Invalid("street.fields", _("没有填全：%s") % wrong(form))
    back, words = form.cleaned_data["back"] == "yes", form.cleaned_data["words"]
    kept, taken = _kept(deed, row.order, by)
    shots = (kept["photos"], taken)

    def do() -> Said:
        rechecking.look(row.pk, back=back, words=words, by=by, shots=shots)
        return {"seen": "done"}

    return do


def _item(name: str, by: Actor) -> tuple[Inspection, Item]:
    """The check that "number:id" names. Raises Missing."""
    number, _colon, pk = name.partition(":")
    row = inspections.get_for(by, number)
    item = inspections.to_check(row).filter(pk=key_in(pk)).first()
    if item is None:
        raise Missing("missing", _("没有这件事，或不再归您办"))
    return row, item


def _on_item(deed: Deed, name: str, by: Actor) -> Callable[[], Said]:
    row, item = _item(name, by)
    told = deed.told

    def do() -> Said:
        if deed.name == "survey":
            inspecting.survey(row, item, level=told.get("level", ""), by=by)
        else:
            excused = told.get("excused", "")
            found = {} if excused else answers(Checklist.model_validate(row.checklist), told)
            words = told.get("words", "")
            inspecting.check(row, item, answers=found, excused=excused, words=words, by=by)
        return {"seen": ""}

    return do


def _on_stop(deed: Deed, name: str, by: Actor) -> Callable[[], Said]:
    """What was seen or found at a stop of a visit, with where and when by the phone."""
    row = visits.stop_for(by, key_in(name))
    if deed.name not in walks.DEEDS:
        raise Missing("missing", _("没有这件事，或不再归您办"))
    form = walks.DEEDS[deed.name](deed.told, deed.files)
    if not form.is_valid():
        raise Invalid("street.fields", _("没有填全：%s") % wrong(form))
    kept, taken = _kept(deed, None, by)
    told = {**form.cleaned_data, "photos": kept["photos"], "taken": taken, "here": deed.here}
    when = {"made_at": deed.made_at, "clock_off": deed.clock_off}

    def do() -> Said:
        walks.do(deed.name, row, told, when, by)
        return {"seen": "logged"}

    return do


_KINDS: dict[str, Callable[[Deed, str, Actor], Callable[[], Said]]] = {
    "order": _on_order,
    "recheck": _on_recheck,
    "item": _on_item,
    "case": lambda deed, name, by: cases.doing(deed, name, by, _kept),
    walks.KIND: _on_stop,
}
