"""Orders that belong together: merged into one that leads, and split from one call."""

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.base.text import clean
from suqiu.catalogue.models import Category
from suqiu.orders import situations
from suqiu.orders.access import sees
from suqiu.orders.actions.advance import Step, advance
from suqiu.orders.actions.draft import take_from
from suqiu.orders.locks import family, hold_family
from suqiu.orders.models import Order, Request
from suqiu.orders.states import ENDS, State
from suqiu.organisations.queries import centre

# An order in one of these leads no other: it is not begun, or at the citizen's answer already.
LEADS_NONE = ENDS | {State.DRAFT, State.CALLBACK, State.SECOND_CHECK}


def merge(order: Order, *, master: Order, reason: str, by: Actor) -> Order:
    """The order goes into `master`, which leads both; its citizen is told with the master's.

    Raises Invalid where the master is the order itself, not open, merged itself, at the verification
    already, or led by a unit that this order accuses.
    """
    given = {"master": master.pk, "reason": reason}
    with transaction.atomic():
        hold_family(order.pk, master.pk)
        with advance(order.pk, "merge", by=by, given=given) as step:
            lead = Order.objects.get(pk=master.pk)
            _check(step, lead)
            step.change(master=lead, result="merged", held_until=None)
            step.data = {"master": lead.pk}
            step.words = {"reason": clean(reason)}
            step.close_seats()
            Request.objects.filter(order=step.order, ruled_at=None).update(
                ruled_by=by.id, ruled_at=step.at, ruling="refused", note=_("已并单，随之作废")
            )
        journal.append(lead.chain, "order.master_of", by=by, data={"child": order.pk})
    return step.order


def _check(step: Step, lead: Order) -> None:
    it, _seats = situations.of(lead, content=False)
    if lead.pk == step.order.pk or lead.state in LEADS_NONE or not sees(step.by, it):
        raise Invalid("merge.master", _("主单须是另一件还在办、还没有到核实的单子"), master=lead.pk)
    sitting = {unit for unit, role, is_open in it.seats if is_open and role != "accused"}
    if step.situation.accused & sitting:
        raise Invalid("merge.accused", _("主单由这件的被诉单位经手，不能并"), master=lead.pk)


def unmerge(order: Order, *, reason: str, by: Actor) -> Order:
    """Merged by mistake: it goes on by itself. Its unit has lost the seat, so that what was accepted
    is dispatched anew."""
    given = {"reason": reason}
    with family(order.pk), advance(order.pk, "unmerge", by=by, given=given) as step:
        lead = step.order.master
        step.change(master=None, result="", ended_at=None)
        step.to = State.ACCEPTED if step.order.accepted_at else State.REGISTERED
        step.open_seat(centre(), "centre")
        step.data = {"master": lead.pk if lead else None}
        step.words = {"reason": clean(reason)}
    return step.order


def tell_merged(step: Step) -> None:
    """The master's citizen was told: each merged order has it on its own chain, so that its citizen
    gets the same result by its own number. Whoever calls holds them already (`hold_family`)."""
    rows = list(Order.objects.filter(master=step.order).order_by("pk"))
    if not rows:
        return
    done = step.order.disposals.filter(round=step.order.round, sent_back_at=None).last()
    for child in rows:
        journal.append(
            child.chain,
            "order.master_replied",
            by=step.by,
            data={"result": done.result if done else "", "unit": step.data.get("unit")},
        )


def split(
    order: Order,
    *,
    title: str,
    content: str,
    by: Actor,
    demand: str = "",
    category: Category | None = None,
    address: str = "",
    paraphrase: str = "",
) -> Order:
    """One more demand of the same call gets an order of its own, linked by `parent`. What is not given
    is the first one's. Returns the new order. A confidential one needs a paraphrase of its own."""
    given = {"title": title, "content": content}
    with advance(order.pk, "split", by=by, given=given) as step:
        old = step.order
        if old.confidential and not paraphrase.strip():
            raise Invalid("split.paraphrase", _("保密件拆出的单子也要写转述"), field="paraphrase")
        return take_from(
            step,
            title=title,
            content=content,
            demand=demand,
            category=category or old.category,
            address=address or old.address,
            # Another address is another point, and nobody has said which.
            lon=None if address else old.lon,
            lat=None if address else old.lat,
            paraphrase=paraphrase,
            by=by,
        )
