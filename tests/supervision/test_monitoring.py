"""Monitoring: what is watched, its milestones, who moves next; the same few questions at any size."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.orders.actions import dispatch, dispose, pairs, verify
from suqiu.orders.models import Order
from suqiu.supervision.monitoring import queries
from suqiu.supervision.monitoring.rules import MILESTONES, VERBS, Told, marks, missing
from tests.city import DISTRICT, OTHER, City
from tests.desk.test_inspections import seat
from tests.supervision.work import opened

pytestmark = pytest.mark.django_db
T = dt.datetime(2026, 9, 14, 9, tzinfo=dt.UTC)


def watched(city: City, **asked: str) -> list[str]:
    found, _after = queries.page(queries.watched(city.inspector, **asked))
    return [one.order.number for one in found]


def supervised(city: City, order: Order | None = None) -> Order:
    return pairs.supervise(order or city.signed(), reason="拖得久", by=city.inspector)


def test_conduct_supervised_and_cases_are_watched_and_nothing_else(city: City) -> None:
    plain, watch, looked = city.signed(), supervised(city), city.signed()
    conduct = city.registered(title="反映执法队员态度", accused=city.other_squad)
    Order.objects.filter(pk=conduct.pk).update(conduct=True)
    opened(city, looked)
    assert set(watched(city)) >= {watch.number, looked.number, conduct.number}
    assert plain.number not in watched(city)
    assert watched(city, why="conduct") == [conduct.number]
    assert looked.number not in watched(city, why="supervised")
    assert watched(city, why="case") == [looked.number]
    assert watched(city, region=OTHER) == []
    assert watch.number in watched(city, region=DISTRICT, line="C")


def test_what_has_ended_is_watched_no_more(city: City) -> None:
    order = supervised(city)
    pairs.ask_force(order, reason="办不下去", evidence="三次无人", by=city.dispatcher)
    assert watched(city) == [order.number]
    pairs.grant_force(order, by=city.leader)
    assert watched(city) == []


def one(city: City, order: Order) -> queries.Watched:
    (found,) = queries.stand([Order.objects.get(pk=order.pk)])
    return found


def reached(found: queries.Watched) -> list[str]:
    return [m.milestone.code for m in found.marks if m.at]


def test_milestones_follow_the_work_and_say_who_moves_next(city: City) -> None:
    order = supervised(city, city.accepted())
    assert one(city, order).mover == "派单员"
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    found = one(city, order)
    assert reached(found) == ["accept", "dispatch"] and found.mover == str(city.squad.name)
    assert next(m.milestone.code for m in found.marks if m.is_next) == "acknowledge"
    order = dispatch.sign(order, by=city.handler)
    order = dispose.contact(order, reached=True, way="电话", by=city.handler)
    found = one(city, order)
    assert [m.milestone.code for m in found.marks if m.is_next] == ["on_site"]
    assert [m.code for m in found.missing] == ["acknowledge"]
    assert found.clock and found.clock.seat.unit == city.squad


def test_a_step_that_was_passed_over_is_named(city: City) -> None:
    found = one(city, supervised(city, city.in_callback()))
    assert "on_site" in [m.code for m in found.missing]
    assert found.mover == "回访员"
    assert "sign_off" not in [m.milestone.code for m in found.marks]


def test_rework_asks_for_the_work_again_and_not_for_what_stands() -> None:
    told = [Told("accept", T, 1), Told("sign", T, 1), Told("dispose", T, 1), Told("reply", T, 1)]
    again = {m.milestone.code: m.at for m in marks(told, round=2, conduct=False, drawn=False)}
    assert again["sign"] == T and again["dispose"] is None and again["reply"] is None


def test_a_conduct_order_has_its_leader_among_the_milestones() -> None:
    codes = [m.milestone.code for m in marks([], round=1, conduct=True, drawn=False)]
    assert {"leader", "sign_off"} <= set(codes) and "second" not in codes
    assert missing(marks([], round=1, conduct=True, drawn=True)) == []


def test_every_verb_of_a_milestone_is_of_the_table() -> None:
    from suqiu.orders import states

    assert set(states.VERBS) >= VERBS
    assert len({m.code for m in MILESTONES}) == len(MILESTONES)


def test_a_page_asks_as_often_for_thirty_as_for_three(city: City) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.page(queries.watched(city.inspector))
        return len(found)

    for _n in range(3):
        supervised(city)
    few = asked()
    for _n in range(9):
        supervised(city)
    assert asked() == few <= 6


def test_pages_neither_skip_nor_repeat(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    wanted = {supervised(city).number for _n in range(5)}
    seen: list[str] = []
    after = ""
    for _turn in range(3):
        found, after = queries.page(queries.watched(city.inspector), after)
        seen += [w.order.number for w in found]
    assert sorted(seen) == sorted(wanted) and after == ""
    assert queries.page(queries.watched(city.inspector), "nonsense|x")[0]


def test_the_page_keeps_itself_up_to_date_and_is_the_centres(city: City) -> None:
    order = supervised(city)
    inspector = seat("inspector1")
    page = inspector.get("/monitoring?region=999&why=nothing").content.decode()
    assert order.number in page and 'hx-trigger="every 30s"' in page and "13900000001" not in page
    part = inspector.get("/monitoring", headers={"HX-Request": "true", "HX-Target": "watched"})
    assert order.number in part.content.decode() and "<html" not in part.content.decode()
    assert seat("head.310104-SQ01").get("/monitoring").status_code == 403


def test_a_closed_order_has_every_milestone(city: City) -> None:
    order = verify.verify(
        city.in_callback(), verify.Outcome(True, True, "满意", True, True), by=city.hub
    )
    if order.state == "second_check":
        order = verify.verify(
            order, verify.Outcome(True, True, "满意", True, True), by=city.inspector
        )
    order = verify.close(order, by=city.dispatcher)
    assert reached(one(city, order))[-1] == "close"
    assert not [m for m in one(city, order).marks if m.is_next]
