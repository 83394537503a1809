"""What supervisors from outside said of an order leaves with its words; that it was answered stays."""

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.audit.jobs import checkpoint, seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import verify
from suqiu.base.actors import Actor
from suqiu.base.errors import WrongState
from suqiu.files.actions import forget_unlinked, receive
from suqiu.files.models import File
from suqiu.files.rules import Limits
from suqiu.retention import actions
from suqiu.supervision.cases.models import Case, CaseOrder
from suqiu.supervision.external import queries, things
from suqiu.supervision.external.actions import inviting, links, opinions
from suqiu.supervision.external.models import Opinion
from tests.city import City
from tests.pictures import photo
from tests.retention.test_neighbours import case_of, inspection_of
from tests.retention.test_retention import (  # noqa: F401
    BY,
    MARK,
    closed,
    found_in_database,
    officer,
    schedule,
)
from tests.supervision import external as short

pytestmark = pytest.mark.django_db
OURS = {"external_opinion", "external_answer"}


def said_on_paper(city: City, case: Case) -> Opinion:
    """Entered with a scan, confirmed; the mark in its words and in the scan's name."""
    thing = things.of_case(case)
    row = short.invited(city, short.appointed(city, on_paper=True), case)
    _printed, code = inviting.print_dossier(row, thing, by=city.leader)
    assessor = actor_named("assessor1")
    file = receive(photo(), name=f"{MARK}意见.jpg", limits=Limits(), by=assessor)
    opinion = opinions.enter(
        row, thing, way="paper", code=code, words=f"{MARK}值守太短", file=file, by=assessor
    )
    links.say(links.make(opinion, thing, by=city.leader)[1], yes=True, by=short.PUBLIC)
    return opinion


def left(table: str = "external_") -> set[str]:
    return {name for name, _mark in found_in_database(MARK) if name.startswith(table)}


def test_an_opinion_on_a_case_leaves_when_it_is_answered(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    order = closed(city)
    case = case_of(city, order)
    opinion = said_on_paper(city, case)
    with pytest.raises(WrongState) as refused:
        actions.erase(order.number, reason="诉求人书面要求", by=officer)
    assert refused.value.code == "erase.in_hand"
    opinions.answer(opinion, words=f"{MARK}已延长", by=city.leader)
    token = links.make(opinion, things.of_case(case), by=city.leader)[1]
    assert left() == OURS, "the test looks in vain"
    kinds = list(Entry.objects.filter(chain=opinion.chain).values_list("kind", flat=True))
    actions.erase(order.number, reason="诉求人书面要求", by=officer)
    assert left() == set() and left("audit_") <= {"audit_statement"}  # the filed report's
    assert queries.link_of(token) is None
    city.wait(days=2)
    forget_unlinked(by=BY)
    assert not File.objects.filter(name__contains=MARK).exists()
    opinion.refresh_from_db()
    assert opinion.state == "answered" and opinion.answers.get().at
    now = Entry.objects.filter(chain=opinion.chain).order_by("seq")
    assert list(now.values_list("kind", flat=True)) == [*kinds, "audit.erased"]
    seal()
    checkpoint()
    assert verify().problems == []


def test_an_opinion_on_two_orders_leaves_with_the_last(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    one, other = closed(city), closed(city)
    case = case_of(city, one)
    CaseOrder.objects.create(case=case, order=other)
    opinion = said_on_paper(city, Case.objects.get(pk=case.pk))
    opinions.answer(opinion, words=f"{MARK}已延长", by=city.leader)
    actions.erase(one.number, reason="诉求人书面要求", by=officer)
    assert left() == OURS
    actions.erase(other.number, reason="诉求人书面要求", by=officer)
    assert left() == set()


def test_an_opinion_on_an_inspection_leaves_with_its_last_order(
    city: City,
    officer: Actor,  # noqa: F811
) -> None:
    order = closed(city)
    row = inspection_of(city, order)
    term = short.appointed(city)
    thing = things.of_inspection(row)
    opinion = opinions.opine(
        inviting.invite(term, thing, by=city.leader), thing, words=f"{MARK}抽得太少",
        by=short.outside(),
    )  # fmt: skip
    opinions.answer(opinion, words=f"{MARK}下次加抽", by=city.leader)
    assert left() == OURS
    actions.erase(order.number, reason="诉求人书面要求", by=officer)
    assert left() == set()
