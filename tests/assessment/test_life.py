"""Schemes, scores, entries, sheets and appeals over real rows."""

import datetime as dt

import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named
from suqiu.assessment import jobs, queries
from suqiu.assessment import scheme as shipped
from suqiu.assessment.actions import appeals, entries, schemes, sheets
from suqiu.assessment.models import Day, Entry, Sheet
from suqiu.audit import jobs as audit_jobs
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.clock import midnight
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.figures import keeping
from suqiu.figures.cohorts import Cohort
from suqiu.figures.proof import verify
from suqiu.figures.queries import rates
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from tests.city import DISTRICT, City
from tests.reports.conftest import closed

BACKEND = "django.contrib.auth.backends.ModelBackend"
SEPTEMBER = (dt.date(2026, 9, 1), dt.date(2026, 10, 1))
TEXT = shipped.shipped().replace("least: 30", "least: 1")
REGION = f"region:{DISTRICT}"


@pytest.fixture
def assessor(city: City) -> Actor:
    return actor_named("assessor1")


@pytest.fixture
def ready(city: City, assessor: Actor) -> City:
    """Two orders ended in September, a scheme is in force from its first day; it is October."""
    closed(city)
    closed(city)
    clock.set_to(dt.datetime(2026, 10, 9, 10, tzinfo=clock.LOCAL))
    row = schemes.propose(text=TEXT, since=SEPTEMBER[0], basis="推定", by=assessor)
    with pytest.raises(NotAllowed):
        schemes.publish(row.pk, by=assessor)
    schemes.publish(row.pk, by=city.leader)
    return city


def value(subject: str) -> float | None:
    scheme = queries.body(queries.scheme_on(dt.date(2026, 9, 30)))
    made = queries.scores(scheme, SEPTEMBER, subject.partition(":")[0])
    return next(one.value for one in made if one.subject == subject)


def test_a_score_is_that_of_the_figures(ready: City) -> None:
    # timely and solved are whole; both are 基本满意, 0.8: three quarters of the way from 0.5 to 0.9
    assert value(REGION) == pytest.approx(30 + 30 * 0.75 + 40)
    assert value(f"unit:{ready.squad.pk}") == value(REGION)


def test_the_sums_of_days_and_the_orders_give_the_same(ready: City) -> None:
    scheme = queries.body(queries.scheme_on(dt.date(2026, 9, 30)))
    slow = {kind: queries.scores(scheme, SEPTEMBER, kind) for kind in queries.KINDS}
    audit_jobs.seal()
    while keeping.follow():
        pass
    assert keeping.ready()
    assert {kind: queries.scores(scheme, SEPTEMBER, kind) for kind in queries.KINDS} == slow


def test_the_centre_s_own_sections_are_not_scored(ready: City) -> None:
    scheme = queries.body(queries.scheme_on(dt.date(2026, 9, 30)))
    own = Unit.objects.get(kind="centre")
    Entry.objects.create(
        subject=f"unit:{own.pk}", day=dt.date(2026, 9, 20), work="audit", points=1, words="甲",
        state="confirmed", made_at=clock.now(), made_by="system:test",
    )  # fmt: skip
    assert f"unit:{own.pk}" not in {s.subject for s in queries.scores(scheme, SEPTEMBER, "unit")}


def test_a_later_scheme_does_not_reach_back(ready: City, assessor: Actor) -> None:
    for since in (dt.date(2026, 9, 15), dt.date(2026, 10, 9)):
        row = schemes.propose(text=TEXT, since=since, basis="推定", by=assessor)
        with pytest.raises(Invalid):
            schemes.publish(row.pk, by=ready.leader)
    with pytest.raises(Missing):
        queries.scheme_on(dt.date(2026, 8, 31))


def test_a_simulation_stores_nothing_but_that_it_was(ready: City, assessor: Actor) -> None:
    text = TEXT.replace("{rate: satisfaction, weight: 30", "{rate: satisfaction, weight: 100")
    row = schemes.propose(text=text, since=dt.date(2026, 11, 1), basis="推定", by=assessor)
    moved = {m.subject: m for m in schemes.simulate(row.pk, SEPTEMBER, "region", by=assessor)}
    assert moved[REGION].then == pytest.approx(92.5)
    assert moved[REGION].now == pytest.approx(100 * (30 + 75 + 40) / 170, abs=0.01)
    assert chain(row.chain)[-1].kind == "assessment.scheme_simulate"
    row.refresh_from_db()
    assert row.state == "draft" and value(REGION) == pytest.approx(92.5)
    with pytest.raises(Invalid):
        schemes.simulate(row.pk, queries.period("2026-12"), "region", by=assessor)


def enter(by: Actor, points: float = 1.5) -> int:
    row = entries.enter(
        subject=REGION, day=dt.date(2026, 9, 20), work="audit", points=points,
        words="抽查 20 件，答复齐全", by=by,
    )  # fmt: skip
    return row.pk


def test_an_entry_counts_when_another_hand_has_confirmed_it(ready: City, assessor: Actor) -> None:
    pk = enter(assessor)
    assert value(REGION) == pytest.approx(92.5)
    with pytest.raises(NotAllowed):
        entries.confirm(pk, by=assessor)
    entries.confirm(pk, by=ready.inspector)
    assert value(REGION) == pytest.approx(94)
    with pytest.raises(WrongState):
        entries.refuse(pk, words="凭据不足", by=ready.inspector)
    with pytest.raises(Invalid):
        enter(assessor, points=3)
    with pytest.raises(NotAllowed):
        enter(ready.head)


def frozen(city: City, assessor: Actor) -> Sheet:
    row = sheets.draw(SEPTEMBER, by=assessor)
    with pytest.raises(NotAllowed):
        sheets.review(row.pk, by=assessor)
    sheets.review(row.pk, by=city.inspector)
    return sheets.freeze(row.pk, by=city.leader)


def test_a_frozen_score_stays_and_what_changed_stands_beside_it(
    ready: City, assessor: Actor
) -> None:
    row = frozen(ready, assessor)
    assert row.state == "frozen" and queries.corrections(row) == []
    with pytest.raises(WrongState):
        sheets.drop(row.pk, words="重出", by=assessor)
    with pytest.raises(WrongState):
        sheets.draw(SEPTEMBER, by=assessor)
    entries.confirm(enter(assessor), by=ready.inspector)
    row.refresh_from_db()
    (one,) = queries.corrections(row)
    assert one["subject"] == REGION
    assert (one["then"], one["now"]) == (pytest.approx(92.5), pytest.approx(94))


def test_a_sheet_that_was_changed_by_hand_is_not_frozen(ready: City, assessor: Actor) -> None:
    row = sheets.draw(SEPTEMBER, by=assessor)
    sheets.review(row.pk, by=ready.inspector)
    Sheet.objects.filter(pk=row.pk).update(rows=[])
    with pytest.raises(WrongState):
        sheets.freeze(row.pk, by=ready.leader)
    with pytest.raises(Invalid):
        sheets.draw(queries.period("2026-10"), by=assessor)


def ask(city: City, by: Actor | None = None) -> int:
    order = Order.objects.order_by("pk")[0]
    row = appeals.ask(
        unit=city.squad, number=order.number, rate="satisfaction", words="诉求人事后另有所求",
        by=by or city.head,
    )  # fmt: skip
    return row.pk


def test_an_appeal_goes_through_two_hands_and_keeps_the_fact(ready: City, assessor: Actor) -> None:
    pk = ask(ready)
    with pytest.raises(WrongState):
        ask(ready)
    with pytest.raises(WrongState):
        appeals.rule(pk, grant=True, words="同意", by=ready.leader)
    appeals.advise(pk, support=True, words="凭据齐", by=assessor)
    appeals.rule(pk, grant=True, words="同意", by=ready.leader)
    scheme = queries.body(queries.scheme_on(dt.date(2026, 9, 30)))
    for kind in queries.KINDS:
        (one,) = [s for s in queries.scores(scheme, SEPTEMBER, kind) if s.n]
        counted = next(line.counted for line in one.lines if line.rate == "satisfaction")
        assert (counted.n, counted.kept) == (2, 1) and counted.top == pytest.approx(1.6)
        assert counted.adjusted == pytest.approx(0.8)
    order = Order.objects.order_by("pk")[0]
    assert [e.kind for e in chain(order.chain)][-1] == "figures.exempted"
    figures = rates(Cohort("closed_in", *map(midnight, SEPTEMBER)), ready.leader)[""]
    assert figures["satisfaction"].excluded_ids == {"exempted": (order.pk,)}
    assert figures["satisfaction"].raw_denominator == 2 and figures["solved"].excluded == {}
    assert verify().problems == []
    kept = [e.kind for e in chain(f"appeal:{pk}")]
    assert kept == ["assessment.appeal_ask", "assessment.appeal_support", "assessment.appeal_grant"]


def test_only_the_unit_itself_asks(ready: City) -> None:
    for by in (ready.outsider, ready.leader):
        with pytest.raises((NotAllowed, Missing)):
            ask(ready, by)
    pk = ask(ready)
    assert not queries.appeals_for(actor_named("head.310101-SQ01")).exists()
    with pytest.raises(Missing):
        appeals.withdraw(pk, by=actor_named("head.310101-SQ01"))
    assert appeals.withdraw(pk, by=ready.head).state == "withdrawn"


def test_a_day_is_scored_once_and_a_drop_is_told_once(ready: City) -> None:
    day = dt.date(2026, 9, 30)
    scheme = queries.scheme_on(day)
    Day.objects.create(
        day=day - dt.timedelta(days=30), subject=REGION, scheme=scheme, value=99.0, raw=99.0, n=9
    )
    assert jobs.score(day) > 0 and jobs.score(day) == 0
    told = chain(f"score:{REGION}")
    assert {e.kind for e in told} == {"assessment.drop"}
    assert all(e.data["then"] == 99.0 and e.data["now"] == 92.5 for e in told)
    assert jobs.score(dt.date(2026, 8, 1)) == 0


def client_of(login: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=login), backend=BACKEND)
    return client


def test_the_pages(ready: City, assessor: Actor) -> None:
    row = frozen(ready, assessor)
    entries.confirm(enter(assessor), by=ready.inspector)
    pk = ask(ready)
    client = client_of("assessor1")
    page = client.get("/assessment?of=2026-09").content.decode()
    assert "92.50" in page and "更正" in page and "94.00" in page
    for like in ("region", "squad"):
        for of in ("2026-09", "2026"):
            assert client.get(f"/assessment?of={of}&like={like}").status_code == 200
    one = client.get(f"/assessment/subject?of=2026-09&subject={REGION}").content.decode()
    assert "抽查 20 件" in one and "诉求人事后另有所求" in one
    assert "92.50" in client.get(f"/assessment/sheet/{row.pk}").content.decode()
    assert client.get("/assessment?of=2026-13").status_code == 422
    assert client.get("/assessment/subject?subject=unit:999999999").status_code == 404
    done = client.post(f"/assessment/appeal/{pk}/support", {"words": "凭据齐"})
    assert done.status_code == 302 and "已初审" in client.get("/assessment/work").content.decode()
    text = {"scheme": row.scheme_id, "of": "2026-09", "kind": "region"}
    assert "94.00" in client.post("/assessment/simulate", text).content.decode()


def test_a_unit_sees_its_own_score_and_nobody_elses(ready: City, assessor: Actor) -> None:
    row = frozen(ready, assessor)
    head = client_of(f"head.{DISTRICT}-SQ01")
    own, other = f"unit:{ready.squad.pk}", f"unit:{ready.other_squad.pk}"
    assert head.get(f"/assessment/subject?of=2026-09&subject={own}").status_code == 200
    for subject in (other, REGION):
        assert head.get(f"/assessment/subject?of=2026-09&subject={subject}").status_code == 404
    assert head.get(f"/assessment/sheet/{row.pk}").status_code == 403
    assert "92.50" not in head.get("/assessment?of=2026-09&like=region").content.decode()
    assert "92.50" in head.get("/assessment?of=2026-09&like=squad").content.decode()


def test_the_page_opens_beside_whom_one_stands(ready: City, assessor: Actor) -> None:
    """A squad's head was met by the districts, of which he has none: as if nothing had been closed."""
    page = client_of(f"head.{DISTRICT}-SQ01").get("/assessment?of=2026-09")
    assert page.context["like"] == ready.squad.kind
    assert [row["one"].subject for row in page.context["rows"]] == [f"unit:{ready.squad.pk}"]
    assert client_of("assessor1").get("/assessment?of=2026-09").context["like"] == "region"
    assert client_of(f"hub.{DISTRICT}").get("/assessment?of=2026-09").context["like"] == "region"
