"""What is brought from outside as a sheet, a cell, a key or an answer leads nowhere."""

import datetime as dt
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from suqiu.base.errors import Refused
from suqiu.intake.readers import table
from suqiu.intake.reports import guarded
from suqiu.notifications.gateway import Failed, described
from suqiu.organisations import actions
from suqiu.organisations.models import Duty
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def _book(file: Path, head: str, cell: str) -> Path:
    """A workbook of one column with one row; `head` stands before its sheet."""
    base = "http://schemas.openxmlformats.org"
    kinds = f"{base}/officeDocument/2006/relationships"
    links = f'<Relationships xmlns="{base}/package/2006/relationships"><Relationship Id="r1"'
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{said}</t></is></c></row>'
        for n, said in ((1, "名"), (2, cell))
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{base}/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{links} Type="{kinds}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{base}/spreadsheetml/2006/main" xmlns:r="{kinds}">'
        '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{links} Type="{kinds}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{base}/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(file, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return file


def test_an_entity_of_a_sheet_is_not_fetched(tmp_path: Path) -> None:
    """A workbook that names a file of this machine as an entity is a table without it, or none."""
    assert "平常" in repr(table(_book(tmp_path / "plain.xlsx", "", "平常")).rows)
    secret = tmp_path / "secret.txt"
    secret.write_text("a-word-of-this-machine")
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    try:
        said = repr(table(_book(tmp_path / "x.xlsx", head, "&amp;e;&e;")).rows)
    except Refused as refused:
        said = refused.message
    assert "a-word-of-this-machine" not in said


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_that_we_write_is_a_formula(cell: str) -> None:
    assert guarded(cell).startswith("'")


def test_nobody_drops_a_line_of_another_units_roster(city: City) -> None:
    """What is deleted by its key belongs to the unit that one keeps, or stays."""
    shift = actions.Shift("work", dt.time(8), dt.time(18), city.outsider.id, "", "")
    actions.set_duties(city.other_squad, [shift], by=city.dispatcher)
    line = Duty.objects.filter(unit=city.other_squad).order_by("-pk")[0]
    for unit in (city.squad.code, city.other_squad.code):
        client_of(city.head).post(f"/roster/{line.pk}/drop", {"unit": unit})
    line.refresh_from_db()
    assert Duty.objects.filter(pk=line.pk, unit=city.other_squad).exists()


def test_the_gateway_follows_no_redirect_into_the_house() -> None:
    """What a gateway answers leads nowhere: 302 is a failure, and nothing is asked at its address."""
    asked: list[str] = []

    class Leads(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/inside")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Leads)
    Thread(target=server.serve_forever, daemon=True).start()
    gateway = described(
        {
            "url": f"http://127.0.0.1:{server.server_port}/out",
            "body": '{"to": "{phone}", "say": "{text}"}',
        },
        production=False,
    )
    assert gateway
    with pytest.raises(Failed):
        gateway.send(phone="13900000001", text="x", id="notice-1", time=1)
    server.shutdown()
    assert asked == ["/out"]
