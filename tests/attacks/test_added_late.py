"""Evidence that comes at the moment of a freeze, twice at once, or breaks half-way."""

import datetime as dt
from typing import Any

import pytest

from suqiu.assessment import queries
from suqiu.assessment.actions import entries, sheets
from suqiu.assessment.models import Entry, Evidence
from suqiu.audit.queries import chain, verify
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.files import actions as files
from suqiu.files.models import File
from suqiu.files.rules import Limits
from tests.assessment.test_evidence import uploaded
from tests.assessment.test_life import REGION, SEPTEMBER, assessor, client_of, ready  # noqa: F401
from tests.city import City
from tests.concurrency.threads import Together
from tests.pictures import photo

pytestmark = pytest.mark.filterwarnings("ignore")
WORDS = "签到表后来才找到"


def entered(by: Actor) -> Entry:
    return entries.enter(
        subject=REGION, day=dt.date(2026, 9, 20), work="audit", points=1.5, words="抽查", by=by
    )


def received(by: Actor, scene: int = 0) -> File:
    return files.receive(photo(scene=scene), name="a.jpg", limits=Limits(), by=by)


@pytest.mark.django_db(transaction=True)
def test_at_the_moment_of_a_freeze_each_file_is_before_it_or_a_correction(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    row = entered(assessor)
    sheet = sheets.draw(SEPTEMBER, by=assessor)
    sheets.review(sheet.pk, by=ready.inspector)
    mine, his = received(assessor, 1), received(ready.inspector, 2)
    answers = Together(
        lambda: sheets.freeze(sheet.pk, by=ready.leader),
        lambda: entries.add(row.pk, evidence=[mine], words=WORDS, by=assessor),
        lambda: entries.add(row.pk, evidence=[his], words=WORDS, by=ready.inspector),
    ).finish()
    assert not [one for one in answers if isinstance(one, BaseException)], answers
    told = [e.data for e in chain(row.chain) if e.kind == "assessment.entry_add"]
    after = {data["sha256"][0]: bool(data["after"]) for data in told}
    kept = Evidence.objects.filter(entry=row).select_related("file")
    assert {one.file.sha256: one.after_freeze for one in kept} == after and len(after) == 2
    assert len(queries.added_after(sheet)) == sum(after.values())
    row.refresh_from_db()
    assert row.hands == [assessor.id, *row.hands[1:]] and ready.inspector.id in row.hands
    assert verify().problems == []


@pytest.mark.django_db(transaction=True)
def test_one_file_is_evidence_once(ready: City, assessor: Actor) -> None:  # noqa: F811
    row, other = entered(assessor), entered(assessor)
    file = received(assessor)
    answers = Together(
        lambda: entries.add(row.pk, evidence=[file], words=WORDS, by=assessor),
        lambda: entries.add(other.pk, evidence=[file], words=WORDS, by=assessor),
    ).finish()
    assert sorted(type(one).__name__ for one in answers) == ["Entry", "Invalid"]
    assert Evidence.objects.filter(file=file).count() == 1
    with pytest.raises(Invalid):
        entries.add(row.pk, evidence=[file], words=WORDS, by=assessor)


@pytest.mark.django_db
def test_what_breaks_half_way_leaves_nothing(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row, file = entered(assessor), received(ready.inspector)
    told = len(chain(row.chain))

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the disk")

    monkeypatch.setattr(files, "link", broken)
    with pytest.raises(RuntimeError):
        entries.add(row.pk, evidence=[file], words=WORDS, by=ready.inspector)
    row.refresh_from_db()
    assert row.hands == [assessor.id] and row.evidence.count() == 0
    assert len(chain(row.chain)) == told
    entries.confirm(row.pk, by=ready.inspector)


@pytest.mark.django_db
def test_a_double_click_adds_once(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = entered(assessor)
    desk, path = client_of("assessor1"), f"/assessment/entry/{row.pk}/add"
    for _click in range(2):
        told = {"words": WORDS, "evidence": [uploaded()], "idempotency_key": "k-1"}
        assert desk.post(path, told).status_code == 302
    assert row.evidence.count() == 1
    assert [e.kind for e in chain(row.chain)].count("assessment.entry_add") == 1
