"""A leader is away and another leader stands in for him (A/B 角).

Who signs now is one look-up, never a chain: who is away himself stands in for nobody, and who stands
in for somebody says first who does it instead. Why: docs/adr/0014.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from suqiu.accounts.models import Absence, Person
from suqiu.accounts.queries import actor_for
from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, NotAllowed, WrongState

# Beside the leader himself: whoever is ill does not log in.
KEEPERS = frozenset({"sysadmin", "dispatcher"})


def may_state(person: Person, by: Actor) -> bool:
    return by.is_system or by.id == person.actor_id or bool(by.roles & KEEPERS)


def state_absence(
    person: Person, *, deputy: Person, since: dt.date, until: dt.date, by: Actor
) -> Absence:
    """From `since` to `until` (both included) `deputy` signs for `person`. Raises NotAllowed, or Invalid
    for days that are over or overlap, for one who is no leader, and for a chain of deputies."""
    if not may_state(person, by):
        raise NotAllowed("absence.keeper", _("外出由领导本人说明，或由派单员、系统管理员代记"))
    _check(person, deputy, since, until)
    with transaction.atomic():
        # Two who would stand in for each other at once: the lower number is held first by both.
        ids = [person.pk, deputy.pk]
        list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        _alone(person, deputy, since, until)
        row = Absence.objects.create(
            person=person, deputy=deputy, since=since, until=until,
            stated_by=by.id, stated_at=clock.now(),
        )  # fmt: skip
        data = {
            "absence": row.pk, "deputy": deputy.actor_id,
            "since": since.isoformat(), "until": until.isoformat(),
        }  # fmt: skip
        journal.append(person.chain, "account.absent", by=by, data=data)
    return row


def _check(person: Person, deputy: Person, since: dt.date, until: dt.date) -> None:
    if until < since or until < clock.today():
        raise Invalid("absence.days", _("止日不能早于起日，也不能早于今天"), field="until")
    if person.pk == deputy.pk:
        raise Invalid("absence.self", _("不能由自己代签"), field="deputy")
    for one, field in ((person, "person"), (deputy, "deputy")):
        if "leader" not in actor_for(one).roles:
            raise Invalid(
                "absence.leader", _("%(name)s 没有领导岗位") % {"name": one.name}, field=field
            )


def _alone(person: Person, deputy: Person, since: dt.date, until: dt.date) -> None:
    """Nothing stated before crosses these days. Under the locks of both."""
    meet = Absence.objects.filter(ended_at=None, since__lte=until, until__gte=since)
    if meet.filter(person=person).exists():
        raise Invalid("absence.overlap", _("这几天已有外出记录，先撤销原来的"), field="since")
    if away := meet.filter(person=deputy).first():
        raise Invalid(
            "absence.deputy_away",
            _("%(name)s 在 %(since)s 至 %(until)s 也外出，请另选代签人")
            % {"name": deputy.name, "since": away.since, "until": away.until},
            field="deputy",
        )
    if relied := meet.filter(deputy=person).select_related("person").first():
        raise Invalid(
            "absence.stands_in",
            _("这几天由本人代 %(name)s 签批，请先为其另定代签人") % {"name": relied.person.name},
            field="since",
        )


def change_deputy(absence: Absence, *, deputy: Person, by: Actor) -> Absence:
    """Another stands in from now on: the record that was ends today, and a new one runs to its day."""
    with transaction.atomic():
        ended = end_absence(absence, by=by)
        return state_absence(
            ended.person,
            deputy=deputy,
            since=max(ended.since, clock.today()),
            until=ended.until,
            by=by,
        )


def end_absence(absence: Absence, *, by: Actor) -> Absence:
    """He is back, or did not go: from this moment nobody signs for him."""
    with transaction.atomic():
        rows = Absence.objects.select_for_update(of=("self",)).select_related("person")
        row = rows.get(pk=absence.pk)
        if not may_state(row.person, by):
            raise NotAllowed("absence.keeper", _("外出由领导本人说明，或由派单员、系统管理员代记"))
        if row.ended_at is not None or row.until < clock.today():
            raise WrongState("absence.over", _("这次外出已经结束"))
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        journal.append(row.person.chain, "account.returned", by=by, data={"absence": row.pk})
    return row


def known(by: Actor) -> list[Absence]:
    """What is on and what is to come: of everybody for those who keep it, else one's own and those in
    which one stands in."""
    rows = Absence.objects.filter(ended_at=None, until__gte=clock.today())
    if not by.is_system and not by.roles & KEEPERS:
        own = int(by.id.partition(":")[2]) if by.id.startswith("person:") else 0
        rows = rows.filter(Q(person=own) | Q(deputy=own))
    return list(rows.select_related("person", "deputy").order_by("since", "pk"))
