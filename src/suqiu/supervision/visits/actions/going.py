"""On the way: what was seen, what was found, what was promised; and the end of it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from suqiu.appellants.actions import take_in
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, WrongState
from suqiu.catalogue.models import Category
from suqiu.catalogue.queries import source_of
from suqiu.files.models import File
from suqiu.orders.actions import clocks
from suqiu.orders.actions.attach import Taken
from suqiu.orders.actions.draft import Appeal
from suqiu.orders.actions.forget import GONE
from suqiu.orders.actions.found import take_found
from suqiu.orders.actions.picturing import keep
from suqiu.orders.models import Order
from suqiu.orders.places import Place, metres
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force
from suqiu.policy.queries import pack as pack_of
from suqiu.supervision.visits.actions.advance import Step, advance, kept
from suqiu.supervision.visits.models import (
    Commitment,
    Met,
    Obligation,
    Photo,
    Problem,
    Stop,
    Visit,
)
from suqiu.supervision.visits.rules import met_kinds

CLOCK = gettext_noop("承诺兑现")


@dataclass(frozen=True)
class Told:
    """What was found, as its finder says it; `here`: where he stood."""

    title: str
    content: str
    address: str
    category: Category | None
    here: Place | None


def log(
    stop: Stop,
    *,
    seen: str,
    met: Collection[str] = (),
    photos: Iterable[File] = (),
    taken: Mapping[int, Taken] | None = None,
    here: Place | None = None,
    made_at: dt.datetime | None = None,
    clock_off: int | None = None,
    by: Actor,
) -> Stop:
    """Somebody was there: what was seen, whom one met, by kind. It counts from the moment at which it
    is written down here; what the telephone says of when and where stands beside it.

    Raises WrongState for a stop that is done, or before the visit's day; Invalid for an unknown kind.
    """
    with advance(stop.visit, "log", by=by, seen=seen) as step:
        row = _open(step, stop)
        if clock.local(step.at).date() < step.row.day:
            raise WrongState("visit.early", _("还没有到走访的日子"))
        if unknown := set(met) - set(met_kinds()):
            raise Invalid("visit.met", _("没有这一类人"), field="met", kind=min(unknown))
        row.arrived_at, row.logged_by, row.seen = step.at, by.id, kept(seen)
        row.away, row.made_at, row.clock_off = _away(row, here), made_at, clock_off
        row.save()
        Met.objects.bulk_create(Met(stop=row, kind=kind) for kind in sorted(set(met)))
        step.data |= {
            "met": sorted(set(met)), "away": row.away, "clock_off": clock_off,
            "made_at": made_at.isoformat() if made_at else None,
            **keep(Photo, (photos, taken or {}), at=step.at, place=_middle(row), by=by, stop=row),
        }  # fmt: skip
        step.say(seen=seen, where=str(here) if here else "")
    return row


def skip(stop: Stop, *, reason: str, by: Actor) -> Stop:
    """Nobody goes there this time: it does not count as visited."""
    with advance(stop.visit, "skip", by=by, reason=reason) as step:
        row = _open(step, stop)
        row.skipped_at, row.reason = step.at, kept(reason)[:300]
        row.save(update_fields=["skipped_at", "reason"])
        step.say(reason=reason)
    return row


def find(
    stop: Stop,
    *,
    content: str,
    address: str,
    title: str = "",
    category: Category | None = None,
    photos: Iterable[File] = (),
    taken: Mapping[int, Taken] | None = None,
    here: Place | None = None,
    by: Actor,
) -> Order:
    """A problem becomes an order, registered in the finder's name; none of those who are on this visit
    will ever verify it. Raises WrongState before the stop is logged."""
    with advance(stop.visit, "find", by=by, content=content, address=address) as step:
        row = _logged(step, stop)
        told = Told(kept(title), kept(content), kept(address), category or row.category, here)
        said = _appeal(row, told, step)
        people = step.row.visitors.values_list("actor", flat=True)
        order = take_found(said, witnesses=people, files=photos, taken=taken, by=by)
        Problem.objects.create(stop=row, order=order, at=step.at, by=by.id)
        step.data["order"] = order.pk
        back = {"visit": step.row.number, "stop": row.pk}
        step.told.append(journal.Fact(order.chain, "visit.found", back))
    return order


def _appeal(row: Stop, told: Told, step: Step) -> Appeal:
    pack, leaf, street = pack_of(in_force().pk), told.category, row.street
    source = source_of(pack.visits.source)
    if source is None:
        raise Invalid("visit.source", _("来源里没有“走访发现”，请先在来源表里加上"))
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is said as the house says it
        wish = _("走访发现，请核实处置")
        title = told.title or _("走访发现：%s") % f"{street.name}{leaf.name if leaf else ''}"
    return Appeal(
        source=source, title=title[: pack.lengths["title"][1]], content=told.content,
        address=told.address, demand=wish, occurred_at=step.at, category=leaf,
        urgency=leaf.urgency if leaf else "一般", region=street.region, street=street,
        lon=told.here.lon if told.here else None, lat=told.here.lat if told.here else None,
        appellant=take_in(anonymous=True, by=step.by),  # nobody is to be called about it
    )  # fmt: skip


def promise(stop: Stop, *, owner: Unit, words: str, until: dt.date, by: Actor) -> Commitment:
    """What a unit said on the spot that it would do by a day. Its clock runs to the end of that day."""
    with advance(stop.visit, "promise", by=by, words=words) as step:
        row = _logged(step, stop)
        if until < clock.local(step.at).date():
            raise Invalid("visit.until", _("期限已经过了"), field="until")
        made = Commitment.objects.create(
            stop=row, owner=owner, words=kept(words)[:300], until=until, at=step.at, by=by.id
        )
        Obligation.objects.create(
            commitment=made, code="commitment", name=CLOCK, round=1,
            **clocks.until(step.at, until),
        )  # fmt: skip
        step.data |= {"commitment": made.pk, "owner": owner.pk, "until": until.isoformat()}
        step.say(words=words)
    return made


def settle(commitment: Commitment, *, kept_it: bool, note: str = "", by: Actor) -> None:
    """Another than the unit that promised has looked whether it was done. Nobody reports the day on
    which it was: whoever kept the word is not late because the look came later."""
    visit = commitment.stop.visit
    with advance(visit, "settle", by=by, about=commitment) as step:
        row: Commitment = step.about
        _stop(step, row.stop)
        said = "" if row.words == GONE else note  # what was erased gets no words again
        row.kept, row.note = kept_it, kept(said)[:300]
        row.settled_at, row.settled_by = step.at, by.id
        row.save(update_fields=["kept", "note", "settled_at", "settled_by"])
        outcome = "met" if kept_it else "late"
        clock_of = Obligation.objects.filter(commitment=row, outcome="open")
        clock_of.update(ended=step.at, outcome=outcome, late=not kept_it)
        step.data |= {"commitment": row.pk, "kept": kept_it}
        step.say(note=said)


def close(visit: Visit, *, summary: str, by: Actor) -> Visit:
    """It is over: each stop is logged or says why not, and one at least was gone to."""
    with advance(visit, "close", by=by, summary=summary) as step:
        rows = step.row.stops
        if rows.filter(arrived_at=None, skipped_at=None).exists():
            raise Invalid("visit.left", _("还有没记的站：到了的记下，没去的写明原因"))
        if not rows.exclude(arrived_at=None).exists():
            raise Invalid("visit.nowhere", _("一站都没有去，请取消这次走访"))
        step.row.summary, step.row.ended_at = kept(summary), step.at
        step.say(summary=summary)
    return step.row


def _stop(step: Step, stop: Stop) -> Stop:
    """The stop as it stands under the lock; what is told is told of it. Raises Missing."""
    found = step.row.stops.select_related("street__region", "category").filter(pk=stop.pk)
    row = found.first()
    if row is None:
        raise Missing("missing", _("没有这次走访，或不归您看"))
    step.data |= {"stop": row.pk, "street": row.street_id}
    step.unit = row.street_id
    return row


def _open(step: Step, stop: Stop) -> Stop:
    row = _stop(step, stop)
    if row.arrived_at or row.skipped_at:
        raise WrongState("visit.done", _("这一站已经记过，或已写明不去"))
    return row


def _logged(step: Step, stop: Stop) -> Stop:
    row = _stop(step, stop)
    if row.arrived_at is None:
        raise WrongState("visit.unlogged", _("先记这一站"))
    return row


def _away(row: Stop, here: Place | None) -> int | None:
    """Metres from the middle of the street's orders."""
    middle = _middle(row)
    return round(metres(here, middle)) if here and middle else None


def _middle(row: Stop) -> Place | None:
    return Place(row.lon, row.lat) if row.lon is not None and row.lat is not None else None
