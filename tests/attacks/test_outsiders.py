"""Eyes from outside, and what the unit reads of them: no second channel, no longer than it is theirs."""

import pytest
from django.test import Client
from django.urls import reverse

from suqiu.accounts.actions import give_post
from suqiu.accounts.queries import actor_named
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Missing
from suqiu.orders.models import Order
from suqiu.supervision.external import queries, things
from suqiu.supervision.external.actions import inviting, links, opinions, terms
from suqiu.supervision.external.models import Invitation, Opinion
from suqiu.supervision.inspections import actions as inspections
from suqiu.supervision.inspections import queries as inspected
from suqiu.supervision.inspections.models import Inspection
from tests.city import City
from tests.desk.test_pages import client_of
from tests.supervision import external as short

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
BY = system("demo")


def of_discipline(opinion: Opinion) -> None:
    assert opinion.invitation.case is not None
    orders = opinion.invitation.case.orders.values("pk")
    Order.objects.filter(pk__in=orders).update(exit="discipline")


def asked(city: City) -> tuple[Opinion, str]:
    """Answered by the squad; the link asks its giver, who has no account, whether that satisfies him."""
    opinion = short.entered(city, actor_named("inspector2"))
    opinions.confirm(opinion, by=Actor(opinion.invitation.term.actor_id))
    opinions.answer(opinion, words="已按收摊时间调班", by=city.head)
    return opinion, short.link(opinion, city.leader)


def opened(token: str) -> int:
    return Client().get(reverse("portal:opinion", args=[token])).status_code


def test_a_link_opens_nothing_once_the_invitation_is_withdrawn(city: City) -> None:
    """Who logs in sees it no more; nor does who holds a link, whatever page he has open."""
    opinion, token = asked(city)
    assert opened(token) == 200
    inviting.withdraw(opinion.invitation, by=city.leader)
    assert opened(token) == 404
    said = Client().post(reverse("portal:opinion", args=[token]), {"yes": "yes", "words": ""})
    assert said.status_code == 404
    opinion.refresh_from_db()
    assert opinion.state == "answered"


def test_a_link_opens_nothing_of_what_went_to_discipline_inspection(city: City) -> None:
    opinion, token = asked(city)
    of_discipline(opinion)
    assert opened(token) == 404
    with pytest.raises(Missing):
        links.say(token, yes=True, by=short.PUBLIC)


def test_no_unit_reads_an_opinion_on_what_went_to_discipline_inspection(city: City) -> None:
    opinion = short.given(city)
    page = reverse("desk:external_opinion", args=[opinion.pk])
    assert short.SAID in client_of(city.head).get(page).content.decode()
    of_discipline(opinion)
    assert client_of(city.head).get(page).status_code == 404
    assert short.SAID not in client_of(city.head).get(reverse("desk:external")).content.decode()
    assert client_of(city.leader).get(page).status_code == 200


def joined(city: City) -> tuple[Inspection, Invitation]:
    today = clock.today()
    row = inspections.plan(
        theme="夜市回访", checklist="three-twos", since=today, until=today, per_stratum=1,
        by=city.inspector,
    )  # fmt: skip
    thing = things.of_inspection(row)
    return row, inviting.invite(short.appointed(city), thing, by=city.inspector)


def test_who_is_invited_no_more_is_not_of_the_team_either(city: City) -> None:
    row, invitation = joined(city)
    his = client_of(short.outside())
    assert his.get(f"/inspections/{row.number}").status_code == 200
    inviting.withdraw(invitation, by=city.inspector)
    assert his.get(f"/inspections/{row.number}").status_code == 404


@pytest.mark.parametrize("role", ["handler", "callback_officer", "external_supervisor"])
def test_whose_term_is_over_reads_no_inspection_from_another_post(city: City, role: str) -> None:
    """Neither on its page nor by the phone's list; and a second term begins anew."""
    row, invitation = joined(city)
    terms.end_term(invitation.term, reason="调离", by=city.leader)
    unit = city.squad if role == "handler" else city.section
    give_post(short.person(), unit=unit, role=role, by=BY)
    his = short.outside()
    assert his.roles == {role}
    assert not inspected.visible_to(his).exists()
    assert client_of(his).get(f"/inspections/{row.number}").status_code in {403, 404}


def test_a_look_uses_no_link_up_and_a_second_click_does_nothing(city: City) -> None:
    """A machine that follows links uses nothing up; a second click is refused alike."""
    opinion, token = asked(city)
    path = reverse("portal:opinion", args=[token])
    for _n in range(3):
        assert Client().head(path).status_code == 200
        assert Client().get(path).status_code == 200
    answer = Client().get(path)
    assert "no-store" in answer["Cache-Control"]
    first = Client().post(path, {"yes": "yes", "words": ""})
    second = Client().post(path, {"yes": "no", "words": "还差"})
    assert (first.status_code, second.status_code) == (200, 404)
    opinion.refresh_from_db()
    assert opinion.state == "settled"
    assert queries.link_of(token) is None
