"""The meeting itself and its minutes: who came, what was said, studied and decided."""

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.orders.actions import clocks
from suqiu.orders.queries import locked
from suqiu.organisations.models import Unit
from suqiu.supervision.meetings.access import OF_UNITS
from suqiu.supervision.meetings.actions.advance import Step, advance
from suqiu.supervision.meetings.models import (
    Decision,
    Item,
    Meeting,
    Obligation,
    Proposal,
    Saying,
    Study,
)
from suqiu.supervision.meetings.states import OUTCOMES

CLOCK = gettext_noop("决定落实")


def hold(meeting: Meeting, *, came: Collection[int], by: Actor) -> Meeting:
    """It begins: `came` are the ids of the units that are there."""
    with advance(meeting, "hold", by=by) as step:
        step.row.held_at = step.at
        for party in step.row.parties.all():
            party.came = party.unit_id in came
            party.save(update_fields=["came"])
        step.data["came"] = sorted(came)
    return step.row


def say(item: Item, *, unit: Unit, words: str, by: Actor) -> Saying:
    """What one party said on one point, as it said it."""
    with advance(item.meeting, "say", by=by, words=words) as step:
        row = Saying.objects.create(
            item=item, unit=unit, words=clean(words), at=step.at, by=by.id
        )  # fmt: skip
        step.data |= {"item": item.pk, "saying": row.pk}
        step.unit = unit.pk
        step.say(words=words)
    return row


def study(
    item: Item, *, causes: str, measures: str, outcome: str,
    review_on: dt.date | None = None, by: Actor,
) -> Study:  # fmt: skip
    """Causes, countermeasures and outcome of a difficult order; the order's own journal tells it too.

    Raises Invalid where the point is about no order, and where a hold names no day of review.
    """
    with advance(item.meeting, "study", by=by, causes=causes, measures=measures) as step:
        if item.order_id is None:
            raise Invalid("meeting.order", _("这一项没有工单，不用研讨结论"), field="item")
        if outcome not in OUTCOMES:
            raise Invalid("meeting.outcome", _("选研讨结论"), field="outcome")
        if outcome == "hold" and review_on is None:
            raise Invalid("meeting.review", _("暂缓的写明哪天复看"), field="review_on")
        row, _new = Study.objects.update_or_create(
            item=item,
            defaults={
                "causes": clean(causes), "measures": clean(measures), "outcome": outcome,
                "review_on": review_on, "at": step.at, "by": by.id,
            },
        )  # fmt: skip
        step.data |= {"item": item.pk, "outcome": outcome}
        step.say(causes=causes, measures=measures)
        order = locked(item.order_id)  # one pen on an order's chain
        told = {"meeting": step.row.number, "outcome": outcome}
        step.told.append(journal.Fact(order.chain, "meeting.studied", told))
    return row


def decide(item: Item, *, words: str, owner: Unit, until: dt.date, by: Actor) -> Decision:
    """Who does what by which day. Its clock runs to the end of that day."""
    with advance(item.meeting, "decide", by=by, words=words) as step:
        if until < clock.local(step.at).date():
            raise Invalid("meeting.until", _("期限已经过了"), field="until")
        row = Decision.objects.create(
            meeting=step.row, item=item, words=clean(words)[:300], owner=owner, until=until
        )
        Obligation.objects.create(
            decision=row, code="decision", name=CLOCK, round=1, **clocks.until(step.at, until)
        )
        step.data |= {"item": item.pk, "decision": row.pk, "until": until.isoformat()}
        step.unit = owner.pk
        step.say(words=words)
    return row


def recommend(item: Item, *, why: str, by: Actor) -> Proposal:
    """For the case library: an experience that was presented, or an order that was studied."""
    with advance(item.meeting, "recommend", by=by, why=why) as step:
        if item.kind != "experience" and not Study.objects.filter(item=item).exists():
            raise Invalid("meeting.case", _("荐的是讲过的经验，或研讨过的疑难件"), field="item")
        if Proposal.objects.filter(item=item).exists():
            raise Invalid("meeting.case", _("这一项已荐过"), field="item")
        row = Proposal.objects.create(
            item=item, title=item.title, why=clean(why), at=step.at, by=by.id
        )
        step.data |= {"item": item.pk, "proposal": row.pk}
        step.say(why=why)
    return row


def minute(meeting: Meeting, *, words: str, by: Actor) -> Meeting:
    """The minutes, as often as need be until they go out."""
    with advance(meeting, "minute", by=by, words=words) as step:
        step.row.minutes, step.row.minuted_by = clean(words), by.id
        step.say(words=words)
    return step.row


def circulate(meeting: Meeting, *, by: Actor) -> Meeting:
    """A leader lets the minutes go to all parties."""
    with advance(meeting, "circulate", by=by) as step:
        if not step.row.minutes:
            raise Invalid("meeting.minutes", _("先写纪要"))
        step.row.circulated_at = step.at
    return step.row


def acknowledge(meeting: Meeting, *, by: Actor) -> None:
    """A party has read the minutes; once for each of its units that this person stands for."""
    with advance(meeting, "acknowledge", by=by) as step:
        rows = step.row.parties.filter(unit__in=by.units_as(*OF_UNITS), acknowledged_at=None)
        step.data["units"] = sorted(rows.values_list("unit", flat=True))
        if not step.data["units"]:
            raise Invalid("meeting.read", _("贵单位已签收"))
        rows.update(acknowledged_at=step.at, acknowledged_by=by.id)


def _settle(step: Step, outcome: str) -> None:
    Obligation.objects.filter(decision=step.about).update(ended=step.at, outcome=outcome)


def fulfil(decision: Decision, *, words: str, by: Actor) -> None:
    """The owner reports how it was done."""
    with advance(decision.meeting, "fulfil", by=by, about=decision, words=words) as step:
        row: Decision = step.about
        row.reported_at, row.reported_by, row.report = step.at, by.id, clean(words)
        row.save(update_fields=["reported_at", "reported_by", "report"])
        step.data["decision"] = row.pk
        step.unit = row.owner_id
        step.say(words=words)


def confirm(decision: Decision, *, by: Actor) -> None:
    """Another found it done. It was in time if it was reported in time."""
    with advance(decision.meeting, "confirm", by=by, about=decision) as step:
        row: Decision = step.about
        row.confirmed_at, row.confirmed_by = step.at, by.id
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        reported = row.reported_at or step.at
        late = clock.local(reported).date() > row.until
        _settle(step, "late" if late else "met")
        step.data |= {"decision": row.pk, "late": late}
        step.unit = row.owner_id


def refuse(decision: Decision, *, reason: str, by: Actor) -> None:
    """It is not done: the owner reports again, and the day stays."""
    with advance(decision.meeting, "refuse", by=by, about=decision, reason=reason) as step:
        row: Decision = step.about
        row.reported_at, row.reported_by = None, ""
        row.save(update_fields=["reported_at", "reported_by"])
        step.data["decision"] = row.pk
        step.unit = row.owner_id
        step.say(reason=reason)
