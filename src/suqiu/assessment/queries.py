"""Reading scores: counted from the sums of days, by nobody in particular; then who may see which."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suqiu.assessment import rules
from suqiu.assessment.access import OF_UNITS, READERS
from suqiu.assessment.models import Appeal, Day, Entry, Evidence, Scheme, Sheet, Upstream
from suqiu.assessment.rules import Counted, Score
from suqiu.assessment.scheme import Scheme as Body
from suqiu.audit.queries import chain
from suqiu.base.actors import Actor, system
from suqiu.base.bounds import key_in
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid, Missing
from suqiu.figures import access, rollups, years
from suqiu.figures import queries as figures
from suqiu.figures.cohorts import Cohort
from suqiu.figures.reasons import EXEMPTED
from suqiu.figures.rules import DEFINITIONS, Rate, terms
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Region, Unit
from suqiu.policy.queries import in_force, pack
from suqiu.policy.rates import AS_MET
from suqiu.supervision.external.queries import invitations

# A score does not depend on who looks at it.
BY = system("assessment")
KINDS = ("region", "unit")
# By these an entry got its later evidence.
HUNG = frozenset({"assessment.entry_add", "assessment.entry_bring"})
Period = tuple[dt.date, dt.date]


def scheme_on(day: dt.date) -> Scheme:
    """The scheme in force on this day. Raises Missing where none is."""
    rows = Scheme.objects.filter(state="published", since__lte=day).order_by("-since", "-version")
    found = rows.first()
    if found is None:
        raise Missing("assessment.none", _("这一天还没有发布的考核办法"))
    return found


def body(row: Scheme) -> Body:
    return Body.model_validate(row.body)


def period(text: str) -> Period:
    """The month "2026-09" or the year of assessment "2026", as [first day, day after)."""
    try:
        if len(text) == 4:
            return years.days_of_year(int(text), pack(in_force().pk).figures.year_begins)
        first = dt.date.fromisoformat(f"{text}-01")
        return first, (first + dt.timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "assessment.period", _("写成 2026-09（月）或 2026（考核年度）"), field="of"
        ) from error


def name_of(span: Period) -> str:
    """What `period` reads."""
    start, end = span
    return f"{start:%Y-%m}" if (end - start).days < 32 else str((end - dt.timedelta(days=1)).year)


def scores(scheme: Body, span: Period, kind: str) -> list[Score]:
    """All districts or all units that had an order or an entry in the period, by their code."""
    cohort = Cohort("closed_in", midnight(span[0]), midnight(span[1]))
    counted = _counted(scheme, cohort, kind)
    entered = _entered(span, kind)
    keys = sorted({*counted, *entered} - {""} - _centre_s(kind))
    return [
        rules.score(scheme, f"{kind}:{key}", counted.get(key, {}), entered.get(key, ()))
        for key in keys
    ]


def whole(scheme: Body, span: Period) -> Score:
    """The house as a whole, scored as a district is, without anybody's other work."""
    cohort = Cohort("closed_in", midnight(span[0]), midnight(span[1]))
    codes = [one.rate for one in scheme.measures if "region" in one.of]
    rates = _rates(cohort, None)[""]
    found = {code: _with_exempted(rates[code]) for code in codes}
    return rules.score(scheme, "region:", found)


def _centre_s(kind: str) -> set[str]:
    """What is the centre's own: nobody scores himself."""
    if kind != "unit":
        return set()
    own = Unit.objects.filter(kind__in=("centre", "section")).values_list("pk", flat=True)
    return {str(pk) for pk in own}


def _counted(scheme: Body, cohort: Cohort, kind: str) -> dict[str, dict[str, Counted]]:
    """What figures count, and beside it what granted appeals took out."""
    codes = [one.rate for one in scheme.measures if kind in one.of]
    return {
        key: {code: _with_exempted(row[code]) for code in codes}
        for key, row in _rates(cohort, kind).items()
    }


def _with_exempted(rate: Rate) -> Counted:
    out, top = rate.excluded.get(EXEMPTED, 0), rate.excluded_tops.get(EXEMPTED, 0.0)
    # One that counts as met is in the denominator with and without; only what it weighs is taken back.
    top -= rate.met_gain
    return Counted(rate.numerator + top, rate.denominator + out, top, out, rate.met)


def _rates(cohort: Cohort, kind: str | None) -> dict[str, dict[str, Rate]]:
    if access.may_read(BY, cohort):
        return rollups.rates(cohort, kind)
    return figures.grouped(figures.facts(cohort, BY), cohort, kind)


def _entered(span: Period, kind: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    rows = Entry.objects.filter(state="confirmed", day__gte=span[0], day__lt=span[1])
    for subject, n in rows.filter(subject__startswith=f"{kind}:").values_list("subject", "points"):
        found[subject.partition(":")[2]].append(n)
    return found


def units_of(subject: str) -> frozenset[int]:
    """The units whose work is judged in a subject's score. Raises Missing for no such subject."""
    kind, _colon, key = subject.partition(":")
    if kind == "region" and Region.objects.filter(pk=key).exists():
        return frozenset(Unit.objects.filter(region=key).values_list("pk", flat=True))
    if kind == "unit" and Unit.objects.filter(pk=key_in(key)).exists():
        return frozenset({key_in(key)})
    raise Missing("assessment.subject", _("没有这个区或单位，或不归您看"))


def own_subjects(by: Actor) -> frozenset[str]:
    """Those of one's own house: a hub's district and units, a head's unit."""
    units = Unit.objects.filter(pk__in=by.units_as(*OF_UNITS))
    found = {f"unit:{unit.pk}" for unit in units}
    hubs = units.filter(pk__in=by.units_as("hub"), kind="hub")
    return frozenset(found | {f"region:{unit.region_id}" for unit in hubs})


def sees(by: Actor, subject: str) -> bool:
    return sees_all(by) or subject in own_subjects(by)


def sees_all(by: Actor) -> bool:
    return by.is_system or bool(by.roles & READERS)


def names(subjects: Iterable[str]) -> dict[str, str]:
    """What people call them."""
    keys = [one.partition(":")[2] for one in subjects if one.startswith("unit:")]
    units = Unit.objects.filter(pk__in=keys).values_list("pk", "name")
    regions = Region.objects.values_list("pk", "name")
    return {f"unit:{pk}": name for pk, name in units} | {f"region:{pk}": n for pk, n in regions}


def entries_for(by: Actor) -> QuerySet[Entry]:
    """The newest first; a unit's people see what was confirmed of their own, an expert from outside
    his own marks, while he is in office and invited."""
    rows = Entry.objects.prefetch_related("evidence__file").order_by("-day", "-pk")
    if sees_all(by):
        return rows
    confirmed = Q(subject__in=own_subjects(by), state="confirmed")
    return rows.filter(confirmed | Q(invitation__in=invitations(by)))


def entry_for(by: Actor, pk: int) -> Entry:
    """The one. Raises Missing alike for none and for not theirs."""
    found = entries_for(by).filter(pk=pk).first()
    if found is None:
        raise Missing("missing", _("没有这一项，或不归您看"))
    return found


def evidence_for(entry: Entry, pk: int) -> Evidence:
    """One file of this entry, which the caller has been let see. Raises Missing."""
    found = entry.evidence.select_related("file").filter(pk=pk).first()
    if found is None:
        raise Missing("file.gone", _("附件的内容不在了"))
    return found


def why_late(entry: Entry) -> dict[int, str]:
    """{evidence: why it came later}, from beside the journal: what was erased there is said no more."""
    late = [one for one in entry.evidence.all() if one.later]
    told = [e for e in chain(entry.chain) if e.kind in HUNG] if late else []
    found = {}
    for one in late:
        by_him = [e for e in told if e.actor == one.by and one.file.sha256 in e.data["sha256"]]
        nearest = min(by_him, key=lambda e: abs(e.at - one.at), default=None)
        statement = getattr(nearest, "statement", None)
        found[one.pk] = ((statement.words if statement else None) or {}).get("words", "")
    return found


def appeals_for(by: Actor) -> QuerySet[Appeal]:
    """What is due first; a unit's people see their own."""
    rows = Appeal.objects.select_related("unit", "order").order_by("due", "-pk")
    return rows if sees_all(by) else rows.filter(unit__in=by.units_as(*OF_UNITS))


def counts_as_met(row: Appeal) -> bool:
    """What granting it means: by its order's pack the order stays in the rate, as met."""
    return terms(DEFINITIONS[row.rate], pack(row.order.pack_id)).exempted == AS_MET


def schemes_for(by: Actor) -> QuerySet[Scheme]:
    """The newest first; who is judged by them reads those that are published."""
    rows = Scheme.objects.order_by("-version")
    return rows if sees_all(by) else rows.filter(state="published")


def upstreams_for(by: Actor) -> QuerySet[Upstream]:
    """The newest first; the centre's own matter."""
    rows = Upstream.objects.order_by("-since", "-pk")
    return rows if sees_all(by) else rows.none()


def sheets_for(by: Actor) -> QuerySet[Sheet]:
    """The newest first; they hold everybody's scores, so units do not see them."""
    rows = Sheet.objects.select_related("scheme").order_by("-start", "-pk")
    return rows if sees_all(by) else rows.none()


def door(what: str, by: Actor) -> QuerySet[Any]:
    """The rows of one sort that he may see."""
    return {"scheme": schemes_for, "upstream": upstreams_for, "entry": entries_for, "sheet": sheets_for,
            "appeal": appeals_for}[what](by)  # fmt: skip


def days_of(subject: str, before: dt.date, most: int = 60) -> list[Day]:
    """The scores of the last days before this one, oldest first."""
    rows = Day.objects.filter(subject=subject, day__lt=before).order_by("-day")[:most]
    return list(reversed(rows))


def all_rows(scheme: Body, span: Period) -> list[dict[str, Any]]:
    """As a sheet keeps them: districts and units."""
    return rules.plain(one for kind in KINDS for one in scores(scheme, span, kind))


def corrections(row: Sheet) -> list[dict[str, Any]]:
    """What comes out otherwise now than the sheet has it: subject, then, now."""
    then = {one["subject"]: one for one in row.rows}
    now = {one["subject"]: one for one in all_rows(body(row.scheme), (row.start, row.end))}
    return [
        {"subject": subject, "then": _value(then, subject), "now": _value(now, subject)}
        for subject in sorted({*then, *now})
        if then.get(subject) != now.get(subject)
    ]


def added_after(row: Sheet) -> list[Evidence]:
    """Files that were hung on entries of its days since it was frozen, oldest first."""
    told = [e for e in chain(row.chain) if e.kind == "assessment.sheet_freeze"]
    if not told:
        return []
    rows = Evidence.objects.filter(after_freeze=True, at__gte=told[-1].at)
    rows = rows.filter(entry__day__gte=row.start, entry__day__lt=row.end)
    return list(rows.select_related("entry", "file").order_by("at", "pk"))


def _value(rows: Mapping[str, dict[str, Any]], subject: str) -> float | None:
    return rows[subject]["value"] if subject in rows else None


def frozen(span: Period) -> Sheet | None:
    return Sheet.objects.filter(start=span[0], end=span[1], state="frozen").first()


def handled_in(span: Period, by: Actor) -> bool:
    """Had this person a hand in, or did he verify, an order that ended in the period?"""
    rows = visible_to(BY).filter(ended_at__gte=midnight(span[0]), ended_at__lt=midnight(span[1]))
    return rows.filter(Q(hands__actor=by.id) | Q(verifications__by=by.id)).exists()


def own_of(row: Any) -> frozenset[int]:
    """The units that a row is about: nobody who was there has a hand in it."""
    if isinstance(row, Entry):
        return units_of(row.subject)
    if isinstance(row, Appeal):
        return frozenset({row.unit_id})
    return frozenset()
