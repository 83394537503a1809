"""Reading cases: one door for sets, one for one."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from suqiu.audit import journal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.orders.access import READERS, Allowed, Denied
from suqiu.orders.models import Hand, Order, Seat, Verification
from suqiu.orders.queries import accusing
from suqiu.supervision.cases import rules
from suqiu.supervision.cases.access import Situation, can, sees
from suqiu.supervision.cases.models import ENDED, Case, CaseOrder, Obligation, Photo, Report
from suqiu.supervision.cases.states import TOLD, VERBS, State, Verb

CONCERNED = ("lead", "co", "callback", "accused")


def visible_to(by: Actor) -> QuerySet[Case]:
    """The cases that this person may see: the door for sets."""
    if by.is_system:
        return Case.objects.all()
    if by.sources is not None:
        return Case.objects.none()
    accused = accusing(by).values("order")
    members = CaseOrder.objects.filter(case=OuterRef("pk"))
    rows = Case.objects.exclude(Exists(members.filter(order__in=accused)))
    if by.roles & READERS:
        return rows
    rows = rows.exclude(Exists(members.filter(order__exit="discipline")))
    return rows.filter(unit__in=by.units_as("head", "handler", "hub"), state__in=TOLD)


def open_to(by: Actor) -> QuerySet[Case]:
    """Those of them that are not ended, the nearest clock first."""
    return visible_to(by).exclude(ENDED).order_by("next_due", "pk")


def get_for(by: Actor, number: str, *, log: bool = True) -> Case:
    """The one case of this number, the look logged. Raises Missing alike for not there and not theirs."""
    case = Case.objects.select_related("unit", "pack").filter(number=number).first()
    if case is None or not sees(by, situation(case, by)):
        raise Missing("missing", _("没有这件督办，或不归您看"))
    if log:
        journal.looked("open", case.chain, by=by)
    return case


def of_order(order: Order, by: Actor) -> list[Case]:
    """The cases in which this order is, the newest first."""
    return list(visible_to(by).filter(orders=order).order_by("-pk"))


def situation(case: Case, by: Actor) -> Situation:
    """The case as it stands now for this person."""
    orders = list(case.orders.values_list("pk", "exit"))
    ids = [pk for pk, _exit in orders]
    report = Report.objects.filter(case=case).first()
    return Situation(
        state=State(case.state),
        now=clock.now(),
        level=case.level,
        again=case.grounds.filter(reason="again").exists(),
        unit=case.unit_id,
        inspector=case.inspector,
        hour=case.hour,
        findings=case.findings.count(),
        visited=case.unit_id is None or case.visits.filter(kind="visit").exists(),
        writer=report.by if report else "",
        own_work=is_own_work(case, by),
        accused=not by.is_system and accusing(by).filter(order__in=ids).exists(),
        discipline=any(left == "discipline" for _pk, left in orders),
    )


def is_own_work(case: Case, by: Actor) -> bool:
    """Is the case about what this person had to do with?"""
    return has_handled(case.orders.all(), by, frozenset({case.unit_id} if case.unit_id else ()))


def has_handled(rows: QuerySet[Order], by: Actor, units: frozenset[int] = frozenset()) -> bool:
    """Has this person handled or verified one of the orders, or is or was posted, since the first of
    them came in, in a unit that had to do with one (`units`: and in one of these)?"""
    orders = list(rows.values_list("pk", "drafted_at"))
    ids = [pk for pk, _at in orders]
    concerned = units | set(
        Seat.objects.filter(order__in=ids, role__in=CONCERNED).values_list("unit_id", flat=True)
    )
    hands = set(Hand.objects.filter(order__in=ids).values_list("actor", flat=True))
    hands |= set(Verification.objects.filter(order__in=ids).values_list("by", flat=True))
    since = min((at for _pk, at in orders), default=clock.now())
    posted = by.units_since(clock.local(since).date())
    return rules.barred(by.id, posted, hands=hands, concerned=concerned)


def menu(case: Case, by: Actor) -> list[tuple[Verb, Allowed | Denied]]:
    """Each verb that the person's post might ever do, with the answer for here and now."""
    it = situation(case, by)
    answers = [(row, can(by, row, it)) for row in VERBS.values()]
    return [(r, a) for r, a in answers if not isinstance(a, Denied) or a.code != "post"]


def clocks(case: Case) -> list[Obligation]:
    """All clocks of the case, the running ones first by urgency, then the ended."""
    rows = Obligation.objects.filter(case=case).select_related("unit", "measure")
    return sorted(rows, key=lambda r: (r.outcome != "open", r.due))


def photo_for(case: Case, pk: int) -> Photo:
    """One picture of this case, for the centre: a unit is not told who looked, and when. Its caller has
    let the person see the case. Raises Missing."""
    row = Photo.objects.filter(pk=pk, visit__case=case).select_related("file").first()
    if row is None:
        raise Missing("file.gone", _("附件的内容不在了"))
    return row


def register(by: Actor) -> QuerySet[Report]:
    """The register of filed reports (备案簿), newest first."""
    rows = Report.objects.filter(case__in=visible_to(by)).exclude(register_no=None)
    return rows.select_related("case__unit").order_by("-filed_at", "-pk")
