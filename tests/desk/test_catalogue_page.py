"""The duty catalogue and the imports as pages: what is in force, what nobody leads, what came in."""

import csv
from pathlib import Path

import pytest

from suqiu.catalogue.models import Category, Duty, DutyVersion
from suqiu.catalogue.queries import edition, editions, lines_in
from suqiu.intake.actions import import_file
from suqiu.intake.models import ImportRun
from suqiu.organisations.models import Region
from tests.city import DISTRICT, City, actor_named
from tests.desk.test_pages import client_of
from tests.intake.test_import import board

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def test_every_leaf_of_the_district_stands_with_its_unit(city: City) -> None:
    page = client_of(city.dispatcher).get("/catalogue", {"region": DISTRICT}).content.decode()
    lines = lines_in(edition(), Region.objects.get(pk=DISTRICT))
    assert len(lines) == Category.objects.filter(active=True).count() == page.count("<tr>") - 1
    line = next(one for one in lines if one.leaf.code == "C0101")
    by_street = {row.street: row.unit for row in line.streets}
    assert by_street[city.street] == city.squad
    assert str(city.squad) in page


def test_a_leaf_that_nobody_leads_is_said_and_found(city: City) -> None:
    Duty.objects.filter(category="C0101", region=DISTRICT).delete()
    client = client_of(actor_named("sysadmin"))
    page = client.get("/catalogue", {"region": DISTRICT, "q": "C0101"}).content.decode()
    assert "没有写明，派单时由人定" in page and "1 个没有主办" in page
    assert page.count("<tr>") == 2  # the head, and the one that was looked for


def test_an_old_edition_stays_readable_and_an_unknown_one_is_missing(city: City) -> None:
    old = edition()
    new = DutyVersion.objects.create(
        number=old.number + 1, effective_from=old.effective_from, basis="新的通知"
    )
    leaf, region = Category.objects.get(code="C0101"), Region.objects.get(pk=DISTRICT)
    Duty.objects.create(version=new, category=leaf, region=region, unit=city.other_squad)
    client = client_of(city.dispatcher)
    now = client.get("/catalogue").content.decode()
    assert "新的通知" in now and str(city.other_squad) in now
    then = client.get("/catalogue", {"edition": old.number, "region": DISTRICT}).content.decode()
    assert str(city.squad) in then
    assert [one.lines for one in editions()][0] == 1
    assert client.get("/catalogue", {"edition": "99"}).status_code == 404
    assert client.get("/catalogue", {"region": "nowhere"}).status_code == 200


def test_a_house_without_a_catalogue_says_so(city: City) -> None:
    Duty.objects.all().delete()
    DutyVersion.objects.all().delete()
    page = client_of(city.dispatcher).get("/catalogue").content.decode()
    assert "还没有发布派单目录" in page


def test_every_import_is_listed_with_what_became_of_its_rows(city: City, tmp_path: Path) -> None:
    sheet = tmp_path / "留言.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(board(2))
    client = client_of(city.dispatcher)
    assert "还没有导入过" in client.get("/imports").content.decode()
    outcome = import_file(sheet, preset="message-board", by=city.dispatcher)
    run = ImportRun.objects.get()
    page = client.get("/imports").content.decode()
    assert "留言.csv" in page and run.sha256[:12] in page and "导完" in page
    assert (run.rows, run.rejected) == (outcome.rows, outcome.rejected)
    ImportRun.objects.update(ended=None)
    assert "没有导完" in client.get("/imports").content.decode()


def test_the_imports_go_on_where_the_page_ends(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqiu.desk.views.imports.PAGE", 2)
    for n in range(3):
        ImportRun.objects.create(
            file=f"第{n}次.csv",
            sha256="a" * 64,
            started=edition().effective_from,
            by="system:import",
        )
    client = client_of(city.dispatcher)
    first = client.get("/imports").content.decode()
    assert "第2次" in first and "第0次" not in first
    last = ImportRun.objects.order_by("-pk")[1].pk
    assert "第0次" in client.get("/imports", {"before": last}).content.decode()
    assert client.get("/imports", {"before": "x"}).status_code == 200
