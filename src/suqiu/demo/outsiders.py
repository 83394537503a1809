"""Eyes from outside in the demo: two who log in, one who does not. An opinion is answered and judged, one
comes on paper and is confirmed by its link, one waits past its moment, one is entered and not confirmed."""

import datetime as dt
import random
from contextlib import suppress
from typing import Any

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_for
from suqiu.assessment.actions import marks
from suqiu.assessment.models import Sheet
from suqiu.assessment.outside import of_sheet
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Refused
from suqiu.demo import assessing
from suqiu.demo.casework import STEPS
from suqiu.demo.people import holders, in_unit
from suqiu.orders.queries import visible_to
from suqiu.supervision.cases.actions import opening
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.queries import is_own_work
from suqiu.supervision.external import jobs, things
from suqiu.supervision.external.actions import inviting, links, opinions, terms
from suqiu.supervision.external.models import Invitation, Opinion, Term
from suqiu.supervision.external.things import Thing
from suqiu.supervision.inspections.models import Inspection

PUBLIC = system("portal")
TO_VISIT = 6  # steps of a case: up to the visit, so that a plan is there to be read
WORDS = "群众反映反复，请外面的人一起看"
HEARD = "只写了已经处置，没有写过后谁再去看、什么时候看。请写进方案。"
ANSWERED = "已写进方案：一周后由科里复看，看过的时间、照片附在后面。"
ON_PAPER = "谁牵头还是没有写明，请定一个，写进方案。"
MENDED = "由街道牵头，已写进方案第三条。"
LATE = "整改方案没有写谁去办、办到什么程度算完。请补。"
MISHEARD = "检查每层只抽一件，太少，下次请多抽几件。"
MARKED = "抽看二十份答复，十九份写明了依据，抽看记录附后。"
SECOND_PAGE = "抽看记录的第二页，当天漏附。"
ON_SHEET = "得分相差不到一分的，建议不排先后。"


class Outsiders:
    """Who is in office, which cases they are shown, and what they say of them, day by day."""

    def __init__(self) -> None:
        self.rng = random.Random(17)  # noqa: S311 - a story of its own: it shifts nobody else's
        self.terms: list[Term] = []
        self.cases: list[Case] = []
        self.heard: Opinion | None = None

    def join(self, world: Any, start: dt.datetime) -> None:
        """Put their steps into the world's month."""
        first = clock.local(start).date()
        for days, hour, step in (
            (0, 9, self.appoint), (14, 10, self.open), (15, 10, self.say), (17, 15, self.answer),
        ):  # fmt: skip
            at = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(hour), clock.LOCAL)
            world.plan(at.astimezone(dt.UTC), step)

    def appoint(self) -> None:
        """By the leader. The first term ends soon after the demo's present: its reminder shows."""
        leader, since = holders("leader")[0], clock.today()
        for name, kind, days in (
            ("supervisor1", "external", 55), ("supervisor2", "conduct", 729), ("", "external", 729),
        ):  # fmt: skip
            person = Person.objects.get(username=name) if name else None
            row = terms.appoint(
                name=person.name if person else "郑远山", kind=kind, since=since,
                until=since + dt.timedelta(days=days), person=person, by=leader,
            )  # fmt: skip
            self.terms.append(row)

    def open(self) -> None:
        """Three cases by hand, each of another unit, taken as far as the tracking visit."""
        rows = visible_to(jobs.BY).filter(
            state="signed", confidential=False, conduct=False, cases=None
        )
        units: set[int] = set()
        for order in rows.order_by("number"):
            seat = order.seats.filter(role="lead", closed=None).first()
            if seat is None or seat.unit_id in units or len(self.cases) == len(self.terms):
                continue
            units.add(seat.unit_id)
            by = holders("inspector")[0]
            case = opening.open_case(order.number, words=WORDS, by=by)
            free = [one for one in holders("inspector") if not is_own_work(case, one)]
            if not free:
                continue
            for step in STEPS[:TO_VISIT]:
                case = step(case, free[0], self.rng)
            self.cases.append(case)

    def say(self) -> None:
        """One says it himself, one on paper; the third is not answered."""
        for term, case in zip(self.terms, self.cases, strict=False):
            thing = things.of_case(Case.objects.get(pk=case.pk))
            if not thing.owing:
                continue  # it turned out to be about the unit's own conduct
            row = inviting.invite(term, thing, by=_keeper(thing))
            if term.person is None:
                _on_paper(row, thing)
                continue
            his = Actor(term.actor_id)
            inviting.seen(row, by=his)
            words = LATE if self.heard else HEARD
            said = opinions.opine(row, thing, words=words, unit=things.asked(thing), by=his)
            self.heard = self.heard or said

    def answer(self) -> None:
        """In time, and found good."""
        if self.heard is not None and self.heard.unit_id is not None:
            opinions.answer(self.heard, words=ANSWERED, by=in_unit(self.heard.unit_id, "head"))
            his = Actor(self.heard.invitation.term.actor_id)
            opinions.judge(self.heard, satisfied=True, by=his)

    def end(self, inspection: Inspection | None, sheet: Sheet | None) -> int:
        """At the demo's present: reminders, the inspection, the month's sheet. Returns how many
        opinions there are."""
        jobs.remind()
        jobs.keep_terms()
        with suppress(Refused):  # the month's story is told even where nobody independent is left
            self._at_present(inspection, sheet)
        return Opinion.objects.count()

    def _at_present(self, inspection: Inspection | None, sheet: Sheet | None) -> None:
        if len(self.terms) == 3:
            if inspection is not None:
                _unconfirmed(self.terms[2], things.of_inspection(inspection))
            if sheet is not None:
                _on_sheet(self.terms[1], of_sheet(str(sheet.pk)))


def _keeper(thing: Thing, *but: Actor) -> Actor:
    """One of the centre who had nothing to do with it."""
    people = [*holders("assessor"), *holders("inspector"), *holders("leader")]
    free = (p for p in people if p not in but and not things.is_own(thing, p))
    found = next(free, None)
    if found is None:
        raise Refused("demo.nobody", "中心没有一个与这一件无关的人")
    return found


def _on_paper(row: Invitation, thing: Thing) -> None:
    """Back on the dossier's paper: entered by one, its link sent by another, confirmed, answered."""
    clerk, unit = _keeper(thing), things.asked(thing)
    _printed, code = inviting.print_dossier(row, thing, by=clerk)
    said = opinions.enter(row, thing, way="paper", code=code, words=ON_PAPER, unit=unit, by=clerk)
    _made, token = links.make(said, thing, by=_keeper(thing, clerk))
    links.say(token, yes=True, by=PUBLIC)
    opinions.answer(said, words=MENDED, by=in_unit(unit.pk, "head"))


def _invited(term: Term, thing: Thing) -> Invitation | None:
    try:
        return inviting.invite(term, thing, by=_keeper(thing))
    except Refused:
        return None


def _unconfirmed(term: Term, thing: Thing) -> None:
    """Told by telephone, entered; nobody has said yet that it is his."""
    row = _invited(term, thing)
    if row is not None:
        clerk = _keeper(thing)
        _printed, code = inviting.print_dossier(row, thing, by=clerk)
        opinions.enter(row, thing, way="proxy", code=code, words=MISHEARD, by=clerk)


def _on_sheet(term: Term, thing: Thing) -> None:
    """An expert's word on the month's scores; the centre has still time."""
    row = _invited(term, thing)
    if row is not None and term.person is not None:
        by = actor_for(term.person)
        opinions.opine(row, thing, words=ON_SHEET, by=by)
        _mark(row, Sheet.objects.get(pk=int(thing.key)), by)


def _mark(row: Invitation, sheet: Sheet, by: Actor) -> None:
    """His own mark on the first district of the sheet, with its evidence, and a page of it that came
    after; nobody has confirmed it yet."""
    regions = sorted(s for s in (r["subject"] for r in sheet.rows) if s.startswith("region:"))
    if regions:
        given = marks.mark(
            row, subject=regions[0], work="expert", points=1.0, words=MARKED,
            evidence=[assessing.paper(7, by)], by=by,
        )  # fmt: skip
        marks.bring(row, given.pk, evidence=[assessing.paper(8, by)], words=SECOND_PAGE, by=by)
