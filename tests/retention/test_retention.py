"""Words and identities leave after their time; what was done stays, and the chain still holds."""

import datetime as dt
import json
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from django.db import connection

from suqiu.accounts.models import Person, Posting
from suqiu.accounts.queries import actor_for
from suqiu.appellants.actions import take_in
from suqiu.audit.jobs import checkpoint, seal
from suqiu.audit.models import Entry
from suqiu.audit.queries import head, verify
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused, WrongState
from suqiu.callbacks.actions import AnswerGiven, answer_own, record
from suqiu.callbacks.models import OwnAnswer
from suqiu.cli.commands.erase import command
from suqiu.figures.cohorts import Cohort
from suqiu.figures.queries import facts, rates
from suqiu.files import store
from suqiu.files.actions import forget_unlinked, receive
from suqiu.files.models import File
from suqiu.files.rules import Limits
from suqiu.orders.actions import attach, dispatch, dispose, returns, waits
from suqiu.orders.actions.forget import GONE
from suqiu.orders.actions.verify import close, review
from suqiu.orders.models import Order
from suqiu.orders.queries import disagreements
from suqiu.organisations.models import Unit
from suqiu.retention import actions, jobs, rules
from suqiu.retention.models import Erasure
from tests.city import MONDAY, City
from tests.pictures import photo

BY = system("retention")
MARK, NAME, PHONE = "紫荆弄", "欧阳试验", "13987654321"
ALL = {"identity", "words", "attachments"}


@pytest.fixture
def officer(city: City) -> Actor:
    """The security administrator."""
    person = Person.objects.create(username="sec.tried", name="安管")
    centre = Unit.objects.get(kind="centre")
    Posting.objects.create(person=person, unit=centre, role="secadmin", since=MONDAY.date())
    return actor_for(person)


@pytest.fixture(autouse=True)
def schedule(city: City) -> None:
    actions.publish_shipped(by=BY)


def spoken(city: City, **changes: Any) -> Order:
    """An open order in whose every text the mark stands."""
    order = city.dispatched(
        title=f"{MARK}流动摊贩占道油烟扰民",
        content=f"{MARK}每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污。",
        demand=f"{MARK}固定值守到二十二点",
        address=f"{MARK}18号北门",
        appellant=take_in(name=NAME, phone=PHONE, home=f"{MARK}18号", by=city.call_taker),
        **changes,
    )
    file = receive(photo(), name=f"{MARK}.jpg", limits=Limits(), by=city.call_taker)
    order = attach.attach(order, files=[file], kind="appeal", by=city.call_taker)
    returns.ask_return(order, reason_code="remit", reason=f"{MARK}不在本辖区", by=city.handler)
    return returns.refuse_return(order, reason=f"{MARK}归本中队", by=city.dispatcher)


def closed(city: City) -> Order:
    order = dispatch.sign(spoken(city), by=city.handler)
    waits.ask_extension(order, days=3, reason=f"{MARK}需吊车", by=city.handler)
    waits.grant_extension(order, by=city.dispatcher, note=f"{MARK}同意")
    order.refresh_from_db()
    dispose.contact(order, reached=False, way="电话", reason=f"{MARK}无人接", by=city.handler)
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    order.refresh_from_db()
    order = dispose.dispose(
        order, result="solved", fact="true", by=city.handler, basis="市容环境卫生管理条例",
        words=f"{MARK}当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
    )  # fmt: skip
    order = dispose.pass_disposal(order, by=city.head)
    order = dispose.reply(order, words=f"已告知{NAME}{MARK}处置情况与值守安排。", by=city.handler)
    order = review(order, by=city.dispatcher)
    answer_own(
        order, solved="yes", efficiency="满意", attitude="满意", result="满意",
        words=f"{MARK}来得很快", by=system("portal"),
    )  # fmt: skip
    told = AnswerGiven(
        solved="yes", satisfaction="基本满意", disposal_true=True, feedback_true=True,
        wants=f"{MARK}长期值守", advice=f"{MARK}请装监控",
    )  # fmt: skip
    record(order, by=city.hub, outcome="reached", answer=told, note=f"{MARK}语气平和")
    order.refresh_from_db()
    if order.second_due:
        record(order, by=city.inspector, outcome="reached", answer=told)
        order.refresh_from_db()
    return close(order, by=city.dispatcher)


def found_in_database(*needles: str) -> list[tuple[str, str]]:
    """(table, needle) wherever a row of any table shows it, whichever package it is of."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        for (table,) in cursor.fetchall():
            for needle in needles:
                query = psycopg.sql.SQL("SELECT 1 FROM {} t WHERE t::text LIKE %s LIMIT 1")
                cursor.execute(query.format(psycopg.sql.Identifier(table)), [f"%{needle}%"])
                if cursor.fetchone():
                    found.append((table, needle))
    return found


def told(since: dt.datetime) -> str:
    """All figures of the orders closed since, as text, each fact of each order with them."""
    cohort = Cohort("closed_in", since, since + dt.timedelta(days=30))
    made = {
        group or "all": {
            key: {name: asdict(rate) for name, rate in row.items()}
            for key, row in rates(cohort, BY, group).items()
        }
        for group in (None, "unit", "category", "region", "source")
    }
    return json.dumps([made, [asdict(f) for f in facts(cohort, BY)]], default=str, sort_keys=True)


def test_after_its_time_nothing_of_the_citizen_is_left_and_all_else_stays(city: City) -> None:
    began = clock.now()
    order = closed(city)
    needles = (MARK, NAME, PHONE, order.appellant.phone_hash, order.appellant.masked_phone)  # type: ignore[union-attr]
    shas = list(File.objects.filter(name__contains=MARK).values_list("sha256", flat=True))
    seal()
    checkpoint()
    kept = head()
    figures, entries = told(began), Entry.objects.filter(chain=order.chain).count()
    assert ("callbacks_ownanswer", MARK) in found_in_database(MARK)
    assert File.objects.exclude(captured_lat=None).exists()
    assert len({table for table, _ in found_in_database(*needles)}) >= 9, "the test looks in vain"

    city.wait(days=365 * 3 - 2)
    assert jobs.erase_due() == 0
    city.wait(days=5)
    assert jobs.erase_due() == 1
    assert set(Erasure.objects.filter(order=order).values_list("part", flat=True)) == {"identity"}
    assert not found_in_database(PHONE, *needles[3:])
    assert MARK in Order.objects.get(pk=order.pk).title
    city.wait(days=365 * 2 + 2)
    assert jobs.erase_due() == 1
    assert set(Erasure.objects.filter(order=order).values_list("part", flat=True)) == ALL
    assert forget_unlinked(by=BY) == 1
    assert found_in_database(*needles) == []
    assert OwnAnswer.objects.get(order=order).solved == "yes", "what was answered stays"
    assert not File.objects.exclude(captured_lat=None).exists(), "nor where the photo was taken"
    for sha256 in shas:
        with pytest.raises(Missing):
            store.fetch(sha256)

    order.refresh_from_db()
    assert (order.title, order.content, order.state) == (GONE, "", "closed")
    assert told(began) == figures
    seal()
    checkpoint()
    report = verify(kept)
    assert report.problems == [] and report.erased >= 8 and disagreements() == []
    assert Entry.objects.filter(chain=order.chain).count() == entries + 3
    assert jobs.erase_due() == 0, "a second run finds nothing"


def test_an_open_order_is_never_touched(city: City, officer: Actor) -> None:
    order = spoken(city)
    city.wait(days=365 * 40)
    assert jobs.erase_due() == 0
    with pytest.raises(WrongState) as refused:
        actions.erase(order.number, reason="本人要求", by=officer)
    assert refused.value.code == "erase.open"
    assert order.appellant and ("appellants_appellant", order.appellant.phone_hash) in (
        found_in_database(order.appellant.phone_hash)
    )


def test_a_held_order_is_not_touched_until_the_hold_is_over(city: City, officer: Actor) -> None:
    order = closed(city)
    actions.hold(order.number, reason="法院调取", by=officer)
    actions.hold(order.number, reason="再次调取", by=officer)
    city.wait(days=365 * 10)
    assert jobs.erase_due() == 0
    with pytest.raises(WrongState) as refused:
        actions.erase(order.number, reason="本人要求", by=officer)
    assert refused.value.code == "erase.held"
    assert found_in_database(MARK)
    actions.end_hold(order.number, reason="结案", by=officer)
    assert jobs.erase_due() == 1
    assert found_in_database(MARK) in ([], [("files_file", MARK)])
    kinds = list(Entry.objects.filter(chain=order.chain).values_list("kind", flat=True))
    assert kinds.count("retention.held") == kinds.count("retention.released") == 1


def test_a_citizen_who_asks_is_forgotten_at_once_and_it_is_told(city: City, officer: Actor) -> None:
    order = closed(city)
    assert set(actions.erase(order.number, reason="诉求人书面要求", by=officer)) == ALL
    assert actions.erase(order.number, reason="诉求人书面要求", by=officer) == []
    entry = Entry.objects.get(chain=order.chain, kind="retention.erased")
    assert entry.actor == officer.id and entry.data["basis"] == "request"
    assert entry.statement.words == {"reason": "诉求人书面要求"}
    forget_unlinked(by=BY)
    assert set(found_in_database(MARK, NAME, PHONE)) <= {("files_file", MARK)}  # a day's grace
    seal()
    assert verify().problems == []


def test_only_the_security_administrator_and_only_with_a_reason(city: City, officer: Actor) -> None:
    order = closed(city)
    others = [city.call_taker, city.dispatcher, city.leader, city.head, BY]
    others += [
        Actor("person:1", frozenset({(r, 1)})) for r in ("sysadmin", "auditadmin", "auditor")
    ]
    for by in others:
        for act in (actions.erase, actions.hold, actions.end_hold):
            with pytest.raises(NotAllowed):
                act(order.number, reason="要求", by=by)
    with pytest.raises(Invalid):
        actions.erase(order.number, reason=" \u0003", by=officer)
    with pytest.raises(Missing):
        actions.erase("999", reason="要求", by=officer)
    assert found_in_database(MARK) and not Erasure.objects.exists()


def test_an_identity_stays_while_another_order_needs_it(city: City, officer: Actor) -> None:
    order = closed(city)
    other = city.dispatched(appellant=order.appellant)
    with pytest.raises(WrongState) as refused:
        actions.erase(order.number, reason="本人要求", by=officer)
    assert refused.value.code == "erase.shared"
    assert other.appellant and other.appellant.sealed
    assert Order.objects.get(pk=order.pk).appellant.sealed  # type: ignore[union-attr]


def test_a_fault_half_way_leaves_all_as_it_was(
    city: City, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = closed(city)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("suqiu.orders.actions.forget.attachments", fails)
    with pytest.raises(RuntimeError):
        actions.erase(order.number, reason="本人要求", by=officer)
    assert not Erasure.objects.exists()
    assert order.appellant and found_in_database(MARK, order.appellant.phone_hash)


TEXT = """
id: tried
version: 1
name: 试
basis: 试
confidence: 低
effective_from: 2026-01-01T00:00:00+08:00
rules:
  - {identity: {n: 1, unit: year}, words: {n: 2, unit: month}}
  - {when: {kind: 举报}, identity: {n: 10, unit: year}}
  - {when: {state: void}, words: {n: 1, unit: day}}
"""


def test_the_last_rule_that_fits_binds_whole() -> None:
    schedule = rules.read(TEXT, "tried")
    year = rules.Span(n=1, unit="year")
    assert schedule.span("identity", kind="投诉", state="closed") == year
    assert schedule.span("words", kind="举报", state="closed") is None
    assert schedule.span("identity", kind="举报", state="void") is None
    assert schedule.span("attachments", kind="投诉", state="closed") is None


@pytest.mark.parametrize(
    ("now", "n", "unit", "expected"),
    [
        ("2028-02-29", 1, "year", "2027-02-28"),
        ("2028-02-29", 4, "year", "2024-02-29"),
        ("2026-03-31", 1, "month", "2026-02-28"),
        ("2026-01-15", 13, "month", "2024-12-15"),
        ("2026-01-01", 1, "day", "2025-12-31"),
    ],
)
def test_a_span_is_counted_by_the_calendar(now: str, n: int, unit: Any, expected: str) -> None:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert rules.before(moment, rules.Span(n=n, unit=unit)).date().isoformat() == expected


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: year}, words", "unit: decade}, words", "rules.0.identity.unit"),
        ("n: 1, unit: year}, w", "n: 0, unit: year}, w", "rules.0.identity.n"),
        ("  - {identity", "  - {when: {kind: 投诉}, identity", "第一条要管到所有工单"),
        ("words: {n: 2", "everything: {n: 2", "rules.0.everything"),
        ("id: tried", "id: [", "不是 YAML"),
    ],
)
def test_a_nonsensical_schedule_is_refused_where_it_is(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(Invalid, match=said):
        rules.read(TEXT.replace(old, new), "tried")


def test_a_version_that_is_out_is_not_changed_and_a_newer_one_binds(city: City) -> None:
    actions.publish(TEXT, by=BY)
    assert actions.publish(TEXT, by=BY).version == 1
    with pytest.raises(Refused, match="升版"):
        actions.publish(TEXT.replace("n: 1,", "n: 7,", 1), by=BY)
    order = closed(city)
    city.wait(days=70)
    assert jobs.erase_due() == 1
    assert list(Erasure.objects.filter(order=order).values_list("part", "basis")) == [
        ("words", "tried/1")
    ]


def test_the_command_asks_who_it_is(
    city: City, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = closed(city)
    person = Person.objects.get(username="sec.tried")
    person.set_password("correct horse")
    person.save()
    monkeypatch.setattr("suqiu.cli.house.opened", nullcontext)

    def run(*more: str, password: str = "correct horse") -> Result:
        given = [order.number, "--reason", "本人要求", "--as", "sec.tried", *more]
        return CliRunner().invoke(command, given, input=f"{password}\n")

    assert "do not belong together" in run(password="wrong").output
    assert run("--hold").exit_code == 0
    assert "erase.held" in run().output
    assert run("--end-hold").exit_code == 0
    assert found_in_database(MARK)
    assert "identity, words, attachments" in run().output
    assert "nothing was left" in run().output
