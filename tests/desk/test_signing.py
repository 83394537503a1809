"""A leader reads and signs on his page; who is away is stood in for; lines propose leader and section."""

import datetime as dt

import pytest
from django.test import Client

from suqiu.accounts.absences import state_absence
from suqiu.accounts.actions import end_post
from suqiu.accounts.charges import held, of_line, put_in_charge
from suqiu.accounts.models import Absence, Posting
from suqiu.accounts.queries import actor_named, by_username
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.orders.actions import leader
from suqiu.orders.models import Order
from suqiu.orders.signing import to_sign, without_leader
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def post(client: Client, address: str, **given: object) -> int:
    return int(client.post(address, given, headers={"Accept": "text/html"}).status_code)


def test_a_leader_signs_from_his_list_and_it_is_empty_again(city: City) -> None:
    order = city.conduct_accepted()
    him = client_of(city.leader)
    text = page(him, "/signing")
    assert order.number in text and "受理签批" in text and '<span class="count">1</span>' in text
    form = page(him, f"/orders/{order.number}/sign_acceptance?back=/signing")
    assert 'name="back" value="/signing"' in form
    done = him.post(
        f"/orders/{order.number}/sign_acceptance", {"words": "当天派下去", "back": "/signing"}
    )
    assert (done.status_code, done["Location"]) == (302, "/signing")
    assert to_sign(city.leader) == []
    text = page(him, "/signing")
    assert "没有等您签的" in text and '<span class="count">' not in text.split("<main")[0]
    assert text.count(order.number) >= 2, "he answers for it, and he signed it"
    signed = text.split("我签过的")[-1]
    assert order.title in signed, "what he signed is told by its matter, not by a number alone"


def test_the_worst_clock_is_first_and_what_runs_on_none_last(city: City) -> None:
    later = city.conduct_checked()
    first = city.conduct_accepted(title="执法人员对诉求人言语粗暴态度恶劣")
    waits = [(w.order.number, w.kind) for w in to_sign(city.leader)]
    assert waits == [(first.number, "accept"), (later.number, "close")]
    assert to_sign(actor_named("leader2")) == [] and to_sign(city.dispatcher) == []


def test_the_deputy_has_it_on_his_list_and_says_for_whom(city: City) -> None:
    order = city.conduct_accepted()
    today = str(clock.today())
    deputy = actor_named("leader2")
    him = client_of(city.leader)
    given = {"deputy": by_username("leader2").pk, "since": today, "until": today}
    assert post(him, "/absences/state", **given) == 302
    text = page(client_of(deputy), "/signing")
    assert order.number in text and "代 元木槿" in text
    form = f"/orders/{order.number}/sign_acceptance"
    assert "您代他签" in page(client_of(deputy), form) and "您代他签" not in page(him, form)
    assert post(client_of(deputy), f"/orders/{order.number}/sign_acceptance", words="代签") == 302
    shown = page(him, f"/orders/{order.number}")
    assert "蒋听澜 代签" in shown
    row = Absence.objects.get()
    assert post(him, "/absences/state", **given) == 422, "the same days again"
    assert post(client_of(deputy), f"/absences/{row.pk}/end") == 404, "another's"
    assert post(client_of(city.dispatcher), f"/absences/{row.pk}/end") == 302
    row.refresh_from_db()
    assert row.ended_at


def test_a_dispatcher_notes_it_for_one_who_is_ill(city: City) -> None:
    day = clock.today()
    given = {
        "person": by_username("leader1").pk, "deputy": by_username("leader1").pk,
        "since": str(day), "until": str(day),
    }  # fmt: skip
    client = client_of(city.dispatcher)
    answer = client.post("/absences/state", given)
    assert answer.status_code == 422 and "不能由自己代签" in answer.content.decode()
    given["deputy"] = by_username("leader2").pk
    assert post(client, "/absences/state", **given) == 302
    assert "元木槿" in page(client, "/absences")


def test_a_line_proposes_who_answers_for_it_and_keeps_its_past(city: City) -> None:
    one, other = by_username("leader1"), by_username("leader2")
    day = clock.today()
    by = system("test")
    put_in_charge("", leader=one, section=city.section, by=by)
    put_in_charge("X", leader=one, section=city.section, by=by)
    put_in_charge("X", leader=other, section=city.section, by=by, since=day + dt.timedelta(3))
    assert [of.leader for of in (of_line("X"), of_line("C")) if of] == [one, one]
    later = of_line("X", day + dt.timedelta(3))
    assert later and later.leader == other and len(held(day)) == 2
    with pytest.raises(NotAllowed):
        put_in_charge("X", leader=one, section=city.section, by=city.dispatcher)
    with pytest.raises(Invalid):
        put_in_charge("X", leader=one, section=city.squad, by=by)
    order = city.accepted()
    Order.objects.filter(pk=order.pk).update(conduct=True)
    form = page(client_of(city.dispatcher), f"/orders/{order.number}/name_leader")
    assert f'<option value="{one.actor_id}" selected' in form and "按条线分管" in form


def test_who_has_nobody_left_to_sign_is_listed(city: City) -> None:
    order = city.conduct_accepted()
    assert without_leader() == []
    end_post(Posting.objects.get(person__username="leader1", role="leader"), by=system("test"))
    assert without_leader() == [order]
    text = page(client_of(city.dispatcher), "/absences")
    assert "须另行指定责任领导" in text and order.number in text


def test_a_plan_is_read_on_the_order_and_sent_back(city: City) -> None:
    order = city.conduct_signed()
    unit = client_of(city.handler)
    assert post(unit, f"/orders/{order.number}/report_plan", words="先约谈当事队员") == 302
    him = client_of(city.leader)
    assert "先约谈当事队员" in page(him, f"/orders/{order.number}/sign_plan?back=/signing")
    assert post(him, f"/orders/{order.number}/return_plan", reason="写明哪天前") == 302
    assert "退回或改报" in page(unit, f"/orders/{order.number}")
    leader.report_plan(order, words="周三前约谈", by=city.handler)
    state_absence(
        by_username("leader1"), deputy=by_username("leader2"), since=clock.today(),
        until=clock.today(), by=city.leader,
    )  # fmt: skip
    assert [w.kind for w in to_sign(actor_named("leader2"))] == ["plan"]
