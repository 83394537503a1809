"""A leader's instruction on a report: from his words to his taking note, and what nobody can do."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqiu.accounts.models import Person
from suqiu.audit import jobs as audit_jobs
from suqiu.audit.queries import chain, verify, words_of
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.notifications import jobs as notices
from suqiu.notifications.queries import inbox
from suqiu.reports import instructing, queries
from suqiu.reports.models import Instruction, Report
from tests.city import DISTRICT, City
from tests.reports.conftest import issued

BACKEND = "django.contrib.auth.backends.ModelBackend"
WORDS = "请一中队查明夜间设摊反复的原因，十日内报整改情况。"


@pytest.fixture
def out(drafted: Report, city: City) -> Report:
    return issued(drafted, city)


@pytest.fixture
def given(out: Report, city: City) -> Instruction:
    return instructing.instruct(
        out.pk, words=WORDS, owner=city.squad, until=dt.date(2026, 10, 19), by=city.leader
    )


def events(by: Actor, report: Report) -> list[str]:
    audit_jobs.seal()
    notices.follow()
    return sorted(inbox(by).filter(report=report).values_list("event", flat=True))


def at(row: Instruction) -> Instruction:
    return Instruction.objects.get(pk=row.pk)


def test_from_the_words_to_the_leaders_taking_note(
    given: Instruction, out: Report, city: City
) -> None:
    assert clock.local(given.due) == dt.datetime(2026, 10, 20, tzinfo=clock.LOCAL)
    assert (
        list(instructing.open_for(city.head)) == [given] == list(instructing.open_for(city.leader))
    )
    assert "instructed" in events(city.head, out)
    instructing.fulfil(given.pk, words="已增加两人值守，七日无反复。", by=city.head)
    instructing.confirm(given.pk, by=city.inspector)
    assert at(given).outcome == "met" and "instruction_done" in events(city.leader, out)
    assert list(instructing.open_for(city.leader)) == [given], "until he has taken note of it"
    instructing.close(given.pk, by=city.leader)
    assert not instructing.open_for(city.leader).exists() and at(given).closed_at
    kinds = [e.kind for e in chain(out.chain) if "instruct" in e.kind]
    assert kinds == [
        "report.instruct",
        *(f"report.instruction_{v}" for v in ("fulfil", "confirm", "close")),
    ]
    told = next(e for e in chain(out.chain) if e.kind == "report.instruct")
    assert words_of(told) == {"words": WORDS} and WORDS not in str(told.data)
    assert not verify().problems


def test_the_owner_gets_the_report_and_others_see_nothing(
    given: Instruction, out: Report, city: City
) -> None:
    assert queries.get_for(out.pk, city.head) == out
    assert out.recipients.filter(unit=city.squad, role="head").exists()
    # The district's hub reads the report, and not what was written to another unit.
    assert queries.get_for(out.pk, city.hub) == out
    assert not instructing.visible_to(city.hub).exists()
    with pytest.raises(Missing):
        instructing.fulfil(given.pk, words="不是我办的", by=city.hub)
    for outsider in (city.outsider, city.handler, city.call_taker):
        with pytest.raises(Missing):
            instructing.fulfil(given.pk, words="不是我办的", by=outsider)


def test_who_reported_or_belongs_to_the_owner_does_not_find_it_done(
    given: Instruction, city: City
) -> None:
    with pytest.raises(WrongState):
        instructing.confirm(given.pk, by=city.inspector)
    instructing.fulfil(given.pk, words="办了", by=city.head)
    both = Actor(city.inspector.id, city.inspector.posts | {("handler", city.squad.pk)})
    with pytest.raises(NotAllowed) as refused:
        instructing.confirm(given.pk, by=both)
    assert refused.value.code == "instruction.own"
    for other in (city.head, city.leader):
        with pytest.raises(NotAllowed):
            instructing.confirm(given.pk, by=other)
    assert at(given).state == "reported"


def test_not_done_goes_back_and_the_day_stays(given: Instruction, out: Report, city: City) -> None:
    instructing.fulfil(given.pk, words="办了", by=city.head)
    with pytest.raises(Invalid):
        instructing.refuse(given.pk, words="  ", by=city.inspector)
    instructing.refuse(given.pk, words="现场仍有摊贩", by=city.inspector)
    assert (at(given).state, at(given).due) == ("given", given.due)
    assert "instruction_again" in events(city.head, out)


def test_the_leader_may_have_it_done_again_by_another_day(given: Instruction, city: City) -> None:
    instructing.fulfil(given.pk, words="办了", by=city.head)
    instructing.confirm(given.pk, by=city.inspector)
    with pytest.raises(Invalid):
        instructing.again(given.pk, words="再查", until=dt.date(2026, 10, 1), by=city.leader)
    instructing.again(given.pk, words="再查一次", until=dt.date(2026, 11, 2), by=city.leader)
    row = at(given)
    assert (row.state, row.round, row.outcome, row.ended) == ("given", 2, "open", None)
    assert clock.local(row.due).date() == dt.date(2026, 11, 3)


def test_another_leader_closes_it_only_when_the_giver_is_one_no_more(
    given: Instruction, city: City
) -> None:
    other = Actor("person:999999", frozenset({("leader", next(iter(city.leader.units)))}))
    instructing.fulfil(given.pk, words="办了", by=city.head)
    instructing.confirm(given.pk, by=city.inspector)
    with pytest.raises(NotAllowed):
        instructing.close(given.pk, by=other)
    assert not instructing.open_for(other).exists()
    Person.objects.filter(pk=int(city.leader.id.removeprefix("person:"))).update(is_active=False)
    assert list(instructing.open_for(other)) == [given]
    assert instructing.close(given.pk, by=other).state == "closed"


def test_overdue_is_told_once_to_the_owner_and_to_the_leader(
    given: Instruction, out: Report, city: City
) -> None:
    assert instructing.remind() == 0
    clock.set_to(given.due - dt.timedelta(hours=1))
    assert instructing.remind() == 1 and instructing.remind() == 0
    clock.set_to(given.due + dt.timedelta(minutes=1))
    assert instructing.remind() == 1 and instructing.remind() == 0
    assert {"instruction_soon", "instruction_late"} <= set(events(city.head, out))
    assert "instruction_late" in events(city.leader, out)
    assert "instruction_soon" not in events(city.leader, out)
    instructing.fulfil(given.pk, words="办了", by=city.head)
    assert instructing.confirm(given.pk, by=city.inspector).outcome == "late"


def test_what_was_reported_in_time_is_not_late_for_its_finder(
    given: Instruction, city: City
) -> None:
    instructing.fulfil(given.pk, words="办了", by=city.head)
    clock.set_to(given.due + dt.timedelta(days=2))
    assert instructing.remind() == 0
    assert instructing.confirm(given.pk, by=city.inspector).outcome == "met"


def test_what_is_not_said_well_or_not_on_an_issued_report_is_refused(
    out: Report, drafted: Report, city: City, assessor: Actor
) -> None:
    told = {"words": WORDS, "owner": city.squad, "until": dt.date(2026, 10, 19)}
    for wrong in ({"words": " "}, {"words": "长" * 501}, {"until": dt.date(2026, 10, 1)},
                  {"owner": type(city.squad).objects.get(kind="centre")}):  # fmt: skip
        with pytest.raises(Invalid):
            instructing.instruct(out.pk, **{**told, **wrong}, by=city.leader)  # type: ignore[arg-type]
    for other in (assessor, city.inspector):
        with pytest.raises(NotAllowed):
            instructing.instruct(out.pk, **told, by=other)  # type: ignore[arg-type]
    from suqiu.reports import actions

    draft = actions.draft("monthly", drafted.start, drafted.end, by=assessor)
    with pytest.raises(WrongState):
        instructing.instruct(draft.pk, **told, by=city.leader)  # type: ignore[arg-type]
    assert not Instruction.objects.exists()


def test_the_pages_carry_it_through(client: Client, out: Report, city: City) -> None:
    def as_(name: str) -> None:
        client.force_login(Person.objects.get(username=name), backend=BACKEND)

    as_("leader1")
    asked = {"words": WORDS, "owner": city.squad.pk, "until": "2026-10-19"}
    client.post(f"/reports/{out.pk}/instruct", asked)
    row = Instruction.objects.get()
    assert "我的批示件" in client.get("/leader").content.decode()
    as_(f"hub.{DISTRICT}")
    assert WORDS not in client.get(f"/reports/{out.pk}").content.decode()
    assert client.post(f"/instructions/{row.pk}/do/fulfil", {"words": "x"}).status_code == 404
    assert client.post(f"/reports/{out.pk}/instruct", asked).status_code == 403
    as_(f"head.{DISTRICT}-SQ01")
    assert WORDS in client.get("/instructions").content.decode()
    client.post(f"/instructions/{row.pk}/do/fulfil", {"words": "已<b>办</b>"})
    as_("inspector1")
    assert "已&lt;b&gt;办&lt;/b&gt;" in client.get("/instructions").content.decode()
    client.post(f"/instructions/{row.pk}/do/confirm")
    as_("leader1")
    client.post(f"/instructions/{row.pk}/do/close")
    assert at(row).state == "closed"
    assert "没有未了的批示件" in client.get("/instructions").content.decode()
    assert "已阅结" in client.get(f"/reports/{out.pk}").content.decode()


def test_the_list_asks_alike_for_few_and_many(client: Client, out: Report, city: City) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/instructions").status_code == 200
        return len(found)

    client.force_login(Person.objects.get(username="leader1"), backend=BACKEND)
    told = {"owner": city.squad, "until": dt.date(2026, 10, 19), "by": city.leader}
    instructing.instruct(out.pk, words="一", **told)  # type: ignore[arg-type]
    client.get("/instructions")
    few = asked()
    for n in range(6):
        instructing.instruct(out.pk, words=f"又一件 {n}", **told)  # type: ignore[arg-type]
    assert asked() == few
