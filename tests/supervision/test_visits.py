"""A visit from the proposal to its end, what comes of what was found, and who keeps out of it."""

import datetime as dt
from typing import Any

import pytest

from suqiu.audit.queries import chain, verify
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.callbacks import queries as callbacks
from suqiu.figures import keeping
from suqiu.files.actions import receive
from suqiu.files.rules import Limits
from suqiu.orders.access import can
from suqiu.orders.actions import accept, dispatch, dispose
from suqiu.orders.actions import verify as verifying
from suqiu.orders.actions.attach import Taken
from suqiu.orders.models import Hand, Order
from suqiu.orders.places import Place
from suqiu.orders.situations import of as situation_of
from suqiu.organisations.models import Unit
from suqiu.supervision.cases.queries import has_handled
from suqiu.supervision.rechecks.models import Recheck
from suqiu.supervision.visits import queries, routes
from suqiu.supervision.visits.actions import going, planning
from suqiu.supervision.visits.models import Stop, Visit
from suqiu.supervision.visits.routes import NewStop
from tests.city import DISTRICT, OTHER, City
from tests.concurrency.threads import Together
from tests.pictures import photo

pytestmark = pytest.mark.django_db
HERE = Place(121.44, 31.18)
WHAT = "青禾路菜场后门每晚七点起有六辆推车摆摊,占住盲道,收摊后满地油污。"


def planned(city: City, **changes: Any) -> Visit:
    told: dict[str, Any] = {
        "day": clock.today(), "title": "走街镇看夜市", "by": city.inspector,
        "stops": [NewStop(city.street, aim="看夜间设摊")],
        "visitors": [city.inspector.id, city.leader.id],
    }  # fmt: skip
    return planning.plan(**{**told, **changes})


def logged(city: City, visit: Visit | None = None, **changes: Any) -> Stop:
    stop = (visit or planned(city)).stops.order_by("position")[0]
    told: dict[str, Any] = {
        "seen": "七点后推车陆续来", "met": ["street", "shops"], "by": city.inspector,
    }  # fmt: skip
    return going.log(stop, **{**told, **changes})


def found(city: City, stop: Stop | None = None, **changes: Any) -> Order:
    told: dict[str, Any] = {
        "content": WHAT, "address": "青禾路菜场后门", "by": city.inspector,
    }  # fmt: skip
    return going.find(stop or logged(city), **{**told, **changes})


def brought_to_callback(city: City, order: Order) -> Order:
    """The way of any order; who found it left no telephone, so there is nobody to call first."""
    order = accept.accept(order, by=city.call_taker)
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.handler)
    order = dispose.dispose(
        order,
        result="solved",
        fact="true",
        words="当晚劝离六辆,固定值守到二十二点。",
        by=city.handler,
    )
    order = dispose.pass_disposal(order, by=city.head)
    order = dispose.reply(order, words="已把处置情况回复走访组。", by=city.handler)
    return verifying.review(order, by=city.dispatcher)


def from_category(code: str = "C0101") -> Any:
    from suqiu.catalogue.models import Category

    return Category.objects.get(code=code)


def test_from_the_plan_to_the_end(city: City) -> None:
    other = Unit.objects.filter(kind="street", region=DISTRICT).exclude(pk=city.street.pk)[0]
    visit = planned(city, stops=[NewStop(city.street, point=HERE), NewStop(other)])
    first, second = visit.stops.order_by("position")
    file = receive(photo(), name="a.jpg", limits=Limits(), by=city.inspector)
    stop = going.log(
        first, seen="七点后推车陆续来", met=["street", "shops"], photos=[file],
        taken={file.pk: Taken(clock.now(), Place(121.45, 31.18), 3)},
        here=Place(121.441, 31.18), made_at=clock.now(), clock_off=3, by=city.inspector,
    )  # fmt: skip
    assert stop.away is not None and 80 < stop.away < 110  # a thousandth of a degree east
    assert {m.kind for m in stop.met.all()} == {"street", "shops"}
    assert stop.photos.get().file == file and (stop.photos.get().away or 0) > 900
    with pytest.raises(Invalid):
        going.close(visit, summary="走了一站", by=city.inspector)
    going.skip(second, reason="下大雨", by=city.leader)
    promised = going.promise(
        stop, owner=city.squad, words="本周起延到二十二点",
        until=clock.today() + dt.timedelta(days=5), by=city.inspector,
    )  # fmt: skip
    going.close(visit, summary="夜间值守不够", by=city.inspector)
    going.settle(promised, kept_it=True, note="连看两晚无摊", by=city.leader)
    visit.refresh_from_db()
    assert visit.state == "closed" and visit.ended_at
    kinds = [e.kind for e in chain(visit.chain)]
    assert kinds == [
        "visit.planned", "visit.stop", "visit.stop", "visit.log", "visit.skip", "visit.promise",
        "visit.close", "visit.settle",
    ]  # fmt: skip
    assert not verify().problems


def test_no_word_of_it_is_a_fact(city: City) -> None:
    stop = logged(city, seen="店主电话13900000001说八点撤")
    assert "13900000001" not in stop.seen and "■" in stop.seen
    data = repr([e.data for e in chain(stop.visit.chain)])
    assert "推车" not in data and "夜市" not in data and "夜间设摊" not in data


def test_a_problem_is_an_order_of_the_finders_hand(city: City) -> None:
    file = receive(photo(), name="b.jpg", limits=Limits(), by=city.inspector)
    order = found(city, category=from_category(), photos=[file], here=HERE)
    assert (order.state, order.source_id, order.drafted_by) == (
        "registered", "VISIT", city.inspector.id,
    )  # fmt: skip
    assert order.street == city.street and order.region_id == DISTRICT and order.lon == HERE.lon
    picture = order.attachments.get()
    assert (picture.kind, picture.by, picture.unit_id) == ("before", city.inspector.id, None)
    told = chain(order.chain)
    assert [e.kind for e in told][-1] == "visit.found"
    assert {e.actor for e in told} == {city.inspector.id}
    visit = queries.of_order(order, city.inspector)
    assert visit is not None and queries.problems_in(visit).get().order == order
    assert queries.of_order(order, city.handler) is None
    assert not verify().problems


def test_the_leaf_of_a_hot_stop_is_the_orders_own(city: City) -> None:
    stop = NewStop(city.street, why="hot", category=from_category())
    order = found(city, logged(city, planned(city, stops=[stop])))
    assert order.category_id == "C0101"


def test_nobody_who_was_there_ever_verifies_it(city: City) -> None:
    """Not the one who wrote it down, nor those who went along, whatever their posts."""
    visitors = [city.inspector.id, city.callback_officer.id, city.hub.id]
    order = found(city, logged(city, planned(city, visitors=visitors)), category=from_category())
    assert set(Hand.objects.filter(order=order).values_list("actor", flat=True)) == set(visitors)
    order = brought_to_callback(city, order)
    it, _seats = situation_of(order, content=False)
    for person in (city.inspector, city.callback_officer, city.hub):
        for verb in ("verify_first", "verify_second"):
            assert not can(person, verb, it)
        assert not callbacks.todo(person).filter(pk=order.pk).exists()
        assert has_handled(Order.objects.filter(pk=order.pk), person)  # cases and rechecks too
    assert not has_handled(Order.objects.filter(pk=order.pk), city.leader)


def test_what_became_of_it_is_counted(city: City) -> None:
    stop = logged(city)
    order, today = found(city, stop), clock.today()
    found(city, stop, content="另一处花坛缺株,裸土外露已有半月,雨天泥水流上人行道。")
    going.promise(stop, owner=city.squad, words="补种", until=today, by=city.inspector)
    first = today.replace(day=1)
    end = first + dt.timedelta(days=31)
    it = queries.month(city.leader, first, end)
    assert (it.visits, it.stops, it.streets, it.problems, it.closed, it.solved) == (
        1,
        1,
        1,
        2,
        0,
        0,
    )
    assert (it.commitments, it.kept, it.overdue) == (1, 0, 0)
    Order.objects.filter(pk=order.pk).update(state="closed", result="unconfirmed")
    city.wait(days=1)
    it = queries.month(city.leader, first, end)
    assert (it.problems, it.closed, it.solved, it.verified, it.overdue) == (2, 1, 1, 0, 1)
    Order.objects.filter(pk=order.pk).update(result="solved")  # another has confirmed it
    it = queries.month(city.leader, first, end)
    assert (it.solved, it.verified) == (1, 1)
    row = queries.problems_in(stop.visit).get(order=order)
    assert row.said and row.verified  # type: ignore[attr-defined]
    again = {"days": 7, "since": clock.now(), "due": clock.now(), "back": True}
    Recheck.objects.create(order=order, **again)
    it = queries.month(city.leader, first, end)
    assert (it.closed, it.solved, it.verified) == (1, 0, 0)
    assert queries.month(city.leader, end, end + dt.timedelta(days=30)).visits == 0


def test_a_called_off_visit_counts_nowhere(city: City) -> None:
    visit = planned(city)
    planning.cancel(visit, reason="台风", by=city.inspector)
    first = clock.today().replace(day=1)
    assert queries.month(city.leader, first, first + dt.timedelta(days=31)).visits == 0
    with pytest.raises(WrongState):
        logged(city, visit)


def test_coverage_knows_only_where_somebody_was(city: City) -> None:
    before = queries.coverage(city.leader)[DISTRICT]
    visit = planned(city)
    assert queries.coverage(city.leader)[DISTRICT].visited == before.visited == 0
    logged(city, visit)
    after = queries.coverage(city.leader)
    assert after[DISTRICT].visited == 1 and after[OTHER].visited == 0
    assert city.street.pk not in {s.pk for s in after[DISTRICT].unvisited}
    assert set(queries.coverage(city.hub)) == {DISTRICT}  # a hub is told of its own streets
    city.wait(days=90)
    assert queries.coverage(city.leader)[DISTRICT].visited == 0


def test_the_route_is_proposed_from_what_rises_and_says_how(city: City) -> None:
    quiet = routes.proposed(city.inspector)
    assert quiet.stops and {one.why for one in quiet.stops} == {"unvisited"} and quiet.how == "code"
    for _n in range(4):
        city.accepted(lon=121.44, lat=31.18)
    city.wait(hours=1)
    keeping.follow()
    hot = routes.proposed(city.inspector)
    assert hot.region == DISTRICT
    first = next(one for one in hot.stops if one.why == "hot")
    assert first.street.pk == city.street.pk and first.heat and first.heat.now == 4
    assert hot.points[city.street.pk] == Place(121.44, 31.18)
    there = routes.proposed(city.inspector, OTHER)
    assert {one.street.region for one in there.stops} == {OTHER}
    logged(city)
    assert city.street.pk not in {one.street.pk for one in routes.proposed(city.inspector).stops}


def test_secret_orders_tell_nobody_where_they_are(city: City) -> None:
    city.accepted(lon=121.44, lat=31.18, confidential=True, paraphrase="反映某路段设摊。")
    assert routes.places([city.street.pk]) == {}


def test_a_hub_plans_in_its_district_and_sees_its_own_visits_alone(city: City) -> None:
    elsewhere = Unit.objects.filter(kind="street", region=OTHER)[0]
    with pytest.raises(Invalid) as refused:
        planned(city, by=city.hub, stops=[NewStop(elsewhere)])
    assert refused.value.code == "visit.street"
    theirs = planned(city)
    own = planned(city, by=city.hub, visitors=[city.hub.id], title="区里自己走")
    assert list(queries.visible_to(city.hub)) == [own]
    with pytest.raises(Missing):
        queries.get_for(city.hub, theirs.number)
    order = found(city, logged(city, own, by=city.hub), by=city.hub)
    assert order.drafted_by == city.hub.id
    for stranger in (city.handler, city.head, city.outsider):
        assert not queries.visible_to(stranger).exists()
        with pytest.raises(Missing):
            queries.get_for(stranger, own.number)


def test_only_who_goes_writes_down(city: City) -> None:
    visit = planned(city)
    stop = visit.stops.get()
    for stranger in (city.dispatcher, city.callback_officer):
        with pytest.raises(NotAllowed):
            going.log(stop, seen="看了", by=stranger)
    with pytest.raises(Missing):
        going.log(stop, seen="看了", by=city.head)
    with pytest.raises(NotAllowed):
        planned(city, by=city.call_taker)


@pytest.mark.parametrize(
    ("do", "code"),
    [
        (lambda c: planned(c, title=" "), "visit.empty"),
        (lambda c: planned(c, day=clock.today() - dt.timedelta(days=1)), "visit.past"),
        (lambda c: planned(c, stops=[]), "visit.stops"),
        (lambda c: planned(c, visitors=[]), "visit.people"),
        (lambda c: planned(c, visitors=[c.handler.id]), "visit.people"),
        (lambda c: planned(c, stops=[NewStop(c.squad)]), "visit.street"),
        (lambda c: planned(c, stops=[NewStop(c.street), NewStop(c.street)]), "visit.twice"),
        (lambda c: planned(c, stops=[NewStop(c.street, why="whim")]), "visit.why"),
        (lambda c: logged(c, planned(c, day=clock.today() + dt.timedelta(days=1))), "visit.early"),
        (lambda c: logged(c, met=["王某某"]), "visit.met"),
        (lambda c: logged(c, seen=""), "visit.empty"),
        (lambda c: found(c, planned(c).stops.get()), "visit.unlogged"),
        (lambda c: planning.join(planned(c), c.leader.id, by=c.inspector), "visit.there"),
        (lambda c: planning.cancel(logged(c).visit, reason="雨", by=c.inspector), "visit.begun"),
        (lambda c: logged(c, logged(c).visit), "visit.done"),
        (
            lambda c: going.promise(
                logged(c), owner=c.squad, words="补", by=c.inspector,
                until=clock.today() - dt.timedelta(days=1),
            ),
            "visit.until",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(city: City, do: Any, code: str) -> None:
    with pytest.raises((Invalid, WrongState)) as refused:
        do(city)
    assert refused.value.code == code


def test_who_nobody_wrote_down_joins_no_more_after_a_find(city: City) -> None:
    order = found(city)
    visit = queries.of_order(order, city.inspector)
    assert visit
    with pytest.raises(Invalid) as refused:
        planning.join(visit, city.callback_officer.id, by=city.inspector)
    assert refused.value.code == "visit.begun"


def test_another_than_the_unit_settles_what_it_promised_and_once(city: City) -> None:
    section = Unit.objects.get(pk=next(iter(city.inspector.units)))
    stop = logged(city)
    ours, theirs = (
        going.promise(stop, owner=unit, words="办好", until=clock.today(), by=city.inspector)
        for unit in (section, city.squad)
    )
    with pytest.raises(NotAllowed):
        going.settle(ours, kept_it=True, by=city.inspector)
    going.settle(theirs, kept_it=False, by=city.inspector)
    with pytest.raises(WrongState):
        going.settle(theirs, kept_it=True, by=city.inspector)


def test_anothers_picture_is_not_taken(city: City) -> None:
    file = receive(photo(), name="c.jpg", limits=Limits(), by=city.handler)
    stop = planned(city).stops.get()
    with pytest.raises(Invalid) as refused:
        going.log(stop, seen="看了", photos=[file], by=city.inspector)
    assert refused.value.code == "file.foreign"
    with pytest.raises(Invalid):
        found(city, logged(city, stop.visit), photos=[file])
    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_same_stop_at_once_write_it_once(city: City) -> None:
    stop = planned(city).stops.get()
    done = Together(
        lambda: going.log(stop, seen="甲", by=city.inspector),
        lambda: going.log(stop, seen="乙", by=city.leader),
    ).finish()
    assert sorted(type(one).__name__ for one in done) == ["Stop", "WrongState"]
