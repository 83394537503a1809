"""All that happens in an inspection; each step is journalled on its chain, words beside it."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.base.text import clean
from suqiu.organisations.models import Unit
from suqiu.policy.queries import in_force
from suqiu.policy.queries import pack as pack_of
from suqiu.steps import actions as steps
from suqiu.supervision.inspections import access, lists, queries, rules
from suqiu.supervision.inspections.models import Check, Found, Inspection, Item, Member, Survey
from suqiu.supervision.inspections.states import VERBS, State

MOST_A_STRATUM = 200
REASONS = frozenset({"important", "difficult", "hot", "conduct", "leader"})
EXCUSES = frozenset({"gone", "private", "weather"})
OUTSIDE = frozenset({"external", "conduct"})
SIDES = OUTSIDE | {"centre"}


Step = steps.Step[Inspection, access.Standing]
# Who comes here has been let in at its door (`queries.get_for`): here it is asked what he may do.
advance = steps.Life(
    "inspection", Inspection, VERBS, lambda row, _by, _about: queries.standing(row), access.can,
    gettext_lazy("没有这次检查，或不归您看"), names_step=False,
    # A unit mends what was found at it, and sees no inspection.
    opens=lambda row, by: queries.visible_to(by).filter(pk=row.pk).exists(),
).advance  # fmt: skip


def plan(
    *, theme: str, checklist: str, since: dt.date, until: dt.date, per_stratum: int,
    lines: Collection[str] = (), regions: Collection[str] = (), by: Actor,
) -> Inspection:  # fmt: skip
    """A new inspection. Raises Invalid for an unknown checklist, an empty theme or an odd period."""
    if not by.roles & {"inspector", "assessor"}:
        raise NotAllowed("inspection.post", _("您不在这次检查里，或岗位不办这一步"))
    chosen = lists.checklist(checklist)
    if not clean(theme) or since > until or not 1 <= per_stratum <= MOST_A_STRATUM:
        raise Invalid("inspection.plan", _("写明主题；起止日期和每层件数要说得通"))
    with transaction.atomic():
        row = Inspection.objects.create(
            number=lists.next_number(), theme=clean(theme)[:80], state=State.PLANNED,
            subject=chosen.subject, since=since, until=until, lines=sorted(lines),
            regions=sorted(regions), per_stratum=per_stratum,
            checklist=chosen.model_dump(mode="json"), planned_at=clock.now(), planned_by=by.id,
        )  # fmt: skip
        told = {
            "number": row.number, "checklist": f"{chosen.id}/{chosen.version}",
            "since": since.isoformat(), "until": until.isoformat(), "per_stratum": per_stratum,
            "lines": row.lines, "regions": row.regions,
        }  # fmt: skip
        journal.append(row.chain, "inspection.plan", by=by, data=told, words={"theme": row.theme})
    return row


def invite(inspection: Inspection, actor: Actor, *, side: str, by: Actor) -> Member:
    """Somebody joins the team, from the centre or from outside."""
    if side not in SIDES or (side in OUTSIDE) != ("external_supervisor" in actor.roles):
        raise Invalid("inspection.side", _("督导员、监督员从外面来，其余是中心的人"))
    with advance(inspection, "invite", by=by) as here:
        member, _new = Member.objects.get_or_create(
            inspection=here.row, actor=actor.id, defaults={"side": side}
        )
        if member.left_at is not None:
            member.left_at = None
            member.save(update_fields=["left_at"])
        here.data = {"member": actor.id, "side": member.side}
    return member


def leave(inspection: Inspection, actor: str, *, by: Actor) -> None:
    """He is of the team no more, at whatever stage; what he did in it stays. The caller has judged that
    he may be sent away (`supervision.external`)."""
    with transaction.atomic():
        row = Inspection.objects.select_for_update().get(pk=inspection.pk)
        if row.team.filter(actor=actor, left_at=None).update(left_at=clock.now()):
            journal.append(row.chain, "inspection.leave", by=by, data={"member": actor})


def leave_all(actor: str, *, by: Actor) -> None:
    """The same for every inspection onto whose team he came from outside."""
    team = Member.objects.filter(actor=actor, left_at=None, side__in=OUTSIDE)
    for row in Inspection.objects.filter(team__in=team).order_by("pk"):
        leave(row, actor, by=by)


def pick(inspection: Inspection, key: str, *, reason: str, by: Actor) -> Item:
    """Choose an order (by number) or a place (by code) on purpose, before the list is sealed."""
    if reason not in REASONS:
        raise Invalid("inspection.reason", _("写明为什么选这件"))
    with advance(inspection, "pick", by=by) as here:
        line = lists.one(here.row, key, by=by)
        if here.row.items.filter(key=key).exists():
            raise Invalid("inspection.known", _("已经选过"), key=key)
        line.part, line.reason, line.drawn = "purposive", reason, True
        line.save(force_insert=True)
        here.data = {"item": line.pk, "order": line.order_id, "place": line.place_id}
        here.data["reason"] = reason
    return line


def seal(inspection: Inspection, *, by: Actor) -> Inspection:
    """The list of all that chance may draw is fixed, and its hash told. Raises Invalid if it is empty."""
    with advance(inspection, "seal", by=by) as here:
        found = lists.population(here.row, by=by)
        if not found:
            raise Invalid("inspection.empty", _("这个范围里没有可抽的"))
        Item.objects.bulk_create(found)
        here.row.list_hash = rules.list_hash((i.stratum, i.key) for i in found)
        here.row.sealed_at = here.at
        here.data = {"hash": here.row.list_hash, "items": len(found)}
    return here.row


def supply_seed(inspection: Inspection, seed: str, *, by: Actor) -> Inspection:
    """One from outside brings the seed; what it draws is drawn here and now, once."""
    said = clean(seed)
    if not 6 <= len(said) <= 80:
        raise Invalid("inspection.seed", _("种子要 6 到 80 个字符"))
    with advance(inspection, "supply_seed", by=by) as here:
        row = here.row
        drawn = rules.draw(queries.lines_of(row), said, row.per_stratum)
        row.items.filter(part="random", key__in=[key for _s, key in drawn]).update(drawn=True)
        row.seed, row.drawn_at = said, here.at
        here.data = {"seed": said, "drawn": len(drawn), "hash": row.list_hash}
    return here.row


def check(
    inspection: Inspection, item: Item, *, answers: Mapping[str, bool | None], by: Actor,
    excused: str = "", words: str = "",
) -> Check:  # fmt: skip
    """What was found on the spot, a whole checklist at once. `excused`: it could not be looked at.

    Raises NotAllowed to who handled it or whose unit did; Invalid for answers that do not fit.
    """
    asked = {q.code for q in rules.Checklist.model_validate(inspection.checklist).questions}
    if excused not in EXCUSES | {""} or set(answers) != (set() if excused else asked):
        raise Invalid("inspection.answers", _("每一项都要答：是、否或说不清"))
    with advance(inspection, "check", by=by) as here:
        _keep_out(here, item)
        if Check.objects.filter(item=item).exists():
            raise WrongState("inspection.checked", _("这件已经查过"))
        row = Check.objects.create(
            item=item, by=by.id, at=here.at, answers=dict(answers), excused=excused
        )
        here.data = {"item": item.pk, "answers": dict(answers), "excused": excused}
        here.words = {"note": clean(words)[:2000]} if clean(words) else {}
    return row


def survey(inspection: Inspection, item: Item, *, level: str, by: Actor) -> Survey:
    """How satisfied a citizen is, in the words of the order's pack (of today's, for a place)."""
    pack = pack_of(item.order.pack_id if item.order else in_force().pk)
    if level not in pack.satisfaction:
        raise Invalid("inspection.level", _("没有这一档"), level=level)
    with advance(inspection, "survey", by=by) as here:
        _keep_out(here, item)
        if Survey.objects.filter(item=item).exists():
            raise WrongState("inspection.surveyed", _("这件已经问过"))
        weight = pack.satisfaction[level]
        row = Survey.objects.create(item=item, by=by.id, at=here.at, level=level, weight=weight)
        here.data = {"item": item.pk, "level": level}
    return row


def find(
    inspection: Inspection, item: Item, *, kind: str, unit: Unit, words: str, by: Actor,
    due: dt.date | None = None,
) -> Found:  # fmt: skip
    """Something to be mended by a unit until a day, or good practice to be spread."""
    if kind not in {"rectify", "spread"} or not clean(words):
        raise Invalid("inspection.found", _("写明发现了什么，是整改还是推广"))
    if kind == "rectify" and (due is None or due < clock.today()):
        raise Invalid("inspection.due", _("整改要有期限，不早于今天"))
    with advance(inspection, "find", by=by) as here:
        _keep_out(here, item)
        row = Found.objects.create(
            item=item, kind=kind, unit=unit, words=clean(words)[:2000], by=by.id, at=here.at,
            due=due if kind == "rectify" else None,
        )  # fmt: skip
        here.data = {"item": item.pk, "found": row.pk, "kind": kind}
        here.words, here.unit = {"note": row.words}, unit.pk
    return row


def mend(found: Found, *, words: str, by: Actor) -> Found:
    """The unit says how it has mended what was found. Once; Missing to everybody else."""
    if found.unit_id not in by.units_as("handler", "head") or found.kind != "rectify":
        raise Missing("missing", _("没有这次检查，或不归您看"))
    if not clean(words):
        raise Invalid("inspection.mended", _("写明怎么整改的"))
    with advance(found.item.inspection, "mend", by=by) as here:
        row = Found.objects.select_for_update().get(pk=found.pk)
        if row.mended_at is not None:
            raise WrongState("inspection.mended_already", _("已经报过"))
        row.mended_at, row.mended_by, row.mended_words = here.at, by.id, clean(words)[:2000]
        row.save(update_fields=["mended_at", "mended_by", "mended_words"])
        here.data, here.unit = {"found": row.pk}, row.unit_id
        here.words = {"note": row.mended_words}
    return row


def finish(inspection: Inspection, *, by: Actor) -> Inspection:
    """All has been looked at: the scorecard is counted and kept. Raises Invalid, naming what is not."""
    with advance(inspection, "finish", by=by) as here:
        left = [i.key for i in queries.to_check(here.row) if not hasattr(i, "check_made")]
        if left:
            raise Invalid(
                "inspection.left", _("还有 %(n)s 件没查") % {"n": len(left)}, left=left[:20]
            )
        here.row.card = [asdict(row) for row in queries.scorecard(here.row)]
        here.data = {"rows": len(here.row.card)}
    return here.row


def publish(inspection: Inspection, *, by: Actor) -> Inspection:
    """The leader puts the scorecard before everybody."""
    with advance(inspection, "publish", by=by) as here:
        here.row.published_at = here.at
    return here.row


def scrap(inspection: Inspection, *, reason: str, by: Actor) -> Inspection:
    """It counts no more; list and seed stay for all to see."""
    if not clean(reason):
        raise Invalid("inspection.reason", _("写明为什么作废"))
    with advance(inspection, "scrap", by=by) as here:
        here.words = {"reason": clean(reason)[:200]}
    return here.row


def _keep_out(here: Step, item: Item) -> None:
    if item.inspection_id != here.row.pk or not item.drawn:
        raise Missing("missing", _("没有这次检查，或不归您看"))
    if why := queries.barred(item, here.by):
        raise NotAllowed("inspection.own", why)
