"""The page on which another pack is tried: the worker judges, the result is kept, and who may look."""

import datetime as dt

import pytest

from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.errors import Invalid, NotAllowed
from suqiu.figures import trials
from suqiu.figures.models import Trial
from suqiu.orders.models import Obligation
from suqiu.policy.queries import in_force
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
LONGER = "sh-12345-2015 v"


def own() -> str:
    row = in_force()
    return f"{row.code} v{row.version}"


def longer() -> str:
    return next(key for key in trials.choices() if key.startswith(LONGER))


def asked(city: City, pack: str) -> Trial:
    today = clock.today()
    return trials.ask(pack=pack, since=today - dt.timedelta(days=9), until=today, by=city.leader)


def test_the_pack_in_force_differs_by_nothing_and_the_page_says_so(city: City) -> None:
    closed(city)
    city.signed()
    city.wait(days=3)
    row = asked(city, own())
    client = client_of(city.leader)
    assert "在算" in client.get(f"/packs/trials/{row.pk}").content.decode()
    assert trials.judge_waiting() == 1 and trials.judge_waiting() == 0
    shown = client.get(f"/packs/trials/{row.pk}").content.decode()
    assert "2 件，一件不差" in shown and "hx-trigger" not in shown
    assert [entry.kind for entry in chain(f"trial:{row.pk}")] == ["figures.trial_asked"]


def test_another_pack_names_who_is_late_no_more_and_by_how_much_a_rate_moves(city: City) -> None:
    order = city.dispatched()
    city.wait(hours=3)
    assert Obligation.objects.get(order=order, code="first_contact").due < clock.now()
    row = asked(city, longer())
    trials.judge_waiting()
    row.refresh_from_db()
    assert row.found["moved"] == [[order.number, ["first_contact"], []]]
    shown = client_of(city.leader).get(f"/packs/trials/{row.pk}").content.decode()
    assert order.number in shown and "先行联系" in shown and "1 件的逾期会变" in shown


def test_what_was_found_stays_as_it_was_when_the_orders_go_on(city: City) -> None:
    city.dispatched()
    city.wait(hours=3)
    row = asked(city, longer())
    trials.judge_waiting()
    row.refresh_from_db()
    before = row.found
    closed(city)
    trials.judge_waiting()
    row.refresh_from_db()
    assert row.found == before


def test_a_trial_is_asked_for_on_the_page(city: City) -> None:
    city.accepted()
    client = client_of(city.leader)
    today = clock.today().isoformat()
    answer = client.post("/packs/trials/ask", {"pack": own(), "since": today, "until": today})
    row = Trial.objects.get()
    assert answer.headers["Location"] == f"/packs/trials/{row.pk}"
    assert f"/packs/trials/{row.pk}" in client.get("/packs/trials").content.decode()
    for wrong in (
        {"pack": "none v1", "since": today, "until": today},
        {"pack": own(), "since": today, "until": "2026-09-01"},
        {"pack": own(), "since": "2020-01-01", "until": today},
        {"pack": own(), "since": "x", "until": today},
    ):
        assert client.post("/packs/trials/ask", wrong).status_code == 422
    assert Trial.objects.count() == 1


def test_only_so_many_wait(city: City) -> None:
    for _n in range(trials.WAITING):
        asked(city, own())
    with pytest.raises(Invalid):
        asked(city, own())
    assert trials.judge_waiting() == trials.WAITING
    asked(city, own())


def test_trials_are_for_leaders_and_assessors_who_see_every_order(city: City) -> None:
    row = asked(city, own())
    trials.judge_waiting()
    for by in (city.dispatcher, city.handler, city.hub):
        assert client_of(by).get(f"/packs/trials/{row.pk}").status_code == 403
        with pytest.raises(NotAllowed):
            trials.ask(pack=own(), since=row.since, until=row.until, by=by)
    assert client_of(city.leader).get("/packs/trials/999999").status_code == 404
