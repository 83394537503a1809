"""The unit's work: contact, site, interim report, disposal, its own review, the reply."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.orders.access import is_secret
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.actions.links import tell_merged
from suqiu.orders.locks import family
from suqiu.orders.models import Contact, Disposal, Feedback, Order, Seat
from suqiu.orders.places import Place, metres, place
from suqiu.orders.rules import disposal_findings

RESULTS = {
    "solved": gettext_noop("实际解决"),
    "explained": gettext_noop("解释说明"),
    "unsolved": gettext_noop("未解决"),
}
FACTS = {
    "true": gettext_noop("属实"),
    "partly": gettext_noop("部分属实"),
    "false": gettext_noop("不属实"),
}


def contact(order: Order, *, reached: bool, way: str, by: Actor, reason: str = "") -> Order:
    """One attempt to speak with the citizen. One who was not reached needs a reason (D3); after the
    pack's number of attempts the duty to contact is met with that evidence."""
    with advance(order.pk, "contact", by=by, given={"way": way}) as step:
        seat = step.own_seat()
        attempt(step, seat, reached=reached, way=way, reason=reason)
        tries = Contact.objects.filter(order=step.order, seat=seat).count()
        if reached:
            step.events.append("contacted")
        elif tries >= step.pack.contact_attempts:
            step.events.append("contact_exhausted")
        step.data = {"reached": reached, "way": way, "tries": tries, "unit": seat.unit_id}
    return step.order


def attempt(step: Step, seat: Seat, *, reached: bool, way: str, reason: str) -> None:
    """Note a try to speak with the citizen. Raises Invalid (D3) for a miss without a reason."""
    if not reached and not reason.strip():
        raise Invalid("D3", _("没有联系上的，写明原因"))
    Contact.objects.create(
        order=step.order,
        seat=seat,
        at=step.at,
        by=step.by.id,
        way=way,
        reached=reached,
        reason=clean(reason),
    )


def be_on_site(
    order: Order, *, by: Actor, note: str = "", lon: float | None = None, lat: float | None = None
) -> Order:
    """Somebody stands there. Where he stands (WGS 84 degrees) is said beside the entry, as an address
    is; the fact keeps how far off that is (`metres`), or that the order had no place and has this one
    now (`placed`). On a secret order neither: a unit could find the place by its distances."""
    here = place(lon, lat)
    with advance(order.pk, "be_on_site", by=by) as step:
        step.data = {"unit": step.own_seat().unit_id}
        step.words = {"note": clean(note)} if note else {}
        if here:
            step.words["where"] = str(here)
            _measured(step, here)
    return step.order


def _measured(step: Step, here: Place) -> None:
    if is_secret(step.order, step.by):
        return
    there = place(step.order.lon, step.order.lat)
    if there is None:
        step.change(lon=here.lon, lat=here.lat)
        step.data["placed"] = True
    else:
        step.data["metres"] = round(metres(here, there))


def report_interim(order: Order, *, words: str, by: Actor) -> Order:
    with advance(order.pk, "report_interim", by=by, given={"words": words}) as step:
        step.words = {"words": clean(words)}
    return step.order


def dispose(
    order: Order,
    *,
    result: str,
    fact: str,
    words: str,
    by: Actor,
    basis: str = "",
    on_site_at: dt.datetime | None = None,
) -> Order:
    """What was found and done. `result`: solved, explained, unsolved; `fact`: true, partly, false.

    Raises Invalid with the findings where it says nothing (D1), is dated wrongly (D2), explains
    without a basis (D4) or carries identities (N3).
    """
    if result not in RESULTS or fact not in FACTS:
        raise Invalid("dispose.choice", _("处置结果或事实认定不在选项内"), result=result, fact=fact)
    given = {"result": result, "fact": fact, "words": words}
    with advance(order.pk, "dispose", by=by, given=given) as step:
        seat = step.own_seat()
        found = disposal_findings(
            result=RESULTS[result],
            fact=FACTS[fact],
            words=words,
            basis=basis,
            sent_at=seat.opened,
            on_site_at=on_site_at,
            now=step.at,
        )
        if found:
            raise Invalid(
                found[0].rule,
                ";".join(f"{f.rule} {f.message}" for f in found),
                findings=[(f.field, f.rule, f.message) for f in found],
            )
        row = Disposal.objects.create(
            order=step.order,
            seat=seat,
            round=step.order.round,
            by=by.id,
            at=step.at,
            result=result,
            fact=fact,
            words=clean(words),
            basis=clean(basis),
            on_site_at=on_site_at,
        )
        step.data = {"disposal": row.pk, "result": result, "fact": fact, "unit": seat.unit_id}
        step.words = {"words": row.words, "basis": row.basis}
    return step.order


def pass_disposal(order: Order, *, by: Actor) -> Order:
    """The unit stands behind it: its own reviewer has read and passed it."""
    with advance(order.pk, "pass_disposal", by=by) as step:
        row = step.order.disposals.get(round=step.order.round, sent_back_at=None, passed_at=None)
        row.passed_at, row.passed_by = step.at, by.id
        row.save(update_fields=["passed_at", "passed_by"])
        step.data = {"disposal": row.pk, "unit": step.own_seat().unit_id}
    return step.order


def refuse_disposal(order: Order, *, reason: str, by: Actor) -> Order:
    """The unit's reviewer wants more; the clock of the disposal has not stopped."""
    with advance(order.pk, "refuse_disposal", by=by, given={"reason": reason}) as step:
        step.order.disposals.filter(round=step.order.round, sent_back_at=None).update(
            sent_back_at=step.at
        )
        step.words = {"reason": clean(reason)}
    return step.order


def reply(
    order: Order, *, words: str, by: Actor, reached: bool = True, citizen_said: str = ""
) -> Order:
    """Tell the citizen what was done. `citizen_said`: satisfied, dissatisfied or "" (not asked)."""
    given = {"words": words}
    with family(order.pk), advance(order.pk, "reply", by=by, given=given) as step:
        seat = step.own_seat()
        row = Feedback.objects.create(
            order=step.order,
            seat=seat,
            round=step.order.round,
            by=by.id,
            at=step.at,
            reached=reached,
            words=clean(words),
            citizen_said=citizen_said,
        )
        step.data = {
            "feedback": row.pk,
            "reached": reached,
            "said": citizen_said,
            "unit": seat.unit_id,
        }
        step.words = {"words": row.words}
        tell_merged(step)
    return step.order
