"""A report from the draft to the frozen file, over real rows; and what happens when events come late."""

import datetime as dt
import re
import zlib
from typing import Any

import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Invalid, Missing, NotAllowed, Refused, WrongState
from suqiu.files import store
from suqiu.reports import actions, jobs, paper, printing, proof, queries
from suqiu.reports.models import KINDS, Report
from tests.city import City
from tests.reports.conftest import advised, closed, issued

BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_a_draft_says_what_was_counted(drafted: Report) -> None:
    assert drafted.title == "2026年9月诉求受理处置情况月报"
    assert drafted.figures["volume"]["now"] == 2 and drafted.figures["volume"]["closed"] == 2
    text = "\n".join(p for s in drafted.sections for p in s["paragraphs"])
    assert "本期受理诉求 2 件" in text and "满意率 80.0%（1.6/2），不足 30 件，仅供参考" in text
    assert drafted.position > 0 and drafted.root.startswith(f"{drafted.position}:")


def test_a_month_that_is_not_over_is_not_reported(city: City, assessor: Actor) -> None:
    with pytest.raises(Invalid):
        actions.draft("monthly", dt.date(2026, 9, 1), dt.date(2026, 10, 1), by=assessor)


def test_who_wrote_it_does_not_review_it(drafted: Report, city: City, assessor: Actor) -> None:
    with pytest.raises(NotAllowed) as refused:
        actions.review(drafted.pk, by=assessor)
    assert refused.value.code == "report.own"
    texts = ["改过的一段。"] * len(drafted.sections)
    actions.edit(drafted.pk, "新题", texts, by=city.inspector)
    with pytest.raises(NotAllowed):
        actions.review(drafted.pk, by=city.inspector)
    assert actions.review(drafted.pk, by=city.leader).state == "reviewed"


def test_no_step_is_left_out(drafted: Report, city: City, assessor: Actor) -> None:
    with pytest.raises(WrongState):
        actions.issue(drafted.pk, by=city.leader)
    with pytest.raises(NotAllowed):
        actions.issue(drafted.pk, by=assessor)
    row = issued(drafted, city)
    assert row.state == "frozen" and row.number == "诉求月报〔2026〕1号"
    with pytest.raises(WrongState):
        actions.edit(row.pk, "x", [""] * len(row.sections), by=assessor)
    for verb in (actions.recount, actions.drop):
        with pytest.raises(WrongState):
            verb(row.pk, by=assessor)


def test_an_edited_section_survives_a_recount_and_the_others_are_written_anew(
    drafted: Report, city: City, assessor: Actor
) -> None:
    texts = ["\n".join(s["paragraphs"]) for s in drafted.sections]
    texts[0] = "由人写的一段。"
    actions.edit(drafted.pk, drafted.title, texts, by=assessor)
    Report.objects.filter(pk=drafted.pk).update(figures={})
    row = actions.recount(drafted.pk, by=assessor)
    assert row.sections[0]["paragraphs"] == ["由人写的一段。"]
    assert row.figures == drafted.figures and row.sections[1] == drafted.sections[1]


def test_an_issued_report_counts_the_same_again(drafted: Report, city: City) -> None:
    row = issued(drafted, city)
    found = proof.verify(row.number or "")
    assert found.same and found.counted == 2 and found.files == row.made.count() == 3
    for made in row.made.select_related("file"):
        assert store.hash_of(store.fetch(made.file.sha256)) == made.file.sha256


def test_a_late_event_is_shown_and_becomes_a_correction(
    drafted: Report, city: City, assessor: Actor
) -> None:
    row = issued(drafted, city)
    with pytest.raises(Invalid):
        actions.correct(row.pk, by=assessor)
    # An appeal of September that reaches the house only now.
    now = clock.now()
    clock.set_to(dt.datetime(2026, 9, 29, 10, tzinfo=clock.LOCAL))
    city.accepted(title="九月二十九日来的另一件设摊诉求")
    clock.set_to(now)
    found = proof.verify(row.number or "")
    assert not found.same and "volume.now: 2 → 3" in found.moved and found.late["order.accept"] == 1
    again = actions.correct(row.pk, by=assessor)
    assert again.corrects == row and again.figures["volume"]["now"] == 3
    kept = Report.objects.get(pk=row.pk)
    assert kept.figures["volume"]["now"] == 2 and kept.state == "frozen"


@pytest.mark.parametrize(("kind", "heading"), [("special", "工作建议"), ("circular", "工作要求")])
def test_what_the_drafter_has_to_write_is_written_before_anybody_signs(
    client: Client, drafted: Report, city: City, assessor: Actor, kind: str, heading: str
) -> None:
    row = actions.draft(kind, drafted.start, drafted.end, by=assessor)
    texts = ["\n".join(s["paragraphs"]) for s in row.sections]
    place = [s["heading"] for s in row.sections].index(heading)
    client.force_login(Person.objects.get(username="inspector1"), backend=BACKEND)
    for left in (texts[place], "", f"加强巡查。\n{texts[place]}"):
        actions.edit(row.pk, row.title, [*texts[:place], left, *texts[place + 1 :]], by=assessor)
        with pytest.raises(WrongState, match=heading) as refused:
            actions.review(row.pk, by=city.inspector)
        assert refused.value.code == "report.unwritten"
        assert f"还没有写：{heading}" in client.get(f"/reports/{row.pk}").content.decode()
    actions.recount(actions.edit(row.pk, row.title, texts, by=assessor).pk, by=assessor)
    with pytest.raises(WrongState):
        actions.review(row.pk, by=city.inspector)
    advised(row)
    assert f"还没有写：{heading}" not in client.get(f"/reports/{row.pk}").content.decode()
    assert actions.review(row.pk, by=city.inspector).state == "reviewed"
    # Reviewed before it was told, or written to the table by hand: the leader's signature refuses too.
    for s in (sections := Report.objects.get(pk=row.pk).sections):
        s["paragraphs"] = [s["asked"]] if "asked" in s else s["paragraphs"]
    Report.objects.filter(pk=row.pk).update(sections=sections)
    with pytest.raises(WrongState, match=heading):
        actions.issue(row.pk, by=city.leader)


def test_figures_that_moved_are_not_issued(drafted: Report, city: City) -> None:
    actions.review(drafted.pk, by=city.inspector)
    now = clock.now()
    clock.set_to(dt.datetime(2026, 9, 29, 10, tzinfo=clock.LOCAL))
    city.accepted(title="九月二十九日来的另一件设摊诉求")
    clock.set_to(now)
    with pytest.raises(WrongState) as refused:
        actions.issue(drafted.pk, by=city.leader)
    assert refused.value.code == "report.moved"
    assert Report.objects.get(pk=drafted.pk).number is None


@pytest.mark.parametrize("what", ["figures", "sections", "title"])
def test_a_frozen_report_that_was_touched_is_found(drafted: Report, city: City, what: str) -> None:
    row = issued(drafted, city)
    changed: dict[str, Any] = {
        "figures": {**row.figures, "pack": "other"}, "sections": row.sections[1:], "title": "别的"
    }  # fmt: skip
    Report.objects.filter(pk=row.pk).update(**{what: changed[what]})
    found = proof.verify(row.number or "")
    assert found.broken == ["figures" if what == "figures" else "text"]


def test_a_file_that_is_gone_is_found(drafted: Report, city: City) -> None:
    row = issued(drafted, city)
    made = row.made.select_related("file").order_by("pk")[0]
    store.drop(made.file.sha256)
    assert any(one.startswith(made.form) for one in proof.verify(row.number or "").broken)
    store.keep(printing.pdf(row, "x"))  # other bytes do not stand for them
    assert not proof.verify(row.number or "").same


def test_an_unknown_number_is_missing(city: City) -> None:
    with pytest.raises(Missing):
        proof.verify("诉求月报〔2026〕9号")


def test_two_reports_have_two_numbers(drafted: Report, city: City, assessor: Actor) -> None:
    issued(drafted, city)
    other = actions.draft("monthly", dt.date(2026, 9, 1), dt.date(2026, 10, 1), by=assessor)
    assert issued(other, city).number == "诉求月报〔2026〕2号"


def test_a_draft_is_seen_by_writers_and_an_issued_one_by_its_readers(
    drafted: Report, city: City
) -> None:
    for outsider in (city.hub, city.handler, city.call_taker):
        with pytest.raises(Missing):
            queries.get_for(drafted.pk, outsider)
    row = issued(drafted, city)
    assert queries.get_for(row.pk, city.hub) == row
    with pytest.raises(Missing):
        queries.get_for(row.pk, city.handler)
    assert list(queries.readable(city.hub)) == [row] and not queries.readable(city.handler)


def test_the_paper_fetches_nothing_and_shows_markup_as_text(
    drafted: Report, assessor: Actor
) -> None:
    evil = '<img src="http://127.0.0.1:9/x.png"><script>1</script><link rel=stylesheet href=file:///etc/passwd>'
    actions.edit(drafted.pk, evil, [evil] * len(drafted.sections), by=assessor)
    row = Report.objects.get(pk=drafted.pk)
    made = printing.pdf(row, "试")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL)
    whole = made + b"".join(zlib.decompress(s) for s in streams if s[:1] == b"x")
    assert made.startswith(b"%PDF") and b"/URI" not in whole
    # The letters are the wheel's own: on a machine without Chinese fonts it reads as well.
    letters = set(re.findall(rb"/FontName /\w+\+([\w-]+)", whole))
    assert letters and letters <= {b"Suqiu-Serif", b"Suqiu-Sans"}
    for url in (
        "http://127.0.0.1:9/x",
        "file:///etc/passwd",
        "suqiu-font:../../x",
        "data:text/css,",
    ):
        with pytest.raises(ValueError, match="fetches nothing"):
            paper.OwnFontsOnly().fetch(url)


def test_the_page_and_its_steps(client: Client, drafted: Report, city: City) -> None:
    client.force_login(Person.objects.get(username="assessor1"), backend=BACKEND)
    assert drafted.title in client.get("/reports").content.decode()
    page = client.get(f"/reports/{drafted.pk}").content.decode()
    assert "起草、修改过的人不能审核" in page and "本期受理诉求 2 件" in page
    texts = ["<b>粗</b>", *["一段。"] * (len(drafted.sections) - 1)]
    client.post(f"/reports/{drafted.pk}/edit", {"title": "题", "text": texts})
    assert "&lt;b&gt;粗&lt;/b&gt;" in client.get(f"/reports/{drafted.pk}").content.decode()
    assert client.get(f"/reports/{drafted.pk}/pdf").content.startswith(b"%PDF")
    assert client.post(f"/reports/{drafted.pk}/do/freeze").status_code == 404
    for who, verb in (("inspector1", "pass"), ("leader1", "issue")):
        client.force_login(Person.objects.get(username=who), backend=BACKEND)
        client.post(f"/reports/{drafted.pk}/do/{verb}")
    jobs.produce()
    client.force_login(Person.objects.get(username="leader1"), backend=BACKEND)
    page = client.get(f"/reports/{drafted.pk}?verify=1").content.decode()
    assert "数、文字和文件都一致" in page
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        answer = client.get(f"/reports/{drafted.pk}/files/{form}")
        assert answer.content.startswith(begins) and answer["Content-Type"] == printing.MIME[form]
        assert answer["Content-Disposition"].startswith("attachment")
    client.force_login(
        Person.objects.get(pk=int(city.handler.id.removeprefix("person:"))), backend=BACKEND
    )
    assert client.get(f"/reports/{drafted.pk}/files/xlsx").status_code in {403, 404}


def test_the_house_itself_may_draft_but_not_issue(drafted: Report, city: City) -> None:
    with pytest.raises(NotAllowed):
        actions.review(drafted.pk, by=system("reports"))


def test_the_house_drafts_the_month_that_is_over_once(city: City, assessor: Actor) -> None:
    """The first of October and the days after it are holidays; the ninth is at work."""
    closed(city)
    for day in (1, 5, 8):
        clock.set_to(dt.datetime(2026, 10, day, 9, tzinfo=clock.LOCAL))
        if clock.today() < jobs.first_working_day(dt.date(2026, 10, 1)):
            assert jobs.draft_due() == 0 and not Report.objects.exists()
    clock.set_to(dt.datetime(2026, 10, 9, 9, tzinfo=clock.LOCAL))
    assert jobs.first_working_day(dt.date(2026, 10, 1)) > dt.date(2026, 10, 1)
    assert jobs.draft_due() == 1 and jobs.draft_due() == 0
    row = Report.objects.get()
    assert (row.kind, row.start, row.end) == ("monthly", dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    assert row.state == "drafted" and row.hands == ["system:reports"]
    assert issued(row, city).number == "诉求月报〔2026〕1号"
    assert jobs.draft_due() == 0


def test_a_dropped_draft_is_not_written_again(drafted: Report, city: City, assessor: Actor) -> None:
    actions.drop(drafted.pk, by=assessor)
    assert jobs.draft_due() == 0 and Report.objects.count() == 1


def test_a_house_without_appeals_drafts_nothing(city: City) -> None:
    clock.set_to(dt.datetime(2026, 10, 9, 9, tzinfo=clock.LOCAL))
    assert jobs.draft_due() == 0


def test_the_shipped_monthly_report_is_the_one_that_drafts_itself(city: City) -> None:
    drafts = {
        kind: (actions.newest(kind) or pytest.fail(kind)).body.get("drafted") for kind in KINDS
    }
    assert drafts == {"monthly": "first-working-day", "special": "", "circular": ""}


def test_a_machine_without_letters_says_so_once_and_keeps_the_issued_report(
    drafted: Report, city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def lacking(html: str) -> bytes:
        tries.append(html)
        raise Refused("report.pango", "no Pango")

    monkeypatch.setattr(jobs, "_lettered", {})
    monkeypatch.setattr(printing, "_press", lacking)
    actions.review(drafted.pk, by=city.inspector)
    actions.issue(drafted.pk, by=city.leader)
    assert [jobs.produce() for _ in range(3)] == [1, 0, 0]
    row = Report.objects.get(pk=drafted.pk)
    assert row.state == "issued" and not row.made.exists() and len(tries) == 1
    told = [entry.kind for entry in chain(row.chain)]
    assert told.count("report.unprinted") == 1
    assert [record.message for record in caplog.records].count("no Pango") == 1
    # The next process finds what was installed meanwhile.
    monkeypatch.undo()
    monkeypatch.setattr(jobs, "_lettered", {})
    assert jobs.produce() == 1 and Report.objects.get(pk=row.pk).state == "frozen"
