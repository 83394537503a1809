"""What a board says of itself where its form is not printed, and of which change is praise."""

import datetime as dt

import pytest
from django.template import Context, Template

from suqiu.base import clock
from suqiu.desk.views import charts
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import compute
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_dashboards import followed
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("path", ["/leader", "/figures", "/centre"])
def test_paper_says_what_was_counted(city: City, path: str) -> None:
    closed(city)
    followed()
    asked = "kind=due_in&since=2026-09-01&until=2026-09-30&region=310104&line=C"
    page = client_of(city.leader).get(f"{path}?{asked}").content.decode()
    said = page.split('<p class="on-paper">')[1].split("</p>")[0]
    assert "按到期时间" in said and "2026-09-01 – 2026-09-30" in said
    assert "徐汇" in said and "城管执法" in said


@pytest.mark.parametrize(
    ("code", "moved", "praised"),
    [
        ("timely", 0.1, True),
        ("timely", -0.1, False),
        ("return", 0.1, False),
        ("rework", -0.1, True),
    ],
)
def test_more_of_what_should_not_happen_is_no_praise(
    city: City, code: str, moved: float, praised: bool
) -> None:
    day = clock.now()
    card = charts.card(
        compute([], {})[code], Cohort("closed_in", day - dt.timedelta(days=1), day), moved, "period"
    )
    shown = Template("{% load desk %}{% rate_card one %}").render(Context({"one": card}))
    assert ("rate-change up" in shown) == praised
    assert ("rate-change down" in shown) != praised
    assert ("▲" in shown) == (moved > 0)
