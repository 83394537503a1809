"""What must be so of every signature of a principal leader."""

from suqiu.accounts.models import Absence
from suqiu.base import clock
from suqiu.orders.models import Order, Signature
from suqiu.policy.queries import pack as pack_of


def entitled(row: Signature) -> bool:
    """He in whose name it stands signed himself, or he was away that day and this was his deputy."""
    if row.by == row.leader:
        return True
    day = clock.local(row.at).date()
    rows = Absence.objects.filter(since__lte=day, until__gte=day)
    return any(
        (one.person.actor_id, one.deputy.actor_id) == (row.leader, row.by)
        and one.stated_at <= row.at
        and (one.ended_at is None or one.ended_at >= row.at)
        for one in rows.select_related("person", "deputy")
    )


def check_signatures(order: Order) -> None:
    """A closed conduct order has every signature that its pack asks for, by one who might."""
    rows = list(order.signatures.order_by("at", "pk"))
    assert all(entitled(row) for row in rows)
    owed = {spec.id for spec in pack_of(order.pack_id).signatures}
    last = {row.kind: row for row in rows if row.kind == "accept" or row.round == order.round}
    assert owed <= set(last), f"closed without {owed - set(last)}"
    if "close" in owed:
        disposal = order.disposals.get(round=order.round, sent_back_at=None)
        assert disposal.passed_at and last["close"].at >= disposal.passed_at
        assert last["close"].leader == order.leader, "another than he who answers for it"
    if "plan" in owed:
        plan = order.plans.filter(round=order.round, sent_back_at=None).latest("pk")
        assert plan.signed_at
        if "close" in owed:
            assert plan.signed_at <= last["close"].at
