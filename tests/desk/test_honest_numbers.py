"""No rate without its denominator and its weighting: on pages, in files, in reports, on a terminal."""

import csv
import datetime as dt
import io
import re
from dataclasses import replace

import pytest

from suqiu.base import clock
from suqiu.figures import words
from suqiu.figures.queries import rates, summary_json, table
from suqiu.figures.rules import DEFINITIONS
from suqiu.reports import basis
from suqiu.reports import rules as reports
from tests.city import City
from tests.desk.test_pages import client_of
from tests.figures.test_queries import YES, closed, month
from tests.reports.golden import FIGURES

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
CARD = re.compile(r'<section class="rate".*?</section>', re.S)
WEIGHED = ("每件计 1", "满意 1、基本满意 0.8", "每通计 1")


def test_each_card_says_its_n_and_how_it_weighs(city: City) -> None:
    closed(city)
    closed(city, replace(YES, satisfaction=""))
    for who, page, least in ((city.leader, "/figures", len(DEFINITIONS)), (city.leader, "/leader", 5),
                             (city.handler, "/unit", 5), (city.dispatcher, "/centre", 7)):  # fmt: skip
        cards = CARD.findall(client_of(who).get(page).content.decode())
        assert len(cards) >= least, page
        for card in cards:
            assert any(said in card for said in WEIGHED), card
            assert "n=" in card or "—" in card
            assert "原始" in card or "—" in card or "每通计 1" in card


def test_what_was_left_out_is_told_even_where_nothing_is_left(city: City) -> None:
    closed(city, replace(YES, satisfaction=""))
    cards = CARD.findall(client_of(city.leader).get("/figures").content.decode())
    (told,) = [card for card in cards if 'aria-label="满意率"' in card]
    assert "—" in told and "剔除 未评价" in told and 'class="open"' in told


def test_each_row_of_a_file_does_too(city: City) -> None:
    closed(city)
    answer = client_of(city.leader).get("/export/figures?form=csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    head = next(row for row in rows if "n" in row and "计分" in row)
    of_rates = [
        row for row in rows if row and row[0] in {str(d.name) for d in DEFINITIONS.values()}
    ]
    assert len(of_rates) == len(DEFINITIONS)
    for row in of_rates:
        assert row[head.index("n")].isdigit()
        assert any(said in row[head.index("计分")] for said in WEIGHED)


def test_so_do_a_terminal_a_machine_and_a_report(city: City) -> None:
    closed(city)
    made = rates(month(), city.leader)[""]
    assert "计分" in words.as_table(made) and "分母" in words.as_table(made)
    for one in summary_json(month(), city.leader).values():
        assert one["weighting"] and isinstance(one["denominator"], int) and one["pack"]
    day = month().start.date()
    rows = table(since=day, until=month().end.date(), group="all", by=city.leader)
    assert rows and all(row["weighting"] and row["n"] >= 0 for row in rows)
    head = reports.table("rates", FIGURES)["head"]
    assert "分母" in head and "分子" in head and "剔除" in head
    assert "满意率 n=300，满意 1、基本满意 0.8" in basis.said(FIGURES)


def test_both_comparisons_stand_on_the_card_where_both_are_full(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqiu.figures.rules.LEAST_TO_RANK", 1)
    for pause in (345, 20, 0):
        closed(city)
        city.wait(days=pause)
    until = clock.today()
    since = until - dt.timedelta(days=10)
    answer = client_of(city.leader).get(f"/figures?since={since}&until={until}")
    html = answer.content.decode()
    assert "同比" in html and "环比" in html


def test_the_year_of_assessment_is_one_step_away(city: City) -> None:
    html = client_of(city.leader).get("/figures").content.decode()
    assert "2026 考核年度" in html and "2025 考核年度" in html
