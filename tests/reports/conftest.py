"""An order's way to its end, a drafted report on it, and its issue: what each test here begins with."""

import datetime as dt
import re

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.audit import jobs as audit_jobs
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.orders.actions.verify import close
from suqiu.reports import actions, jobs
from suqiu.reports.models import Report
from tests.city import City

YES = AnswerGiven(solved="yes", satisfaction="基本满意", disposal_true=True, feedback_true=True)


def closed(city: City) -> None:
    order = city.in_callback()
    record(order, by=city.hub, outcome="reached", answer=YES)
    order.refresh_from_db()
    if order.second_due:
        record(order, by=city.inspector, outcome="reached", answer=YES)
    close(order, by=city.dispatcher)


@pytest.fixture
def assessor(city: City) -> Actor:
    return actor_named("assessor1")


@pytest.fixture
def drafted(city: City, assessor: Actor) -> Report:
    """Two orders ended in September; it is October."""
    closed(city)
    closed(city)
    clock.set_to(dt.datetime(2026, 10, 9, 10, tzinfo=clock.LOCAL))
    audit_jobs.seal()
    audit_jobs.checkpoint()
    return actions.draft("monthly", dt.date(2026, 9, 1), dt.date(2026, 10, 1), by=assessor)


def advised(row: Report) -> Report:
    """Its drafter has written what the template asks of a person."""
    texts = ["\n".join(s["paragraphs"]) for s in row.sections]
    written = [re.sub("（请起草人填写。）", "加强夜间巡查。", text) for text in texts]
    return actions.edit(row.pk, row.title, written, by=actor_named("assessor1"))


def issued(row: Report, city: City) -> Report:
    actions.review(row.pk, by=city.inspector)
    actions.issue(row.pk, by=city.leader)
    assert jobs.produce() == 1
    return Report.objects.get(pk=row.pk)
