"""A board as a file: the page's own figures, never a formula, and the look is logged."""

import csv
import io
import re

import openpyxl
import pytest

from suqiu.accounts.queries import names
from suqiu.audit.models import Access
from suqiu.desk.exports import Sheet, as_csv, as_xlsx
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_dashboards import followed, links
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def test_no_cell_of_a_file_is_a_formula() -> None:
    sheet = Sheet("=cmd|' /C calc'!A0", ["=x", "n"], [[one, 3] for one in EVIL])
    rows = list(csv.reader(io.StringIO(as_csv([sheet]).decode("utf-8-sig"))))
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([sheet])))
    for row in book.worksheets[0].iter_rows():
        assert all(cell.data_type in {"s", "n"} for cell in row)
    assert book.worksheets[0]["B2"].value == 3


def test_a_number_below_nothing_stays_a_number() -> None:
    sheet = Sheet("x", ["a"], [[-0.25], [None]])
    assert "-0.25" in as_csv([sheet]).decode("utf-8-sig").splitlines()
    assert openpyxl.load_workbook(io.BytesIO(as_xlsx([sheet]))).worksheets[0]["A2"].value == -0.25


@pytest.mark.parametrize("board", ["leader", "centre", "figures"])
def test_a_board_is_written_as_it_stands_and_the_look_is_logged(city: City, board: str) -> None:
    closed(city)
    followed()
    before = Access.objects.filter(verb="export").count()
    client = client_of(city.leader)
    said = client.get(f"/export/{board}?form=csv&line=C")
    assert said.headers["Content-Disposition"].startswith('attachment; filename="suqiu-')
    text = said.content.decode("utf-8-sig")
    assert "满意率,0.8," in text
    look = Access.objects.filter(verb="export").latest("pk")
    assert Access.objects.filter(verb="export").count() == before + 1
    assert (look.subject, look.actor) == (f"board:{board}", city.leader.id)
    assert look.data == {"form": "csv", "line": "C"}
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/export/{board}?form=xlsx").content), read_only=True
    )
    assert len(book.sheetnames) == text.count("\r\n\r\n") + (not text.endswith("\r\n\r\n"))


def test_nobody_exports_what_he_does_not_see(city: City) -> None:
    closed(city)
    followed()
    handler = client_of(city.handler)
    assert handler.get("/export/leader?form=csv").status_code == 403
    assert handler.get("/export/nothing?form=csv").status_code == 404
    assert handler.get("/export/unit?form=pdf").status_code == 404
    mine = handler.get("/export/unit?form=csv").content.decode("utf-8-sig")
    other = client_of(city.outsider).get("/export/unit?form=csv").content.decode("utf-8-sig")
    assert "满意率,0.8," in mine and "满意率,1.0," not in other
    assert not Access.objects.filter(verb="export", subject="board:leader").exists()


def test_by_person_the_whole_city_is_no_file_and_says_what_it_lacks(city: City) -> None:
    closed(city)
    followed()
    client, before = client_of(city.leader), Access.objects.filter(verb="export").count()
    page = client.get("/figures?by=person&line=C").content.decode()
    assert "/export/figures" not in page
    for form in ("csv", "xlsx"):
        said = client.get(f"/export/figures?by=person&line=C&form={form}")
        assert said.status_code == 422 and "Content-Disposition" not in said.headers
        assert "先选一个区或一个承办单位" in said.content.decode()
    assert Access.objects.filter(verb="export").count() == before


def test_a_file_is_broken_down_as_the_page_it_was_taken_from(city: City) -> None:
    by = closed(city).disposals.get().by
    followed()
    client = client_of(city.leader)
    page = client.get("/figures?by=person&region=310104&line=C").content.decode()
    (url,) = re.findall(r'href="(/export/figures[^"]*form=csv)"', page)
    text = client.get(url.replace("&amp;", "&")).content.decode("utf-8-sig")
    assert f"{names({by})[by]} {city.squad.name}" in text
    look = Access.objects.filter(verb="export").latest("pk")
    assert look.data == {"form": "csv", "by": "person", "region": "310104", "line": "C"}


def test_a_cell_of_the_heat_opens_into_just_its_orders(city: City) -> None:
    first = city.accepted()
    city.wait(hours=14)  # the same Monday, near midnight
    last = city.accepted()
    followed()
    client = client_of(city.leader)
    shown = client.get("/leader?kind=accepted_in").content.decode()
    cells = [(url, n) for url, n in links(shown, "/figures/orders") if "weekday=" in url]
    assert [n for _url, n in cells] == [1, 1]
    early, late = (client.get(url).content.decode() for url, _n in cells)
    assert first.number in early and last.number not in early
    assert last.number in late and first.number not in late
    for wrong in ("weekday=8&hour=1", "weekday=1", "weekday=1&hour=24", "weekday=x&hour=1"):
        assert client.get(f"/figures/orders?rate=orders&{wrong}").status_code == 404


def test_the_funnel_stands_on_the_page_with_its_numbers(city: City) -> None:
    closed(city)
    city.accepted()
    followed()
    shown = client_of(city.leader).get("/leader").content.decode()
    funnel = shown[shown.index("走到哪一步") : shown.index("什么时候来")]
    assert "50.0%" in funnel and [n for _url, n in links(funnel, "/figures/orders")][:2] == [2, 1]
