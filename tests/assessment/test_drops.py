"""A score that fell is told to those who answer for it, once, and to nobody else."""

import datetime as dt

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.assessment import jobs, queries, rules
from suqiu.assessment import scheme as shipped
from suqiu.assessment.actions import schemes
from suqiu.assessment.models import Day
from suqiu.audit import jobs as audit_jobs
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.notifications import jobs as notices
from suqiu.notifications import queries as messages
from suqiu.notifications.models import Message
from tests.assessment.test_shadow import client_of
from tests.city import DISTRICT, City
from tests.reports.conftest import closed

TEXT = shipped.shipped().replace("least: 30", "least: 1")
REGION = f"region:{DISTRICT}"
DAY = dt.date(2026, 9, 30)


@pytest.fixture
def fell(city: City) -> City:
    """The district and the squad stood at 99 thirty days before; now they are scored 92.5."""
    closed(city)
    clock.set_to(dt.datetime(2026, 10, 9, 10, tzinfo=clock.LOCAL))
    row = schemes.propose(
        text=TEXT, since=dt.date(2026, 8, 1), basis="推定", by=actor_named("assessor1")
    )
    schemes.publish(row.pk, by=city.leader)
    scheme = queries.scheme_on(DAY)
    for day in (DAY, DAY + dt.timedelta(days=1)):
        before = day - dt.timedelta(days=30)
        for subject in (REGION, f"unit:{city.squad.pk}"):
            Day.objects.create(
                day=before, subject=subject, scheme=scheme, value=99.0, raw=99.0, n=9
            )
    assert jobs.score(DAY) > 0
    return city


def follow() -> None:
    audit_jobs.seal()
    while notices.follow():
        pass


def told(by: Actor) -> set[str]:
    return {row.score for row in messages.inbox(by) if row.score}


def test_head_hub_centre_and_assessor_are_told(fell: City) -> None:
    follow()
    assert told(fell.head) == {f"unit:{fell.squad.pk}"}
    assert told(fell.hub) == {REGION}
    assert told(actor_named("assessor1")) == {REGION, f"unit:{fell.squad.pk}"}
    assert told(fell.inspector) == {REGION, f"unit:{fell.squad.pk}"}  # he reads for the centre
    for by in (fell.handler, fell.outsider, fell.call_taker, fell.dispatcher):
        assert told(by) == set()
    (one,) = [row for row in messages.inbox(fell.head) if row.score]
    text = messages.text_of(one)
    assert "从 99.0 降到 92.5" in text and fell.squad.name in text


def test_the_message_opens_the_score(fell: City) -> None:
    follow()
    client = client_of(fell.head.id and f"head.{DISTRICT}-SQ01")
    shown = client.get("/messages").content.decode()
    address = f"/assessment/subject?subject=unit:{fell.squad.pk}&amp;of=2026-09"
    assert address in shown
    assert "下降，已通知" in client.get(address.replace("&amp;", "&")).content.decode()


def test_one_fall_is_told_of_once_though_it_shows_for_days(fell: City) -> None:
    before = len(chain(f"score:{REGION}"))
    assert jobs.score(DAY + dt.timedelta(days=1)) > 0
    assert len(chain(f"score:{REGION}")) == before
    assert Day.objects.filter(subject=REGION, fell=True).count() == 1
    follow()
    follow()
    assert Message.objects.filter(score=REGION, to=f"unit:{hub(fell)}").count() == 1


def hub(city: City) -> int:
    return next(iter(city.hub.units))


def test_whoever_keeps_the_machine_running_sees_no_score(fell: City) -> None:
    follow()
    shown = client_of("sysadmin").get("/messages/log").content.decode()
    assert "92.5" not in shown and fell.squad.name not in shown.split("考核得分下降")[0][-200:]


def test_a_scheme_says_how_far_and_how_fast() -> None:
    body = shipped.read(TEXT)
    assert (body.drop, body.falls_within) == (5, 30)
    plain = shipped.read(TEXT.replace("drop_days: 30\n", "").replace("window: 30", "window: 20"))
    assert plain.falls_within == 20
    assert rules.fallen(99, 93.9, body.drop) and not rules.fallen(99, 94, body.drop)
