"""Files that other work stands on, and the marks of experts from outside: whose, opened by whom."""

import datetime as dt
import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.accounts.actions import give_post
from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named
from suqiu.assessment.actions import entries, marks
from suqiu.assessment.models import Entry, Evidence, Sheet
from suqiu.assessment.outside import of_sheet
from suqiu.audit.models import Access
from suqiu.audit.queries import chain, verify
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.files.actions import receive
from suqiu.files.models import File
from suqiu.files.rules import Limits
from suqiu.orders.models import Hand, Order
from suqiu.organisations.models import Unit
from suqiu.retention import actions as retention
from suqiu.supervision.external.actions import inviting, terms
from suqiu.supervision.external.models import Invitation, Term
from tests.assessment.test_life import (  # noqa: F401
    REGION,
    SEPTEMBER,
    assessor,
    client_of,
    frozen,
    ready,
    value,
)
from tests.city import DISTRICT, City
from tests.pictures import photo
from tests.supervision import external as short

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SAID = "看了二十份答复，写明依据的十九份"


def uploaded(name: str = "a.jpg", data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or photo(), "application/octet-stream")


def told(**more: object) -> dict[str, object]:
    return {"subject": REGION, "day": "2026-09-20", "work": "audit", "points": "1.5",
            "words": "抽查 20 件", **more}  # fmt: skip


def entered(city: City) -> Entry:
    """Through the page, with a picture and a paper."""
    desk = client_of("assessor1")
    page = desk.get("/assessment/work").content.decode()
    assert 'enctype="multipart/form-data"' in page
    files = [uploaded(), uploaded("签到表.pdf", PAPER)]
    assert desk.post("/assessment/make/entry", told(evidence=files)).status_code == 302
    return Entry.objects.get()


def at(one: Evidence, form: str = "copy") -> str:
    return f"/assessment/entries/{one.entry_id}/evidence/{one.pk}/{form}"


def test_files_come_with_the_entry_and_their_hash_is_told(ready: City) -> None:  # noqa: F811
    row = entered(ready)
    picture, paper = row.evidence.order_by("pk")
    assert picture.file.linked_at and paper.file.mime == "application/pdf"
    (entry,) = chain(row.chain)
    assert entry.data["sha256"] == [hashlib.sha256(d).hexdigest() for d in (photo(), PAPER)]
    assert verify().problems == []
    desk = client_of("assessor1")
    page = desk.get("/assessment/work").content.decode()
    assert at(picture, "thumb") in page and "签到表.pdf" in page and at(paper) in page
    answer = desk.get(at(picture))
    assert answer.headers["Content-Type"] == "image/jpeg" and answer.content != photo()
    assert desk.get(at(picture, "original")).status_code == 404
    saved = desk.get(at(paper))
    assert saved.content == PAPER and "attachment" in saved.headers["Content-Disposition"]


def test_each_look_at_one_is_logged(ready: City) -> None:  # noqa: F811
    picture, paper = entered(ready).evidence.order_by("pk")
    desk = client_of("assessor1")
    for one in (picture, paper):
        before = Access.objects.count()
        desk.get(at(one))
        (look,) = Access.objects.order_by("-pk")[: Access.objects.count() - before]
        assert (look.subject, look.data) == (f"entry:{one.entry_id}", {"file": one.file_id})


def test_who_may_not_read_the_entry_opens_nothing_of_it(ready: City) -> None:  # noqa: F811
    row = entered(ready)
    one = row.evidence.order_by("pk")[0]
    hub = Unit.objects.get(kind="hub", region=DISTRICT)
    person = Person.objects.create(username="hub9", name="试", password="!")
    give_post(person, unit=hub, role="hub", by=system("test"))
    own = client_of("hub9")
    foreign = client_of("head.310101-SQ01")
    assert own.get(at(one)).status_code == 404, "it is not confirmed yet"
    assert client_of("inspector1").post(f"/assessment/entry/{row.pk}/confirm").status_code == 302
    assert own.get(at(one)).status_code == 200
    assert foreign.get(at(one)).status_code == 404
    assert client_of("callback1").get(at(one)).status_code == 403
    assert client_of("supervisor1").get(at(one)).status_code == 404
    other = entries.enter(subject=REGION, day=dt.date(2026, 9, 21), work="audit", points=1.0,
                          words="另一笔", by=actor_named("assessor1"))  # fmt: skip
    mixed = f"/assessment/entries/{other.pk}/evidence/{one.pk}/copy"
    assert client_of("assessor1").get(mixed).status_code == 404, "through its own entry alone"
    assert client_of("assessor1").get(at(one, "raw")).status_code == 404


@pytest.mark.parametrize(
    "data", [b"MZ\x90\x00 not a picture", photo() + b"<script>", b"%PDF-1.4 /JavaScript %%EOF"]
)
def test_what_is_no_evidence_makes_no_entry(ready: City, data: bytes) -> None:  # noqa: F811
    desk = client_of("assessor1")
    answer = desk.post("/assessment/make/entry", told(evidence=[uploaded("a.jpg", data)]))
    assert answer.status_code == 422
    assert not Entry.objects.exists() and not Evidence.objects.exists()


def test_too_many_make_no_entry(ready: City) -> None:  # noqa: F811
    many = [uploaded(f"{n}.pdf", PAPER + b" " * n) for n in range(30)]
    client_of("assessor1").post("/assessment/make/entry", told(evidence=many))
    assert not Entry.objects.exists() and not File.objects.exists()


def test_anothers_file_is_not_taken_and_none_twice(ready: City, assessor: Actor) -> None:  # noqa: F811
    given = {"subject": REGION, "day": dt.date(2026, 9, 20), "work": "audit", "points": 1.0}
    foreign = receive(photo(), name="a.jpg", limits=Limits(), by=ready.inspector)
    with pytest.raises(Invalid) as refused:
        entries.enter(**given, words="抽查", evidence=[foreign], by=assessor)  # type: ignore[arg-type]
    assert refused.value.code == "file.foreign" and not Entry.objects.exists()
    own = receive(photo(), name="a.jpg", limits=Limits(), by=assessor)
    entries.enter(**given, words="抽查", evidence=[own], by=assessor)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        entries.enter(**given, words="再", evidence=[File.objects.get(pk=own.pk)], by=assessor)  # type: ignore[arg-type]


def test_an_order_s_erasure_leaves_it_alone(ready: City) -> None:  # noqa: F811
    row = entered(ready)
    order = Order.objects.order_by("pk")[0]
    for package in retention.NEIGHBOURS:
        package.words(order, basis="request", by=system("retention"))
    assert row.evidence.count() == 2
    assert not File.objects.filter(pk__in=row.evidence.values("file"), linked_at=None).exists()
    row.refresh_from_db()
    assert row.words == "抽查 20 件"


def invited(city: City, sheet: Sheet, term: Term | None = None) -> Invitation:
    row = term or short.appointed(city)
    return inviting.invite(row, of_sheet(str(sheet.pk)), by=city.leader)


def marked(row: Invitation, by: Actor, **more: object) -> Entry:
    given = {"subject": REGION, "work": "expert", "points": 2.0, "words": SAID, **more}
    return marks.mark(row, **given, by=by)  # type: ignore[arg-type]


def send(his: Client, row: Invitation, **more: object) -> object:
    given = {"subject": REGION, "work": "expert", "points": "2", "words": SAID, **more}
    return his.post(f"/external/invitations/{row.pk}/do/mark", given)


def test_an_expert_marks_it_himself_and_another_hand_confirms_it(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    sheet = frozen(ready, assessor)
    row = invited(ready, sheet)
    his = client_of("supervisor1")
    page = his.get(f"/external/invitations/{row.pk}").content.decode()
    assert 'id="mark"' in page and "专家评分" in page and "内容审核" not in page
    whom = re.findall(r'<option value="((?:region|unit):[^"]+)"', page)
    assert whom == sorted(one["subject"] for one in sheet.rows), "those that the sheet scores"
    assert send(his, row, subject="region:310000").status_code == 422  # type: ignore[attr-defined]
    send(his, row, evidence=[uploaded()])
    mark = Entry.objects.get()
    by = short.outside()
    assert (mark.made_by, mark.way, mark.expert) == (by.id, "own", row.term.name)
    assert mark.day == SEPTEMBER[1] - dt.timedelta(days=1)
    (entry,) = chain(mark.chain)
    assert (entry.kind, entry.actor) == ("assessment.entry_mark", by.id)
    assert entry.data["invitation"] == row.pk
    assert entry.data["sha256"] == [hashlib.sha256(photo()).hexdigest()]
    assert value(REGION) == pytest.approx(92.5), "not confirmed yet"
    page = his.get(f"/external/invitations/{row.pk}").content.decode()
    evidence = mark.evidence.get()
    assert "本人打分" in page and at(evidence, "thumb") in page
    assert his.get(at(evidence)).status_code == 200
    with pytest.raises(NotAllowed):
        entries.confirm(mark.pk, by=by)
    entries.confirm(mark.pk, by=ready.inspector)
    assert value(REGION) == pytest.approx(94.5)
    shown = client_of("assessor1").get(f"/assessment/sheet/{sheet.pk}").content.decode()
    assert "94.50" in shown and "92.50" in shown, "a correction beside what was frozen"


def test_the_unit_reads_the_mark_and_not_the_name(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    row = invited(ready, frozen(ready, assessor))
    own = f"unit:{ready.squad.pk}"
    mark = marked(row, short.outside(), subject=own)
    entries.confirm(mark.pk, by=ready.inspector)
    page = f"/assessment/subject?of=2026-09&subject={own}"
    unit = client_of(f"head.{DISTRICT}-SQ01").get(page).content.decode()
    assert SAID in unit and "本人打分" in unit and row.term.name not in unit
    assert row.term.name in client_of("assessor1").get(page).content.decode()


def test_what_the_staff_enter_in_his_name_says_so(ready: City) -> None:  # noqa: F811
    desk = client_of("assessor1")
    desk.post("/assessment/make/entry", told(work="expert", expert="顾长亭"))
    row = Entry.objects.get()
    assert (row.way, row.invitation) == ("proxy", None)
    page = desk.get("/assessment/work").content.decode()
    assert "代录</span>" in page and "本人打分" not in page


def test_only_what_the_scheme_opens_within_its_bounds_and_once(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    row, by = invited(ready, frozen(ready, assessor)), short.outside()
    with pytest.raises(Invalid) as refused:
        marked(row, by, work="audit", points=1.0)
    assert refused.value.code == "assessment.experts"
    with pytest.raises(Invalid):
        marked(row, by, points=9.0)
    with pytest.raises(Missing):
        marked(row, by, subject="region:310101")
    first = marked(row, by)
    with pytest.raises(WrongState) as again:
        marked(row, by, points=-1.0)
    assert again.value.code == "assessment.marked"
    entries.refuse(first.pk, words="凭据不足", by=ready.inspector)
    assert marked(row, by).pk != first.pk


def test_nobody_else_marks_in_his_place(ready: City, assessor: Actor) -> None:  # noqa: F811
    row = invited(ready, frozen(ready, assessor))
    for by in (assessor, ready.inspector, ready.leader, ready.head):
        with pytest.raises(NotAllowed):
            marked(row, by)
    for login in ("assessor1", "leader1"):
        assert send(client_of(login), row).status_code == 404  # type: ignore[attr-defined]
    paper = invited(ready, Sheet.objects.get(), short.appointed(ready, on_paper=True))
    with pytest.raises(NotAllowed):
        marked(paper, Actor(paper.term.actor_id))
    assert not Entry.objects.exists()


def test_without_office_or_invitation_he_marks_and_opens_nothing(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    row, by = invited(ready, frozen(ready, assessor)), short.outside()
    file = receive(photo(), name="a.jpg", limits=Limits(), by=by)
    one = marked(row, by, evidence=[file]).evidence.get()
    his = client_of("supervisor1")
    assert his.get(at(one)).status_code == 200
    inviting.withdraw(row, by=ready.leader)
    with pytest.raises(WrongState):
        marked(row, by, subject=f"unit:{ready.squad.pk}")
    assert his.get(at(one)).status_code == 404
    assert send(his, row).status_code == 404  # type: ignore[attr-defined]


def test_who_handled_an_order_of_the_period_marks_nobody(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
) -> None:
    row, by = invited(ready, frozen(ready, assessor)), short.outside()
    Hand.objects.create(order=Order.objects.order_by("pk")[0], actor=by.id)
    for subject in (REGION, f"unit:{ready.squad.pk}"):
        with pytest.raises(NotAllowed) as refused:
            marked(row, by, subject=subject)
        assert refused.value.code == "assessment.own"
    assert not Entry.objects.exists()


def mover(city: City, unit: Unit, until: dt.date) -> Term:
    """One from outside who was of a unit of the house until this day."""
    person = Person.objects.create(username="mover", name="试", password="!")
    home = short.person().postings.get().unit
    give_post(person, unit=home, role="external_supervisor", by=system("test"))
    since = dt.date(2013, 1, 1)
    post = give_post(person, unit=unit, role="trainer", since=since, by=system("test"))
    post.until = until
    post.save()
    span = {"since": clock.today(), "until": clock.today().replace(year=2027)}
    return terms.appoint(name="丁", kind="external", person=person, **span, by=city.leader)


@pytest.mark.parametrize(("day", "free"), [(SEPTEMBER[1], False), (dt.date(2026, 8, 30), True)])
def test_who_was_of_the_district_does_not_mark_it_though_his_unit_had_no_order(
    ready: City,  # noqa: F811
    assessor: Actor,  # noqa: F811
    day: dt.date,
    free: bool,
) -> None:
    sheet = frozen(ready, assessor)
    scored = {one["subject"] for one in sheet.rows}
    there = Unit.objects.filter(region=DISTRICT, kind__in=("street", "department"))
    unit = next(u for u in there.order_by("code") if f"unit:{u.pk}" not in scored)
    row = invited(ready, sheet, mover(ready, unit, day))
    by = actor_named("mover")
    if free:
        assert marked(row, by)
        return
    with pytest.raises(NotAllowed) as refused:
        marked(row, by)
    assert refused.value.code == "assessment.own"
    assert marked(row, by, subject=f"unit:{ready.squad.pk}"), "that one is not his"


def test_his_employer_is_not_marked(ready: City, assessor: Actor) -> None:  # noqa: F811
    sheet = frozen(ready, assessor)
    row, by = invited(ready, sheet), short.outside()
    Term.objects.filter(pk=row.term_id).update(unit=ready.squad)
    with pytest.raises(NotAllowed):
        marked(row, by)


def test_a_dropped_sheet_is_marked_no_more(ready: City, assessor: Actor) -> None:  # noqa: F811
    sheet = frozen(ready, assessor)
    row = invited(ready, sheet)
    Sheet.objects.filter(pk=sheet.pk).update(state="dropped")
    with pytest.raises(Missing):
        marked(row, short.outside())
