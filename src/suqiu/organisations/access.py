"""Who may read a unit's roster, and who may write it."""

from suqiu.base.actors import Actor
from suqiu.organisations.models import Unit

# The centre calls any unit's duty telephone, so it reads every roster.
CENTRE = frozenset({"call_taker", "dispatcher", "callback_officer", "inspector", "leader"})


def may_read_roster(by: Actor, unit: Unit) -> bool:
    """The centre every unit's, a hub those of its district, everybody his own unit's."""
    if by.is_system or by.roles & CENTRE or unit.pk in by.units:
        return True
    hubs = by.units_as("hub")
    return bool(hubs) and Unit.objects.filter(pk__in=hubs, region=unit.region_id).exists()


def may_keep_roster(by: Actor, unit: Unit) -> bool:
    """The unit's own head or hub, and the centre's dispatchers, who must reach somebody there."""
    return by.is_system or "dispatcher" in by.roles or unit.pk in by.units_as("head", "hub")
