"""Both scores over real orders: from the kept figures and from the rows, on the page, by command."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named
from suqiu.assessment import scheme as shipped
from suqiu.assessment.actions import appeals, schemes, upstreams
from suqiu.assessment.models import Foreseen
from suqiu.assessment.shadow import jobs, queries, reading
from suqiu.assessment.shadow import upstream as texts
from suqiu.audit import jobs as audit_jobs
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, Missing, NotAllowed
from suqiu.callbacks.actions import record
from suqiu.figures import keeping
from suqiu.orders.actions import dispatch, dispose, verify
from suqiu.orders.models import Order
from tests.city import DISTRICT, MONDAY, City
from tests.reports.conftest import YES, closed

BACKEND = "django.contrib.auth.backends.ModelBackend"
SEPTEMBER = (dt.date(2026, 9, 1), dt.date(2026, 10, 1))
BY = system("test")
(TOWN,) = [one for one in texts.shipped() if one.id == "sh-town-2018"]


def follow() -> None:
    audit_jobs.seal()
    while keeping.follow():
        pass


def client_of(login: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=login), backend=BACKEND)
    return client


def late(city: City) -> Order:
    """The unit reached him, but hours after the limit: yes for the upstream, late for us."""
    order = city.dispatched()
    city.wait(hours=3)
    order = dispatch.sign(order, by=city.handler)
    order = dispose.contact(order, reached=True, way="电话", by=city.handler)
    order = dispose.dispose(
        order, result="solved", fact="true", words="当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
        basis="市容环境卫生管理条例", by=city.handler,
    )  # fmt: skip
    order = dispose.pass_disposal(order, by=city.head)
    order = dispose.reply(order, words="已告知诉求人处置情况与值守安排。", by=city.handler)
    order = verify.review(order, by=city.dispatcher)
    record(order, by=city.hub, outcome="reached", answer=YES)
    order.refresh_from_db()
    if order.second_due:
        record(order, by=city.inspector, outcome="reached", answer=YES)
    return verify.close(order, by=city.dispatcher)


@pytest.fixture
def month(city: City) -> City:
    """Two plain orders, one contacted too late, and one that was never accepted; all of September."""
    closed(city)
    closed(city)
    late(city)
    city.registered()
    return city


def of(found: dict[str, queries.Shadow], region: str, measure: str) -> queries.Line:
    return next(line for line in found[region].lines if line.measure.id == measure)


def bare(one: queries.Shadow) -> queries.Shadow:
    """Without the orders behind each step, which those that are alike do not name."""
    lines = tuple(
        replace(line, steps=tuple(replace(step, ids=()) for step in line.steps))
        for line in one.lines
    )
    return replace(one, lines=lines)


def test_both_sides_and_the_orders_between(month: City) -> None:
    found = queries.scores(TOWN, SEPTEMBER, BY)
    assert list(found) == ["", DISTRICT]
    contact = of(found, "", "contact")
    assert (contact.value, contact.n) == (1, 3)
    assert (contact.ours, contact.ours_n) == (pytest.approx(2 / 3), 3)
    (step,) = contact.steps
    order = Order.objects.filter(state="closed").order_by("-pk")[0]
    assert (step.why, step.n) == ("late", 1)
    assert queries.behind(TOWN, SEPTEMBER, "", "contact", "late", BY) == [order.pk]
    volume = of(found, "", "volume")
    assert (volume.top, volume.ours_top) == (4, 3)
    (step,) = volume.steps
    assert step.why == "not_accepted" and step.n == 1
    (unaccepted,) = Order.objects.filter(accepted_at=None).exclude(state="draft")
    behind = queries.behind(TOWN, SEPTEMBER, "", "volume", "not_accepted", BY)
    assert behind == [unaccepted.pk]
    assert found[""].theirs == pytest.approx(5 + 30 + 20 + 40 * 0.8)
    assert found[""].ours is None and found[""].guess is None


def test_kept_figures_and_rows_give_the_same(month: City) -> None:
    slow = queries.scores(TOWN, SEPTEMBER, BY)
    assert not keeping.ready()
    follow()
    assert keeping.ready()
    quick = queries.scores(TOWN, SEPTEMBER, BY)
    assert {k: bare(one) for k, one in quick.items()} == {k: bare(one) for k, one in slow.items()}
    for region, one in slow.items():
        for line in one.lines:
            for step in line.steps if line.measure.asks != "volume" else ():
                of = (TOWN, SEPTEMBER, region, line.measure.id, step.why)
                assert queries.behind(*of, BY) == list(step.ids) != []
    told = [t for t in reading.alike(TOWN, SEPTEMBER) if not t.id]
    assert sum(t.n for t in told) == len(reading.ended(SEPTEMBER)) > len(told), "alike are one"


def test_our_score_leads_to_theirs(month: City) -> None:
    text = shipped.shipped().replace("least: 30", "least: 1")
    row = schemes.propose(text=text, since=SEPTEMBER[0], basis="推定", by=actor_named("assessor1"))
    schemes.publish(row.pk, by=month.leader)
    found = queries.scores(TOWN, SEPTEMBER, BY)
    for one in found.values():
        assert one.ours is not None
        assert one.ours + sum(s.change for s in one.spans) == pytest.approx(one.theirs, abs=1e-3)
        assert one.spans[0].why == "formula" and not one.spans[0].n


def test_an_order_that_an_appeal_took_out_still_counts_above(month: City) -> None:
    text = shipped.shipped().replace("least: 30", "least: 1")
    assessor = actor_named("assessor1")
    row = schemes.propose(text=text, since=SEPTEMBER[0], basis="推定", by=assessor)
    schemes.publish(row.pk, by=month.leader)
    order = Order.objects.filter(state="closed").order_by("pk")[0]
    asked = appeals.ask(
        unit=month.squad, number=order.number, rate="satisfaction", words="另有所求", by=month.head
    )
    appeals.advise(asked.pk, support=True, words="属实", by=assessor)
    appeals.rule(asked.pk, grant=True, words="同意", by=month.leader)
    line = of(queries.scores(TOWN, SEPTEMBER, BY), "", "satisfaction")
    assert [(s.why, s.ids) for s in line.steps] == [("exempted", (order.pk,))]
    assert (line.n, line.ours_n) == (3, 2)
    slow = queries.scores(TOWN, SEPTEMBER, BY)
    follow()
    quick = queries.scores(TOWN, SEPTEMBER, BY)
    assert {k: bare(one) for k, one in quick.items()} == {k: bare(one) for k, one in slow.items()}
    behind = queries.behind(TOWN, SEPTEMBER, "", "satisfaction", "exempted", BY)
    assert behind == [order.pk]


def test_the_page_opens_into_the_orders_and_only_the_centre_sees_it(month: City) -> None:
    client = client_of("leader1")
    shown = client.get("/assessment/shadow").content.decode()
    assert "影子成绩" in shown and "sh-town-2018 v1" in shown and "联系过但超过时限" in shown
    order = Order.objects.filter(state="closed").order_by("-pk")[0]
    listed = client.get("/assessment/shadow/orders?measure=contact&why=late").content.decode()
    assert order.number in listed and "1 件" in listed
    assert client.get("/assessment/shadow?region=999999").status_code == 404
    assert client.get("/assessment/shadow/orders?measure=contact&why=nothing").status_code == 404
    assert client.get("/assessment/shadow?upstream=nothing").status_code == 404
    assert client.get("/assessment/shadow?of=2026").status_code == 422
    assert client.get("/assessment/shadow?of=2099-01").status_code == 422
    assert client_of(f"hub.{DISTRICT}").get("/assessment/shadow").status_code == 403
    with pytest.raises(NotAllowed):
        queries.scores(TOWN, SEPTEMBER, month.hub)


def test_another_upstream_is_proposed_by_one_and_published_by_another(month: City) -> None:
    assessor = actor_named("assessor1")
    text = (
        texts.written(TOWN).replace("version: 1", "version: 2").replace("points: 30", "points: 10")
    )
    text = text.replace("2018-01-01", "2026-01-01")
    row = upstreams.propose(text=text, by=assessor)
    assert queries.in_force(SEPTEMBER[0]).version == 1
    with pytest.raises(NotAllowed):
        upstreams.publish(row.pk, by=assessor)
    upstreams.publish(row.pk, by=month.leader)
    one = queries.in_force(SEPTEMBER[0])
    assert one.key == "sh-town-2018 v2" and set(queries.choices()) == {TOWN.key, one.key}
    assert queries.scores(one, SEPTEMBER, BY)[""].theirs == pytest.approx(5 + 10 + 20 + 32)
    with pytest.raises(Invalid):
        upstreams.propose(text=text, by=assessor)
    again = upstreams.propose(text=text.replace("version: 2", "version: 3"), by=assessor)
    assert upstreams.drop(again.pk, by=month.leader).state == "dropped"
    with pytest.raises(Missing):
        queries.chosen("sh-town-2018 v3", SEPTEMBER[0])


def weeks(city: City, n: int) -> None:
    for i in range(n):
        closed(city)
        late(city)
        city.dispatched()
        clock.set_to(MONDAY + dt.timedelta(days=7 * (i + 1)))


def test_the_past_is_read_as_it_stood(city: City) -> None:
    """On the 19th of October twelve days are left; a stretch is two weeks back, then four."""
    weeks(city, 5)  # 14, 21, 28 September, 5, 12 October
    follow()
    today = dt.date(2026, 10, 19)
    assert clock.today() == today
    known = reading.known(TOWN, (dt.date(2026, 10, 1), dt.date(2026, 11, 1)), today)
    house = known[""]
    assert known.keys() == {"", DISTRICT} and known[DISTRICT] == house
    # In October so far the weeks of the 5th and the 12th: two ended each, three were registered.
    assert house.answers["contact"] == {"yes": 4} and house.registered == 6
    # Every week's third order is still open, and was due long since.
    assert house.due == 5
    ended = [(p.due, p.ended, p.others, p.registered) for p in house.past]
    # From 5 October for thirteen days: the third ones of the weeks before stood, and none ended.
    assert ended == [(3, 0, 4, 6), (1, 0, 4, 6)]


def test_a_day_is_guessed_once_and_stands_on_the_page(city: City) -> None:
    weeks(city, 5)
    assert jobs.foresee_today() == 0  # before the figures are whole
    follow()
    assert jobs.foresee_today() == 2 and jobs.foresee_today() == 0
    assert Foreseen.objects.filter(region="").count() == 1
    found = queries.scores(TOWN, queries.month("2026-10"), BY)
    guess = found[""].guess
    assert guess is not None and found[""].guessed_on == clock.today()
    assert guess[""].low <= guess[""].middle <= guess[""].high <= 95
    shown = client_of("leader1").get("/assessment/shadow").content.decode()
    assert "预计月底" in shown and "零点时" in shown
    clock.set_to(dt.datetime(2026, 11, 2, 9, tzinfo=clock.LOCAL))
    assert queries.scores(TOWN, queries.month("2026-10"), BY)[""].guess is None
