"""Short ways to have somebody from outside in office, invited, and heard."""

import datetime as dt

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named, by_username
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.supervision.cases.models import Case
from suqiu.supervision.external import things
from suqiu.supervision.external.actions import inviting, links, opinions, terms
from suqiu.supervision.external.models import Invitation, Opinion, Term
from tests.city import City
from tests.supervision import work

PUBLIC = system("portal")
SAID = "值守时段与出摊时段错开，应当跟着摊走"


def person() -> Person:
    return by_username("supervisor1")


def outside() -> Actor:
    """With the posts of now."""
    return actor_named("supervisor1")


def appointed(city: City, *, on_paper: bool = False, days: int = 300) -> Term:
    today = clock.today()
    return terms.appoint(
        name="顾长亭" if not on_paper else "郑远山",
        kind="external" if not on_paper else "conduct",
        since=today,
        until=today + dt.timedelta(days=days),
        person=None if on_paper else person(),
        by=city.leader,
    )


def case_of(city: City) -> Case:
    case = work.demanded(city, work.opened(city))
    return Case.objects.get(pk=case.pk)


def invited(city: City, term: Term, case: Case, by: Actor | None = None) -> Invitation:
    return inviting.invite(term, things.of_case(case), by=by or city.leader)


def given(city: City, *, unit: bool = True) -> Opinion:
    """One that the squad (or the centre) owes an answer to."""
    case = case_of(city)
    row = invited(city, appointed(city), case)
    return opinions.opine(
        row, things.of_case(case), words=SAID, unit=city.squad if unit else None, by=outside()
    )


def entered(city: City, by: Actor, *, way: str = "paper", words: str = SAID) -> Opinion:
    """What came on paper from one without an account; nobody has said yet that it is his."""
    case = case_of(city)
    row = invited(city, appointed(city, on_paper=True), case)
    thing = things.of_case(case)
    _printed, code = inviting.print_dossier(row, thing, by=city.leader)
    return opinions.enter(row, thing, way=way, code=code, words=words, unit=city.squad, by=by)


def link(opinion: Opinion, by: Actor) -> str:
    case = opinion.invitation.case
    assert case is not None
    return links.make(opinion, things.of_case(case), by=by)[1]
