"""suqiu report make, list, verify; and an issued report after events that came late."""

import datetime as dt
import io
from contextlib import nullcontext
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from suqiu.accounts.queries import actor_named
from suqiu.base import clock
from suqiu.cli import house
from suqiu.cli.main import main
from suqiu.files import store
from suqiu.reports import actions, printing, proof
from suqiu.reports.models import Report
from tests.city import City
from tests.reports.conftest import closed, issued

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_this_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction instead of a database of the command's."""
    monkeypatch.setattr("suqiu.cli.processes.raise_on_signals", lambda: None)
    monkeypatch.setattr(house, "opened", nullcontext)
    monkeypatch.setattr(house, "migrate", lambda: None)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["report", *words])


def late_appeal(city: City) -> None:
    """One of September that reaches the house only now."""
    now = clock.now()
    clock.set_to(dt.datetime(2026, 9, 29, 10, tzinfo=clock.LOCAL))
    city.accepted(title="九月二十九日来的另一件设摊诉求")
    clock.set_to(now)


def october(city: City) -> None:
    closed(city)
    clock.set_to(dt.datetime(2026, 10, 9, 10, tzinfo=clock.LOCAL))


@pytest.mark.parametrize("kind", ["monthly", "special", "circular"])
def test_make_drafts_and_list_shows_it(city: City, tmp_path: Path, kind: str) -> None:
    october(city)
    out = tmp_path / "draft.pdf"
    told = run(
        "make", "--kind", kind, "--period", "2026-09", "--by", "assessor1", "--out", str(out)
    )
    assert told.exit_code == 0, told.output
    row = Report.objects.get()
    assert (row.kind, row.state, row.hands) == (kind, "drafted", [actor_named("assessor1").id])
    assert row.title in told.output and "本期受理诉求 1 件" in told.output
    assert out.read_bytes().startswith(b"%PDF")
    assert run("list").output == f"{row.pk}\tdrafted\t-\t{row.title}\n"


def test_make_takes_days_a_line_and_a_district(city: City) -> None:
    october(city)
    told = run(
        "make", "--period", "2026-09-01:2026-09-15", "--region", "310101", "--by", "assessor1"
    )
    row = Report.objects.get()
    assert (row.start, row.end) == (dt.date(2026, 9, 1), dt.date(2026, 9, 16)), told.output
    assert row.scope == {"region": "310101"} and row.figures["volume"]["now"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--period", "2026-13", "--by", "assessor1"), "is no period"),
        (("--period", "2026-09", "--by", "nobody"), "no account"),
        (("--period", "2026-09", "--by", "calltaker1"), "不起草报告"),
        (("--period", "2026-10", "--by", "assessor1"), "还没有过完"),
        (("--period", "2026-09", "--by", "assessor1", "--kind", "yearly"), "yearly"),
    ],
)
def test_make_refuses_with_what_is_wrong(city: City, words: tuple[str, ...], said: str) -> None:
    october(city)
    told = run("make", *words)
    assert told.exit_code != 0 and said in told.output and "Traceback" not in told.output
    assert not Report.objects.exists()


def test_verify_counts_again_and_names_what_moved(city: City, drafted: Report) -> None:
    number = issued(drafted, city).number or ""
    good = run("verify", number)
    assert good.exit_code == 0 and "0 figures differ, 0 broken" in good.output
    late_appeal(city)
    moved = run("verify", number)
    assert moved.exit_code == 1 and "moved: volume.now: 2 → 3" in moved.output
    assert "order.accept 1" in moved.output
    Report.objects.filter(number=number).update(title="别的")
    broken = run("verify", number)
    assert broken.exit_code == 1 and "broken: text" in broken.output
    unknown = run("verify", "诉求月报〔2026〕99号")
    assert unknown.exit_code == 1 and "没有这个编号" in unknown.output


def test_the_issued_one_says_the_same_after_corrections_and_the_correction_says_what_is_new(
    city: City, drafted: Report
) -> None:
    row = issued(drafted, city)
    before = {made.form: store.fetch(made.file.sha256) for made in row.made.select_related("file")}
    figures, sections = row.figures, row.sections
    late_appeal(city)
    fixed = issued(actions.correct(row.pk, by=actor_named("assessor1")), city)
    kept = Report.objects.get(pk=row.pk)
    assert kept.figures == figures and kept.sections == sections
    # Made again from what was frozen it reads the same, word for word.
    again = printing.all_forms(kept, actions.issuer(kept))
    assert words(again["docx"]) == words(before["docx"])
    found = proof.examine(kept)
    assert found.broken == [] and "volume.now: 2 → 3" in found.moved
    # The correction names what it corrects, and counts what is true now.
    assert f"更正：{row.number}" in words(printing.all_forms(fixed, "x")["docx"])
    assert fixed.figures["volume"]["now"] == 3 and proof.examine(fixed).same
    assert fixed.number != row.number


def words(data: bytes) -> str:
    made = docx.Document(io.BytesIO(data))
    cells = [c.text for t in made.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in made.paragraphs), *cells])


def test_a_report_of_before_is_counted_by_what_it_counted(city: City, drafted: Report) -> None:
    row = issued(drafted, city)
    older = {k: v for k, v in row.figures.items() if k not in {"units", "lasting", "outside"}}
    Report.objects.filter(pk=row.pk).update(figures=older)
    assert proof.examine(Report.objects.get(pk=row.pk)).moved == []
    late_appeal(city)
    assert proof.examine(Report.objects.get(pk=row.pk)).moved
