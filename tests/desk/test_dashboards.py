"""The boards of units and of the centre: own figures only, beside like, each number opens."""

import datetime as dt
import re

import pytest

from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.base.clock import midnight
from suqiu.desk import running
from suqiu.figures import keeping, likes, queries
from suqiu.figures.boards import Board
from suqiu.figures.cohorts import Cohort
from suqiu.figures.rules import FOUR, Rate
from suqiu.orders.models import Obligation
from tests.city import City
from tests.desk.test_boards import closed
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def followed() -> None:
    seal()
    keeping.follow()


def this_month(**more: object) -> Cohort:
    today = clock.today()
    first, after = today - dt.timedelta(days=20), today + dt.timedelta(days=20)
    return Cohort("closed_in", midnight(first), midnight(after), **more)  # type: ignore[arg-type]


def links(html: str, path: str) -> list[tuple[str, int]]:
    found = re.findall(rf'href="({path}\?[^"]+)">(\d+)</a>', html)
    return [(address.replace("&amp;", "&"), int(n)) for address, n in found]


def test_a_units_board_shows_its_own_figures_and_each_opens(city: City) -> None:
    mine = closed(city)
    city.signed()
    followed()
    client = client_of(city.handler)
    shown = client.get("/unit").content.decode()
    assert city.squad.name in shown and "不足 5 家" in shown
    opened = links(shown, "/figures/orders")
    assert any(n == 1 for _url, n in opened)
    for url, n in opened:
        behind = client.get(url)
        assert behind.status_code == 200
        assert (mine.number in behind.content.decode()) == bool(n)
    # Another unit's people see nothing of it.
    other = client_of(city.outsider).get("/unit").content.decode()
    assert city.squad.name not in other
    assert not any(n for _url, n in links(other, "/figures/orders"))
    assert client_of(city.outsider).get(f"/unit?of={city.squad.pk}").status_code == 404


def test_the_districts_board_has_its_units_and_no_other_districts(city: City) -> None:
    closed(city)
    followed()
    shown = client_of(city.hub).get("/unit").content.decode()
    assert city.squad.region.name in shown and city.squad.name in shown
    assert city.other_squad.name not in shown
    # Asking for another district by hand changes nothing.
    other = city.other_squad.region_id
    again = client_of(city.hub).get(f"/unit?region={other}&unit={city.other_squad.pk}")
    assert city.other_squad.name not in again.content.decode()
    assert not [url for url, _n in links(again.content.decode(), "/figures/orders") if other in url]


def test_a_units_facts_say_what_its_rows_say(city: City) -> None:
    """The sums of one's own ended orders equal counting them, and hold nothing of the others."""
    closed(city)
    city.wait(days=2)
    closed(city)
    city.disposed()
    followed()
    cohort = this_month(unit=city.squad.pk)
    board = Board(cohort, city.handler)
    counted = queries.rates(cohort, city.handler)[""]
    for code in FOUR:
        kept = board.city[code]
        assert (kept.numerator, kept.denominator, kept.excluded, kept.raw_value) == (
            counted[code].numerator, counted[code].denominator,
            counted[code].excluded, counted[code].raw_value,
        )  # fmt: skip
    assert set(board.city) == set(FOUR), "the others tell which orders were drawn"
    assert not board._facts, "nothing was counted from rows"
    assert board.volumes(cohort) == {"": 2}
    assert [row["n"] for row in board.lost] == [2] * len(board.lost)


def test_orders_that_a_unit_may_not_see_are_not_in_its_facts(city: City) -> None:
    order = closed(city)
    followed()
    cohort = this_month(unit=city.squad.pk)
    assert Board(cohort, city.handler).volumes(cohort) == {"": 1}
    type(order).objects.filter(pk=order.pk).update(exit="discipline")
    assert Board(cohort, city.handler).volumes(cohort) == {}


def rate_of(top: int, n: int) -> Rate:
    return Rate(
        code="solved", name="", value=top / n, numerator=top, denominator=n, low=0.0, high=1.0,
        raw_value=top / n, raw_numerator=top, raw_denominator=n, weighting="", packs={},
    )  # fmt: skip


def test_the_spread_over_like_units_needs_enough_of_them() -> None:
    row = {code: rate_of(40, 50) for code in FOUR}
    few = {code: rate_of(4, 5) for code in FOUR}
    assert likes._spreads([row] * 4, FOUR) == {}
    assert likes._spreads([row] * 4 + [few], FOUR) == {}, "one with five orders is not judged"
    low = {code: rate_of(30, 50) for code in FOUR}
    told = likes._spreads([low, row, row, row, row], FOUR)["solved"]
    assert (told.n, told.low, told.middle) == (5, 0.8, 0.8)


def test_clocks_are_in_one_bin_each_and_open(city: City) -> None:
    city.signed()
    city.wait(hours=3)
    city.signed()
    rows = running.table(city.handler)
    mine = Obligation.objects.filter(outcome="open", seat__unit=city.squad)
    assert sum(n for row in rows for _bin, n in row.bins) == mine.count() > 2
    client = client_of(city.handler)
    opened = links(client.get("/unit").content.decode(), "/clocks")
    assert sum(n for _url, n in opened) == mine.count()
    for url, n in opened:
        assert client.get(url).content.decode().count("<tr><td>") == n
    assert links(client_of(city.outsider).get("/unit").content.decode(), "/clocks") == []


@pytest.mark.parametrize("hour", [0, 9, 21, 23])
def test_bins_leave_nothing_out_at_any_hour(city: City, hour: int) -> None:
    for _order in range(3):
        city.signed()
        city.wait(hours=5)
    clock.set_to(clock.local(clock.now()).replace(hour=hour, minute=30))
    rows = running.table(city.leader, "units") + running.table(city.leader, "centre")
    assert sum(n for row in rows for _bin, n in row.bins) == running.clocks(city.leader).count()


def test_the_centres_board_tells_of_its_day(city: City) -> None:
    order = closed(city)
    city.accepted()
    followed()
    client = client_of(city.dispatcher)
    shown = client.get("/centre?kind=accepted_in").content.decode()
    assert "今日受理" in shown and "12345" in shown
    for url, n in links(shown, "/figures/orders"):
        assert client.get(url).status_code == 200
        if "rate=orders" in url and n == 2:
            assert order.number in client.get(url).content.decode()
    assert sum(n for _url, n in links(shown, "/clocks")) == running.clocks(city.dispatcher).count()


def test_a_unit_has_no_business_on_the_centres_board(city: City) -> None:
    assert client_of(city.handler).get("/centre").status_code == 403
    assert client_of(city.dispatcher).get("/unit").status_code == 403
