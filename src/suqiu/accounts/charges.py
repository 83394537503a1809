"""Which leader and which section answer for which line of work (分管), by day: what a dispatcher is
proposed when he names them for an order."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from suqiu.accounts.models import Charge, Person
from suqiu.accounts.queries import actor_for
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.organisations.models import Unit

KEEPERS = frozenset({"sysadmin"})


def put_in_charge(
    line: str, *, leader: Person, section: Unit, by: Actor, since: dt.date | None = None
) -> Charge:
    """From a day on, today unless `since` is later. Who had the line has it until the day before; the
    past is not rewritten. `line` "": every line that has nobody of its own."""
    if not by.is_system and not by.roles & KEEPERS:
        raise NotAllowed("charge.keeper", _("分管由系统管理员登记"))
    day = since or clock.today()
    if day < clock.today():
        raise Invalid("charge.day", _("分管从今天或以后起"), field="since")
    if "leader" not in actor_for(leader).roles:
        raise Invalid("charge.leader", _("此人今天没有领导岗位"), field="leader")
    if section.kind != "section":
        raise Invalid("charge.section", _("责任科室须是中心科室"), field="section")
    with transaction.atomic():
        # Rows of a line are few; all of them are held, so that two who write at once come in turn.
        rows = list(Charge.objects.select_for_update().filter(line=line, until=None))
        for row in rows:
            row.until = day - dt.timedelta(days=1)
            row.save(update_fields=["until"])
        row = Charge.objects.create(line=line, leader=leader, section=section, since=day)
        data = {"line": line, "charge": row.pk, "since": day.isoformat()}
        journal.append(leader.chain, "account.charged", by=by, unit=section.pk, data=data)
    return row


def of_line(line: str, day: dt.date | None = None) -> Charge | None:
    """Who answers for this line on a day, by default today; where nobody does, who answers for the
    rest."""
    found = {row.line: row for row in held(day or clock.today())}
    return found.get(line) or found.get("")


def held(day: dt.date) -> list[Charge]:
    """All that hold on a day, by line."""
    rows = Charge.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day)
    return list(rows.select_related("leader", "section").order_by("line", "pk"))
