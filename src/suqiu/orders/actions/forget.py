"""Forgetting: who the citizen is and what was said leave; what was done, and when, stays.

Called under the order's lock by `retention`, which knows the periods and what is held back.
"""

from django.db.models import Q

from suqiu.appellants import actions as appellants
from suqiu.audit import journal
from suqiu.audit.queries import spoken
from suqiu.base.actors import Actor
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.orders.models import Attachment, Order

GONE = "（已删除）"


def identity(order: Order, *, by: Actor) -> bool:
    """Let the identity go; False, and nothing done, while another order still needs it."""
    if order.appellant is None:
        return True
    others = Order.objects.filter(appellant=order.appellant).exclude(pk=order.pk)
    if others.filter(Q(ended_at=None) | Q(ended_at__gt=order.ended_at)).exists():
        return False
    appellants.forget(order.appellant, by=by)
    return True


def words(order: Order, *, basis: str, by: Actor) -> None:
    """Let the words go, from the tables and from beside the journal's entries."""
    order.title = GONE
    order.content = order.demand = order.address = order.paraphrase = order.frequency = ""
    order.lon = order.lat = None
    gone = ["title", "content", "demand", "address", "paraphrase", "frequency", "lon", "lat"]
    order.save(update_fields=gone)
    order.requests.update(reason="", note="")
    order.contacts.update(reason="")
    order.disposals.update(words="")
    order.feedbacks.update(words="")
    order.plans.update(words="")
    if said := spoken(order.chain):
        journal.erase(said, by=by, chain=order.chain, basis=basis)


def attachments(order: Order, *, by: Actor) -> None:
    """Let the files go; bytes that no other order has are removed by the files' own cleaning."""
    rows = list(order.attachments.values_list("file", flat=True))
    order.attachments.all().delete()
    still = set(Attachment.objects.filter(file__in=rows).values_list("file", flat=True))
    files.unlink(list(File.objects.filter(pk__in=set(rows) - still)), by=by)
