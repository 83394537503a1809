"""Each reading of 三个二, and the pack of Shanghai's 12345: an order lives its whole life in it."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Refused
from suqiu.calendars.queries import calendar
from suqiu.catalogue.models import Category
from suqiu.cli.commands import policy as cli
from suqiu.orders import jobs
from suqiu.orders.actions import dispose, verify, waits
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import Obligation, Order
from suqiu.policy import actions, models, queries
from suqiu.policy.rules import read
from tests.city import City

BY = system("demo")
YES = Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)
FILES = [actions.SHIPPED / "sh-lhsr-2013.yaml", *actions.readings()]
NAMES = {file.stem: file for file in FILES}


def taken_up(name: str) -> models.Pack:
    text = NAMES[name].read_text("utf-8")
    row = actions.publish(text, by=BY, name=name, not_before=clock.now())
    assert queries.in_force() == row
    return row


def clocks(order: Order) -> dict[str, Obligation]:
    rows = Obligation.objects.filter(order=order).order_by("pk")
    return {row.code: row for row in rows}


def limits(order: Order) -> dict[str, tuple[float, str]]:
    return {
        c: (float(o.limit_n), o.limit_unit) for c, o in clocks(order).items() if o.outcome == "open"
    }


def test_there_are_the_readings_and_each_says_on_what_it_stands() -> None:
    assert set(NAMES) == {
        "sh-lhsr-2013", "sh-lhsr-2013-b", "sh-lhsr-2013-c", "sh-lhsr-2013-d", "sh-lhsr-2013-e",
        "sh-12345-2015",
    }  # fmt: skip
    packs = [read(file.read_text("utf-8"), file.name) for file in FILES]
    assert [p.id for p in packs] == list(NAMES)
    assert all("推定" in p.basis or "公开报道" in p.basis for p in packs)
    assert {p.confidence for p in packs} == {"中低", "低", "中"}
    assert len({p.model_dump_json(exclude={"id", "name", "basis"}) for p in packs}) == len(packs)


@pytest.mark.parametrize("name", list(NAMES))
def test_an_order_lives_its_whole_life_in_each(city: City, name: str) -> None:
    pack_row = queries.in_force() if name == "sh-lhsr-2013" else taken_up(name)
    pack = queries.pack(pack_row.pk)
    order = city.signed()
    assert order.pack_id == pack_row.pk
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    dispose.be_on_site(order, by=city.handler)
    dispose.dispose(
        order,
        result="solved",
        fact="true",
        words="当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
        by=city.handler,
    )
    dispose.pass_disposal(order, by=city.head)
    dispose.reply(order, words="已告知诉求人处置情况与值守安排。", by=city.handler)
    order = verify.review(order, by=city.dispatcher)
    first = city.hub
    if pack.callback.first_by == "centre":
        first = city.callback_officer
        with pytest.raises(Refused):
            verify.verify(order, YES, by=city.hub)
    order = verify.verify(order, YES, by=first)
    if order.second_due:
        order = verify.verify(order, YES, by=city.inspector)
    order = verify.close(order, by=city.dispatcher)
    assert order.state == "closed"
    # Every clock that the pack knows and that this order had to keep was kept, and none is left.
    left = {s.id for s in pack.obligations if s.applies.get("confidential") or s.owes == "co"}
    left |= {s.id for s in pack.obligations if s.applies.get("conduct")}
    left |= {"second_check"} if not order.second_due else set()
    assert set(clocks(order)) == {spec.id for spec in pack.obligations} - left
    assert {row.outcome for row in clocks(order).values()} == {"met"}


def test_a_reading_is_the_default_but_for_what_it_reads_otherwise(tmp_path: Path) -> None:
    """If this fails, the default pack was changed: run scripts/readings.py and read the difference."""
    script = Path(__file__).parents[2] / "scripts" / "readings.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    made = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_text("utf-8") for file in actions.readings()}


def test_on_site_within_two_hours(city: City) -> None:
    taken_up("sh-lhsr-2013-b")
    order = city.signed()
    assert limits(order) == {"on_site": (2, "natural_hour"), "dispose": (2, "work_day")}
    dispose.contact(order, reached=True, way="电话", by=city.handler)
    assert "on_site" in limits(order)  # a telephone call is not a visit
    city.wait(hours=2, seconds=1)
    jobs.remind()
    dispose.be_on_site(order, by=city.handler)
    assert clocks(order)["on_site"].outcome == "late"


def test_every_order_is_called_twice(city: City) -> None:
    taken_up("sh-lhsr-2013-c")
    for _ in range(6):
        order = verify.verify(city.in_callback(), YES, by=city.hub)
        assert order.state == "second_check"
        assert limits(order) == {"second_check": (2, "work_day")}


def test_two_weeks_for_what_is_difficult_and_once_only(city: City) -> None:
    taken_up("sh-lhsr-2013-d")
    order = city.signed()
    before = clocks(order)["dispose"].due
    waits.ask_extension(order, days=10, reason="须几个部门会商", by=city.handler)
    waits.grant_extension(order, by=city.dispatcher)
    after = clocks(order)["dispose"].due
    # Ten working days; 20 September is worked, 25–27 September is the Mid-Autumn rest.
    assert (before, after) == (
        dt.datetime(2026, 9, 16, 16, tzinfo=dt.UTC),
        dt.datetime(2026, 9, 30, 16, tzinfo=dt.UTC),
    )
    with pytest.raises(Refused) as spent:
        waits.ask_extension(order, days=1, reason="再延一天", by=city.handler)
    assert spent.value.code == "extension.spent"


def test_the_centre_transfers_within_two_hours_and_contact_has_no_clock(city: City) -> None:
    row = taken_up("sh-lhsr-2013-e")
    spec = {s.id: s for s in queries.pack(row.pk).obligations}
    assert "first_contact" not in spec and spec["transfer"].metric == "timely"
    order = city.accepted()
    city.wait(hours=2, seconds=1)
    jobs.remind()
    assert clocks(order)["transfer"].late


@pytest.mark.parametrize(
    ("kind", "days"), [("咨询", 1), ("建议", 1), ("求助", 5), ("投诉", 5), ("举报", 5)]
)
def test_the_limit_is_the_kinds(city: City, kind: str, days: int) -> None:
    taken_up("sh-12345-2015")
    order = city.dispatched(kind=kind)
    assert limits(order) == {
        "first_contact": (1, "work_day"),
        "dispose": (days, "work_day"),
        "reply": (days, "work_day"),
    }
    # Disposal and reply run beside each other: the citizen is promised that day, not the sum.
    assert order.promised_at == clocks(order)["reply"].due


def test_fifteen_working_days_with_leave(city: City) -> None:
    taken_up("sh-12345-2015")
    order = city.signed()
    waits.ask_extension(order, days=10, reason="须几个部门会商", by=city.handler)
    waits.grant_extension(order, by=city.dispatcher)
    rows = clocks(order)
    assert rows["dispose"].due == rows["reply"].due
    work_days, day = 0, clock.today()
    while day < clock.local(rows["reply"].due - dt.timedelta(seconds=1)).date():
        day += dt.timedelta(days=1)
        work_days += calendar().is_work(day)
    assert work_days == 15


def test_what_the_law_of_enforcement_counts_has_no_clock_here(city: City) -> None:
    taken_up("sh-12345-2015")
    order = city.dispatched(category=Category.objects.get(code="C0203"))
    assert set(limits(order)) == {"first_contact"}
    city.wait(days=60)
    jobs.remind()
    assert not Obligation.objects.filter(order=order, code="dispose").exists()


def test_a_reading_is_not_published_by_itself_and_an_upgrade_does_not_undo_it(city: City) -> None:
    assert [p.code for p in queries.published()] == ["sh-lhsr-2013"]
    row = taken_up("sh-lhsr-2013-b")
    default = NAMES["sh-lhsr-2013"].read_text("utf-8").replace("version: 1", "version: 2")
    actions.publish(default, by=BY)
    assert queries.in_force() == row
    assert queries.pack(row.pk).effective_from == row.effective_from == clock.now()


# The command


def test_check_names_the_line_and_needs_no_database(tmp_path: Path) -> None:
    good, bad = NAMES["sh-12345-2015"], tmp_path / "bad.yaml"
    bad.write_text(good.read_text("utf-8").replace(", limit: null", ", limit: never", 1), "utf-8")
    run = CliRunner().invoke
    said = run(cli.command, ["check", str(good)])
    assert said.exit_code == 0 and "sh-12345-2015 version " in said.output
    line = next(n for n, t in enumerate(bad.read_text("utf-8").splitlines(), 1) if "never" in t)
    said = run(cli.command, ["check", str(bad)])
    assert said.exit_code == 1 and f"bad.yaml, line {line}, overrides." in said.output
    bad.write_bytes("id: 绿化".encode("gb18030"))
    said = run(cli.command, ["check", str(bad)])
    assert said.exit_code == 1 and "not UTF-8" in said.output


def test_publish_and_list(city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(cli.house, "opened", nullcontext)
    run = CliRunner(env={"COLUMNS": "200"}).invoke
    said = run(cli.command, ["publish", str(NAMES["sh-lhsr-2013-e"]), "--from", "2026-10-01"])
    assert said.exit_code == 0 and "from 2026-10-01 00:00" in said.output, said.output
    said = run(cli.command, ["publish", str(NAMES["sh-lhsr-2013-b"])])
    assert "from 2026-09-14 09:30" in said.output
    assert queries.in_force().code == "sh-lhsr-2013-b"
    listed = run(cli.command, ["list"]).output
    assert "in force" in next(row for row in listed.splitlines() if "-2013-b" in row)
    assert "not published" in next(row for row in listed.splitlines() if "-2013-c" in row)
    other = tmp_path / "b.yaml"
    other.write_text(NAMES["sh-lhsr-2013-b"].read_text("utf-8").replace("n: 0.5", "n: 1"), "utf-8")
    said = run(cli.command, ["publish", str(other)])
    assert said.exit_code == 1 and "raise its version" in said.output
