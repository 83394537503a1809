"""Stays solved: who looks again, when, and what comes of what is found back."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.catalogue.models import Category
from suqiu.orders.actions import verify
from suqiu.orders.models import Hand, Order
from suqiu.supervision.rechecks import actions, jobs, queries
from suqiu.supervision.rechecks.models import Recheck
from tests.city import City
from tests.desk.test_inspections import seat

pytestmark = pytest.mark.django_db
LEAF = "C0101"


def closed(city: City, leaf: str = LEAF) -> Order:
    told = verify.Outcome(True, True, "满意", True, True)
    order = city.in_callback(category=Category.objects.get(code=leaf))
    order = verify.verify(order, told, by=city.hub)
    if order.state == "second_check":
        order = verify.verify(order, told, by=city.callback_officer)
    order = verify.close(order, by=city.dispatcher)
    seal()
    jobs.follow_orders()
    return order


def first(order: Order) -> Recheck:
    return Recheck.objects.filter(order=order).order_by("days")[0]


def test_what_comes_back_is_planned_once_after_the_days_of_the_pack(city: City) -> None:
    order = closed(city)
    rows = list(Recheck.objects.filter(order=order).order_by("days"))
    assert [r.days for r in rows] == [7, 30, 90]
    today = clock.today()
    assert [clock.local(r.since).date() - today for r in rows] == [
        dt.timedelta(days=n) for n in (7, 30, 90)
    ]
    assert all(r.due > r.since for r in rows)
    assert jobs.follow_orders() == 0 and actions.plan(order, clock.now(), by=jobs.BY) == 0
    assert Recheck.objects.count() == 3


def test_which_leaves_come_back_is_data(city: City) -> None:
    Category.objects.filter(code=LEAF).update(recurs=False)
    closed(city)
    assert not Recheck.objects.exists()
    Category.objects.filter(code="C0105").update(recurs=True)
    assert first(closed(city, "C0105"))


def test_found_back_it_is_a_second_complaint_with_its_case(city: City) -> None:
    row = first(closed(city))
    city.wait(days=8)
    row = actions.look(row.pk, back=True, words="摊又回来了", by=city.inspector)
    case = row.case
    assert case and case.state == "opened"
    assert list(case.grounds.values_list("reason", "order")) == [("again", row.order_id)]
    assert all("摊" not in str(e.data) for e in Entry.objects.filter(chain=row.chain))
    with pytest.raises(WrongState) as refused:
        actions.look(row.pk, back=True, words="再记一次", by=city.inspector)
    assert refused.value.code == "recheck.done"


def test_not_too_early_not_without_words_and_at_the_citizens_hour(city: City) -> None:
    row = first(closed(city))
    with pytest.raises(WrongState) as refused:
        actions.look(row.pk, back=False, words="看了", by=city.inspector)
    assert refused.value.code == "recheck.early"
    with pytest.raises(Invalid):
        actions.name_hour(
            row.pk, hour=row.since - dt.timedelta(1), inspector=city.inspector.id, by=city.inspector
        )
    hour = row.since + dt.timedelta(days=9, hours=21)
    named = actions.name_hour(row.pk, hour=hour, inspector=city.inspector.id, by=city.inspector)
    assert named.due == hour
    city.wait(days=9)
    with pytest.raises(WrongState):
        actions.look(row.pk, back=False, words="看了", by=city.inspector)
    city.wait(days=8)
    with pytest.raises(Invalid):
        actions.look(row.pk, back=False, words=" ", by=city.inspector)
    assert actions.look(row.pk, back=False, words="没有摊", by=city.inspector).case is None


def test_who_handled_it_neither_goes_nor_is_named(city: City) -> None:
    order = closed(city)
    row = first(order)
    Hand.objects.create(order=order, actor=city.inspector.id)
    city.wait(days=8)
    with pytest.raises(NotAllowed) as refused:
        actions.look(row.pk, back=False, words="没有摊", by=city.inspector)
    assert refused.value.code == "recheck.own"
    with pytest.raises(NotAllowed):
        actions.name_hour(
            row.pk, hour=clock.now() + dt.timedelta(1), inspector=city.inspector.id, by=city.leader
        )
    with pytest.raises(NotAllowed):
        actions.look(row.pk, back=False, words="没有摊", by=city.leader)


def test_no_unit_learns_when_somebody_comes(city: City) -> None:
    row = first(closed(city))
    for by in (city.handler, city.head, city.hub):
        assert not queries.visible_to(by).exists()
        with pytest.raises(Missing):
            queries.get_for(by, row.pk)
    assert seat("head.310104-SQ01").get("/rechecks").status_code == 403


def test_figures_of_what_comes_back_and_what_stays_solved(city: City) -> None:
    a, b, c = closed(city), closed(city), closed(city, "C0102")
    city.wait(days=40)
    for order, days, back in ((a, 7, False), (a, 30, True), (b, 7, False), (b, 30, False)):
        pk = Recheck.objects.get(order=order, days=days).pk
        actions.look(pk, back=back, words="看了", by=city.inspector)
    actions.look(first(c).pk, back=True, words="又摆出来", by=city.inspector)
    leaves = {s.code: (s.n, s.of) for s in queries.by_leaf(city.leader)}
    assert leaves == {LEAF: (1, 2), "C0102": (1, 1)}
    assert sum(s.of for s in queries.by_place(city.leader)) == 3
    rows = {row.days: (row.of, row.at_close, row.after) for row in queries.lasting(city.leader)}
    assert rows == {7: (3, 3, 2), 30: (2, 2, 1)}


def test_brought_again_by_the_citizen_is_not_solved_still(city: City) -> None:
    order = closed(city)
    city.wait(days=3)
    again = city.registered()
    Order.objects.filter(pk=again.pk).update(parent=order, repeat=True)
    city.wait(days=6)
    actions.look(first(order).pk, back=False, words="看了", by=city.inspector)
    (row,) = queries.lasting(city.leader)
    assert (row.of, row.at_close, row.after) == (1, 1, 0)


def test_the_page_takes_hour_and_look_and_asks_alike_for_few_and_many(city: City) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert inspector.get("/rechecks").status_code == 200
        return len(found)

    inspector = seat("inspector1")
    row = first(closed(city))
    inspector.get("/rechecks")
    few = asked()
    for _n in range(2):
        closed(city)
    assert asked() == few
    city.wait(days=8)
    inspector = seat("inspector1")
    hour = clock.local(clock.now() + dt.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    told = {"hour": hour, "inspector": city.inspector.id}
    assert inspector.post(f"/rechecks/{row.pk}/hour", told).status_code == 302
    city.wait(hours=3)
    inspector = seat("inspector1")  # eight days later one logs in anew
    assert inspector.post(f"/rechecks/{row.pk}/look", {"back": "yes"}).status_code == 422
    found = inspector.post(f"/rechecks/{row.pk}/look", {"back": "yes", "words": "又有三摊"})
    row.refresh_from_db()
    assert row.case and found.headers["Location"] == f"/cases/{row.case.number}"
    page = inspector.get("/rechecks?after=nonsense|x").content.decode()
    assert row.case.number in page and "13900000001" not in page


def test_the_page_begins_with_what_presses_and_counts_the_rest(city: City) -> None:
    order = closed(city)
    page = seat("inspector1").get("/rechecks")
    assert page.context["when"] == "later", "nothing presses yet: the first that there are"
    soon, hour, late = Recheck.objects.filter(order=order).order_by("days")
    now = clock.now()
    Recheck.objects.filter(pk=late.pk).update(due=now - dt.timedelta(minutes=1))
    Recheck.objects.filter(pk=hour.pk).update(hour=now + dt.timedelta(minutes=1))
    Recheck.objects.filter(pk=soon.pk).update(due=clock.end_of(clock.today()))  # tomorrow begins

    def told(query: str = "") -> tuple[str, list[int], dict[str, int]]:
        found = seat("inspector1").get(f"/rechecks{query}").context
        return (
            found["when"],
            [row["one"].pk for row in found["rows"]],
            {key: n for key, _label, n in found["whens"]},
        )

    many = {"late": 1, "today": 1, "week": 1, "later": 0}
    assert told() == ("late", [late.pk], many)
    assert told("?when=today") == ("today", [hour.pk], many), "by the hour that was promised"
    assert told("?when=week") == ("week", [soon.pk], many)
    assert told("?when=later") == ("later", [], many)
    assert told("?when=moon") == ("late", [late.pk], many)
    assert sum(many.values()) == queries.open_to(city.inspector).count()
    assert queries.counts(city.head, now) == dict.fromkeys(many, 0)


def test_pages_neither_skip_nor_repeat(city: City) -> None:
    closed(city), closed(city)
    rows = Recheck.objects.all()
    seen: list[int] = []
    after = ""
    for _turn in range(3):
        found, after = queries.page(rows, after, 2)
        seen += [r.pk for r in found]
    assert len(seen) == len(set(seen)) == 6 and after == ""


def test_what_was_seen_leaves_with_the_orders_words(city: City) -> None:
    order = closed(city)
    row = first(order)
    city.wait(days=8)
    actions.look(row.pk, back=False, words="三户都说没有了", by=city.inspector)
    actions.forget_words(order, basis="request", by=jobs.BY)
    row.refresh_from_db()
    assert row.words == "" and row.back is False
    assert Entry.objects.filter(chain=row.chain, kind="audit.erased").count() == 1


def test_the_leaders_page_tells_what_came_back(city: City) -> None:
    assert 'id="lasting"' not in seat("leader1").get("/leader").content.decode()
    row = first(closed(city))
    city.wait(days=8)
    actions.look(row.pk, back=True, words="又有了", by=city.inspector)
    page = seat("leader1").get("/leader").content.decode()
    block = page.partition('id="lasting"')[2].partition("</section>")[0]
    told = re.findall(r'href="(/rechecks/orders[^"]+)">(\d+)</a>', block)
    assert [n for _where, n in told[:3]] == ["1", "1", "0"] and len(told) == 7
    for where, n in told:
        listed = seat("leader1").get(where.replace("&amp;", "&")).content.decode()
        assert f"{n} 件" in listed and (row.order.number in listed) == (n == "1")
    assert seat("leader1").get("/rechecks/orders?part=all").status_code == 404
    assert seat("leader1").get("/rechecks/orders?days=x").status_code == 404
    assert seat("supervisor1").get("/rechecks/orders?part=of").status_code == 403
    # Nobody outside the centre is told where and when somebody goes to look.
    assert 'id="lasting"' not in seat("supervisor1").get("/leader").content.decode()


def test_only_the_looks_of_a_span_are_counted(city: City) -> None:
    row = first(closed(city))
    city.wait(days=8)
    actions.look(row.pk, back=True, words="又有了", by=city.inspector)
    now, day = clock.now(), dt.timedelta(days=1)
    assert [r.of for r in queries.lasting(city.leader, (now - day, now + day))] == [1]
    assert queries.lasting(city.leader, (now + day, now + 2 * day)) == []
    assert queries.by_leaf(city.leader, (now - 9 * day, now)) == []  # the end is not in it
