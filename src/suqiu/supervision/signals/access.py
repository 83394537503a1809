"""Who may see signals and who may rule on one. Never a unit: a question asked aloud is answered by
better-made papers."""

from django.utils.translation import gettext as _

from suqiu.base.actors import Actor, system
from suqiu.orders.access import Allowed, Denied
from suqiu.orders.queries import visible_to as orders_of
from suqiu.supervision.cases.queries import has_handled
from suqiu.supervision.signals.models import Signal

BY = system("supervision")
READERS = frozenset({"inspector", "leader", "assessor", "auditor"})
RULES = frozenset({"inspector", "leader"})


def may_rule(signal: Signal, by: Actor) -> Allowed | Denied:
    """An inspector or leader who is not, and was not since then, of the unit or of one that had to do
    with the orders, and who neither handled nor verified one."""
    if not by.roles & RULES:
        return Denied("signal.post", _("您的岗位不办这一步"))
    # Who had a hand in it is asked of all its orders, seen by him or not.
    orders = orders_of(BY).filter(signal_evidence__signal=signal)
    units = frozenset({signal.unit_id} if signal.unit_id else ())
    if has_handled(orders, by, units):
        return Denied("signal.own", _("经手过、核实过或在涉事单位任过职的人不作结论"))
    return Allowed()
