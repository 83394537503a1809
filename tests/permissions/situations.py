"""The orders and people that the permission table speaks of."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from suqiu.accounts.actions import give_post
from suqiu.accounts.models import ROLES, Person
from suqiu.accounts.queries import actor_for
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.files.actions import receive
from suqiu.files.rules import Limits
from suqiu.orders.actions import attach
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.actions import looking, opening, rectifying
from suqiu.supervision.cases.models import Case
from suqiu.supervision.external.actions.inviting import invite
from suqiu.supervision.external.actions.opinions import opine
from suqiu.supervision.external.actions.terms import appoint
from suqiu.supervision.external.things import of_case
from suqiu.supervision.inspections.actions import plan
from tests.city import DISTRICT, OTHER, City
from tests.pictures import photo
from tests.supervision.test_meetings import called
from tests.supervision.test_visits import planned

WORKERS = ("hub", "handler", "head")
WHOSE = ("own", "foreign", "accused", "confidential")
SINCE = dt.date(2013, 1, 1)


@dataclass
class Cast:
    """One person for each role, and an order of each kind, all of them signed by their unit."""

    people: dict[str, Person]
    orders: dict[str, Order]
    files: dict[str, int]  # what the citizen handed in with each order
    inspection: str  # one that is planned
    meeting: str  # one to which the squad is called
    case: str  # one that the squad has been told of
    invitation: int  # to that case, of the one from outside
    opinion: int  # his, to which the squad owes an answer
    term: int
    visit: str  # one on which an inspector of the city goes, and none of these people


def cast(city: City) -> Cast:
    squad = city.squad
    hub = Unit.objects.get(kind="hub", region=DISTRICT)
    people = {role: _person(role, _unit_of(role, squad, hub)) for role in ROLES}
    own = city.signed(title="本单位承办的一件夜间设摊诉求")
    orders = {
        "own": own,
        "foreign": _elsewhere(city),
        "accused": _accusing(city),
        "confidential": city.signed(
            confidential=True, paraphrase="反映某路段夜间设摊,请核查处置。"
        ),
    }
    files = {whose: _photo(city, one) for whose, one in orders.items()}
    case = _case(city, city.signed(title="督办的一件夜间设摊诉求"))
    return Cast(
        people, orders, files, _inspection(city), called(city).number, case,
        *_outside(city, people["external_supervisor"], case),
        planned(city, visitors=[city.inspector.id]).number,
    )  # fmt: skip


def _outside(city: City, person: Person, number: str) -> tuple[int, int, int]:
    """The one from outside is in office, invited to the case, and has said something."""
    today = clock.today()
    term = appoint(
        name="试", kind="external", since=today, until=today.replace(year=today.year + 1),
        person=person, by=city.leader,
    )  # fmt: skip
    thing = of_case(Case.objects.get(number=number))
    row = invite(term, thing, by=city.leader)
    said = opine(row, thing, words="值守时段要跟着摊走", unit=city.squad, by=actor_for(person))
    return row.pk, said.pk, term.pk


def _case(city: City, order: Order) -> str:
    case = opening.open_case(order.number, words="跟到办结", by=city.inspector)
    looking.survey(case, words="现场仍有", by=city.inspector)
    looking.find(case, cause="effort", words="值守短", advice="延长", by=city.inspector)
    return rectifying.demand(case, unit=city.squad, by=city.inspector).number


def _inspection(city: City) -> str:
    today = clock.today()
    return plan(
        theme="测试", checklist="three-twos", since=today, until=today, per_stratum=1,
        by=city.inspector,
    ).number  # fmt: skip


def _photo(city: City, order: Order) -> int:
    file = receive(photo(), name="a.jpg", limits=Limits(), by=city.call_taker)
    attach.attach(order, files=[file], kind="appeal", by=city.call_taker)
    return order.attachments.get().pk


def _unit_of(role: str, squad: Unit, hub: Unit) -> Unit:
    if role in {"handler", "head"}:
        return squad
    if role == "hub":
        return hub
    return Unit.objects.filter(kind="section").exclude(code="310000-CC").order_by("code")[0]


def _person(role: str, unit: Unit) -> Person:
    person = Person.objects.create(username=f"cast-{role}", name="试", password="!")
    give_post(person, unit=unit, role=role, by=system("test"), since=SINCE)
    return person


def _elsewhere(city: City) -> Order:
    from suqiu.accounts.queries import actor_named
    from suqiu.orders.actions import dispatch
    from suqiu.organisations.models import Region

    street = Unit.objects.filter(kind="street", region=OTHER).order_by("code")[0]
    order = city.accepted(region=Region.objects.get(code=OTHER), street=street)
    order = dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    return dispatch.sign(order, by=actor_named(f"handler.{OTHER}-SQ01"))


def _accusing(city: City) -> Order:
    """The squad is accused; its district's hub is asked nothing about the squad's own conduct."""
    return city.registered(accused=city.squad, title="反映执法队员处置时态度生硬的诉求")


def routes() -> dict[str, str]:
    """Every named route of the house and its pattern, as the resolver has it."""
    found: dict[str, str] = {}
    _walk(get_resolver().url_patterns, "", "", found)
    return found


def _walk(patterns: list[Any], prefix: str, space: str, found: dict[str, str]) -> None:
    for one in patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            _walk(one.url_patterns, path, inner, found)
        elif isinstance(one, URLPattern):
            found[f"{space}{one.name}"] = path
