"""From orders to what a machine reads. Identities are masked, and black bars stand where a text
names one; what someone outside may not know is left out here, by the rules of orders."""

from typing import Any

from suqiu.audit import queries as audit
from suqiu.audit.models import Entry
from suqiu.base.actors import Actor
from suqiu.base.text import without_identities
from suqiu.orders.access import clocks_shown, is_secret, may_read, state_shown
from suqiu.orders.models import Attachment, Obligation, Order
from suqiu.orders.queries import menu, obligations, visible_to

# Facts of an entry that a machine may read: codes and moments, no ids of rows or of people.
FACTS = (
    "from", "to", "round", "result", "fact", "reached", "way", "days", "until", "urgency",
    "door", "code", "due", "leg", "ruling", "reason", "false_report", "satisfaction", "solved",
)  # fmt: skip
# What staff wrote; the citizen's own words stand in the appeal, where secrecy is kept.
SAID = ("words", "reason", "note", "answer", "told", "basis", "wants", "advice")


def brief(order: Order, by: Actor) -> dict[str, Any]:
    """One line of a list."""
    secret = is_secret(order, by)
    return {
        "number": order.number,
        "state": state_shown(order.state, by),
        "title": "" if secret else without_identities(order.title),
        "kind": order.kind,
        "urgency": order.urgency,
        "source": order.source_id,
        "source_no": order.source_no,
        "category": order.category_id,
        "region": order.region_id,
        "street": order.street.code if order.street else None,
        "confidential": order.confidential,
        "round": order.round,
        "drafted_at": order.drafted_at,
        "ended_at": order.ended_at,
    }


def whole(order: Order, by: Actor) -> dict[str, Any]:
    """One order as this client may read it; a secret one by its paraphrase."""
    secret = is_secret(order, by)
    words = {
        name: "" if secret else without_identities(getattr(order, name))
        for name in ("demand", "address", "frequency")
    }
    lead = order.seats.filter(role="lead", closed=None).select_related("unit").first()
    return {
        **brief(order, by),
        "content": without_identities(order.paraphrase if secret else order.content),
        **words,
        "lon": None if secret else order.lon,
        "lat": None if secret else order.lat,
        "occurred_at": order.occurred_at,
        "citizen": _citizen(order, secret),
        "lead": lead.unit.code if lead else None,
        "flags": _flags(order),
        "urged": order.urged,
        "returns": order.returns,
        "held_until": order.held_until,
        "parent": _number_of_parent(order, by),
        "registered_at": order.registered_at,
        "accepted_at": order.accepted_at,
        "dispatched_at": order.dispatched_at,
        "promised_at": order.promised_at,
        "result": order.result,
        "pack": f"{order.pack.code}:{order.pack.version}",
    }


def _citizen(order: Order, secret: bool) -> dict[str, Any] | None:
    who = order.appellant
    if who is None or secret:
        return None
    return {
        "name": who.masked_name,
        "phone": who.masked_phone,
        "anonymous": who.anonymous,
        "wants_callback": who.wants_callback,
    }


def _flags(order: Order) -> list[str]:
    marks = ("conduct", "repeat", "difficult", "supervised", "false_report", "confidential")
    return [name for name in marks if getattr(order, name)]


def _number_of_parent(order: Order, by: Actor) -> str | None:
    """Who may not see the order that this one comes of learns nothing of it, not even its number."""
    if order.parent_id is None:
        return None
    return visible_to(by).filter(pk=order.parent_id).values_list("number", flat=True).first()


def steps(order: Order, by: Actor) -> list[dict[str, Any]]:
    """What may be done now, and why the rest may not."""
    return [
        {
            "verb": verb.name,
            "label": str(verb.label),
            "why": str(verb.why),
            "allowed": bool(answer),
            "code": getattr(answer, "code", ""),
            "reason": getattr(answer, "reason", ""),
        }
        for verb, answer in menu(order, by)
    ]


def timeline(order: Order, by: Actor) -> list[dict[str, Any]]:
    """Oldest first. Who did it is told by kind only: people's names are the house's own."""
    rows = [e for e in audit.chain(order.chain) if may_read(e, order, by)]
    return [
        {
            "at": e.at,
            "kind": e.kind,
            "by": e.actor.partition(":")[0],
            "facts": _facts(e, by),
            "words": _words(e, order, by),
        }
        for e in rows
    ]


def _facts(entry: Entry, by: Actor) -> dict[str, Any]:
    told = {name: entry.data[name] for name in FACTS if entry.data.get(name) is not None}
    for end in ("from", "to"):
        if end in told:
            told[end] = state_shown(str(told[end]), by)
    return told


def _words(entry: Entry, order: Order, by: Actor) -> dict[str, str]:
    statement = getattr(entry, "statement", None)
    words = statement.words if statement is not None else None
    own = entry.unit in by.units or entry.actor == by.id
    if not words or (is_secret(order, by) and not own):
        return {}
    return {name: without_identities(words[name]) for name in SAID if words.get(name)}


def clocks(order: Order, by: Actor) -> list[dict[str, Any]]:
    return [_clock(row) for row in clocks_shown(obligations(order), by)]


def _clock(row: Obligation) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "unit": row.seat.unit.code,
        "round": row.round,
        "limit": f"{row.limit_n.normalize():f} {row.limit_unit}",
        "started": row.started,
        "due_original": row.due_original,
        "due": row.due,
        "provisional": row.provisional,
        "paused_since": row.paused_since,
        "ended": row.ended,
        "outcome": row.outcome,
        "late": row.late,
    }


def file(row: Attachment) -> dict[str, Any]:
    """One file of an order and what may be asked for; `sha256` is the original's, as evidence."""
    kept = row.file
    return {
        "id": row.pk,
        "kind": row.kind,
        "round": row.round,
        "unit": row.unit.code if row.unit else None,
        "at": row.at,
        "public": row.public,
        "name": without_identities(kept.name),
        "mime": kept.mime,
        "size": kept.size,
        "sha256": kept.sha256,
        "captured_at": kept.captured_at,
        "forms": ["copy", "thumb", "original"] if kept.is_image else ["original"],
    }
