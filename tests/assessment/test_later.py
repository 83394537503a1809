"""Evidence that comes after its entry, and that an entry waits to be confirmed."""

import datetime as dt

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.assessment.actions import entries, marks, sheets
from suqiu.assessment.models import Entry
from suqiu.audit import jobs as audit_jobs
from suqiu.audit import journal
from suqiu.audit.queries import chain, spoken, verify
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.files.actions import receive
from suqiu.files.rules import Limits
from suqiu.notifications import jobs as notices
from suqiu.notifications import queries as messages
from suqiu.orders.models import Hand, Order
from suqiu.supervision.external.actions import inviting
from suqiu.supervision.external.models import Invitation
from tests.assessment.test_evidence import PAPER, invited, marked, uploaded
from tests.assessment.test_life import (  # noqa: F401
    REGION,
    SEPTEMBER,
    assessor,
    client_of,
    frozen,
    ready,
    value,
)
from tests.city import City
from tests.pictures import photo
from tests.supervision import external as short

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def entered(by: Actor) -> Entry:
    return entries.enter(
        subject=REGION, day=dt.date(2026, 9, 20), work="audit", points=1.5, words="抽查", by=by
    )


def add(row: Entry, by: Actor, data: bytes = b"") -> Entry:
    file = receive(data or photo(), name="a.jpg", limits=Limits(), by=by)
    return entries.add(row.pk, evidence=[file], words="签到表后来才找到", by=by)


def told(by: Actor) -> list[str]:
    audit_jobs.seal()
    while notices.follow():
        pass
    return [messages.text_of(m) for m in messages.inbox(by) if m.event == "mark_waits"]


def test_it_is_added_by_the_page_told_and_changes_no_point(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = entered(assessor)
    desk = client_of("assessor1")
    assert f"/assessment/entry/{row.pk}/add" in desk.get("/assessment/work").content.decode()
    path = f"/assessment/entry/{row.pk}/add"
    assert desk.post(path, {"words": "后来才有"}).status_code == 422, "no file"
    assert desk.post(path, {"evidence": [uploaded()]}).status_code == 422, "no reason"
    files = [uploaded(), uploaded("签到表.pdf", PAPER)]
    assert desk.post(path, {"words": "后来才有", "evidence": files}).status_code == 302
    assert [(e.later, e.after_freeze) for e in row.evidence.all()] == [(True, False)] * 2
    last = chain(row.chain)[-1]
    assert (last.kind, last.actor) == ("assessment.entry_add", assessor.id)
    assert len(last.data["sha256"]) == 2 and last.data["after"] == []
    assert "后来才有" not in str(last.data)
    row.refresh_from_db()
    assert (row.state, row.points) == ("entered", 1.5)
    assert "后补" in desk.get("/assessment/work").content.decode()
    assert verify().problems == []


def test_who_added_has_had_a_hand_in_it(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = entered(assessor)
    add(row, ready.inspector)
    with pytest.raises(NotAllowed):
        entries.confirm(row.pk, by=ready.inspector)


def test_only_what_stands_is_added_to_by_those_who_may(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = entered(assessor)
    for by in (ready.leader, ready.head):
        with pytest.raises((NotAllowed, Missing)):
            add(row, by)
    foreign = receive(photo(), name="a.jpg", limits=Limits(), by=ready.inspector)
    with pytest.raises(Invalid):
        entries.add(row.pk, evidence=[foreign], words="别人的", by=assessor)
    with pytest.raises(Invalid):
        entries.add(row.pk, evidence=[], words="没有文件", by=assessor)
    entries.refuse(row.pk, words="凭据不足", by=ready.inspector)
    with pytest.raises(WrongState):
        add(row, assessor)
    assert row.evidence.count() == 0


def test_after_a_freeze_it_stands_as_a_correction(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = entered(assessor)
    entries.confirm(row.pk, by=ready.inspector)
    add(row, assessor)
    before = value(REGION)
    sheet = frozen(ready, assessor)
    page = client_of("assessor1").get(f"/assessment/sheet/{sheet.pk}").content.decode()
    assert "冻结后补的凭据" not in page, "it was there when it was frozen"
    ready.wait(hours=1)
    add(row, assessor, photo() + b" ")
    late = row.evidence.get(after_freeze=True)
    assert chain(row.chain)[-1].data["after"] == [sheet.pk] and value(REGION) == before
    page = client_of("assessor1").get(f"/assessment/sheet/{sheet.pk}").content.decode()
    assert "冻结后补的凭据" in page
    assert f"/assessment/entries/{row.pk}/evidence/{late.pk}/copy" in page
    whom = f"/assessment/subject?subject={REGION}&of=2026-09"
    assert "冻结后补" in client_of("leader1").get(whom).content.decode()
    with pytest.raises(WrongState):
        sheets.freeze(sheet.pk, by=ready.leader)


def test_who_must_confirm_is_told_and_counts_it(ready: City, assessor: Actor) -> None:  # noqa: F811
    sheet = frozen(ready, assessor)
    mark = marked(invited(ready, sheet), short.outside())
    confirming = [by for by in (assessor, ready.inspector) if by]
    for by in confirming:
        (text,) = told(by)
        assert "专家评分" in text and "待您确认" in text
    assert not told(ready.leader) and not told(ready.head) and not told(short.outside())
    page = client_of("inspector1").get("/assessment/work")
    assert page.context["waiting"] == 1 and "1 笔待您确认" in page.content.decode()
    assert client_of("inspector1").get("/assessment").context["waiting"] == 1
    assert client_of("leader1").get("/assessment").context["waiting"] == 0
    entries.confirm(mark.pk, by=ready.inspector)
    assert client_of("inspector1").get("/assessment/work").context["waiting"] == 0


def test_who_entered_it_himself_is_not_told(ready: City, assessor: Actor) -> None:  # noqa: F811
    entered(assessor)
    assert not told(assessor) and len(told(ready.inspector)) == 1
    assert client_of("assessor1").get("/assessment/work").context["waiting"] == 0
    inbox = client_of("inspector1").get("/messages").content.decode()
    assert "待您确认" in inbox and f"subject={REGION}" in inbox
    assert actor_named("inspector1").id == ready.inspector.id


WHY = "签到表是会后才从街道取来的"


def brought(by: Actor, row: Invitation, mark: Entry, data: bytes = b"") -> Entry:
    file = receive(data or photo(), name="a.jpg", limits=Limits(), by=by)
    return marks.bring(row, mark.pk, evidence=[file], words=WHY, by=by)


def test_an_expert_brings_it_to_his_own_mark_by_his_page(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = invited(ready, frozen(ready, assessor))
    mark = marked(row, short.outside())
    his, where = client_of("supervisor1"), f"/external/invitations/{row.pk}"
    path = f"{where}/do/bring"
    page = his.get(where).content.decode()
    assert f'action="{path}"' in page and f'name="entry" value="{mark.pk}"' in page
    given = {"entry": str(mark.pk), "words": WHY}
    assert his.post(path, given).status_code == 422, "no file"
    assert his.post(path, {**given, "evidence": [uploaded()]}).status_code == 302
    one = mark.evidence.get()
    assert (one.later, one.after_freeze, one.by) == (True, True, short.outside().id)
    last = chain(mark.chain)[-1]
    assert (last.kind, last.actor) == ("assessment.entry_bring", short.outside().id)
    assert WHY not in str(last.data) and last.data["after"] == [int(row.key)]
    mark.refresh_from_db()
    assert (mark.state, mark.points) == ("entered", 2.0)
    assert WHY in his.get(where).content.decode()
    sheet = client_of("assessor1").get(f"/assessment/sheet/{row.key}").content.decode()
    assert "冻结后补的凭据" in sheet and WHY in sheet, "beside what was frozen, as a correction"
    assert verify().problems == []


def test_before_the_freeze_it_is_no_correction(ready: City, assessor: Actor) -> None:  # noqa: F811
    sheet = sheets.draw(SEPTEMBER, by=assessor)
    row, by = invited(ready, sheet), short.outside()
    mark = marked(row, by)
    brought(by, row, mark)
    entries.confirm(mark.pk, by=ready.inspector)
    brought(by, row, mark, photo() + b" ")
    assert [(e.later, e.after_freeze) for e in mark.evidence.all()] == [(True, False)] * 2


def test_to_no_mark_but_his_own_and_by_nobody_else(ready: City, assessor: Actor) -> None:  # noqa: F811
    row, by = invited(ready, frozen(ready, assessor)), short.outside()
    mark, staffs = marked(row, by), entered(assessor)
    with pytest.raises(Missing):
        brought(by, row, staffs)
    for other in (assessor, ready.inspector, ready.leader, ready.head):
        with pytest.raises(NotAllowed):
            brought(other, row, mark)
    entries.refuse(mark.pk, words="凭据不足", by=ready.inspector)
    with pytest.raises(WrongState):
        brought(by, row, mark)
    assert not mark.evidence.exists() and not staffs.evidence.exists()
    desk = client_of("assessor1")
    path = f"/external/invitations/{row.pk}/do/bring"
    given = {"entry": str(mark.pk), "words": WHY, "evidence": [uploaded()]}
    assert desk.post(path, given).status_code == 404
    for entry in ("0", "x", str(staffs.pk)):
        sent = {**given, "entry": entry, "evidence": [uploaded()]}
        assert client_of("supervisor1").post(path, sent).status_code == 404


def test_without_invitation_or_independence_he_brings_nothing(ready: City, assessor: Actor) -> None:  # noqa: F811
    row, by = invited(ready, frozen(ready, assessor)), short.outside()
    mark = marked(row, by)
    hand = Hand.objects.create(order=Order.objects.order_by("pk")[0], actor=by.id)
    with pytest.raises(NotAllowed):
        brought(by, row, mark)
    hand.delete()
    inviting.withdraw(row, by=ready.leader)
    with pytest.raises(WrongState):
        brought(by, row, mark)
    assert not mark.evidence.exists()


def test_who_reads_the_entry_reads_why_until_it_is_erased(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = entered(assessor)
    entries.confirm(row.pk, by=ready.inspector)
    add(row, assessor)
    add(row, ready.inspector, photo() + b" ")
    reason = "签到表后来才找到"
    own = f"/assessment/subject?subject={REGION}&of=2026-09"
    assert client_of("leader1").get(own).content.decode().count(reason) == 2
    assert client_of("callback1").get(own).status_code == 403
    assert client_of("head.310101-SQ01").get(own).status_code == 404
    journal.erase(spoken(row.chain), by=assessor, chain=row.chain, basis="request")
    page = client_of("leader1").get(own).content.decode()
    assert reason not in page and "后补" in page
    assert verify().problems == []
