"""What is narrowed, listed or refused tells nobody of what is not his, and no number but its own."""

from dataclasses import replace

import pytest

from suqiu.base import clock
from suqiu.base.errors import WrongState
from suqiu.figures import queries
from suqiu.figures.boards import Board
from suqiu.orders.models import Order
from suqiu.supervision.inspections import actions as inspections
from tests.attacks.test_bad_requests import NUL
from tests.city import City
from tests.desk.test_pages import client_of
from tests.figures.areas import wide
from tests.figures.test_queries import closed
from tests.figures.test_rollups import follow
from tests.supervision.test_inspections import drawn, items, outside  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def test_who_only_mends_is_not_told_which_inspection_it_was(city: City, outside: object) -> None:  # noqa: F811
    row = drawn(city, outside)  # type: ignore[arg-type]
    found = inspections.find(
        row, items(row)[0], kind="rectify", unit=city.squad, words="台账不全",
        due=clock.today(), by=city.inspector,
    )  # fmt: skip
    inspections.scrap(row, reason="范围定错了", by=city.leader)
    with pytest.raises(WrongState) as refused:
        inspections.mend(found, words="已补", by=city.head)
    assert "number" not in refused.value.data, "the page of an inspection is not a unit's to open"
    page = client_of(city.head).post(f"/findings/{found.pk}", {"words": "已补"})
    assert row.number not in page.content.decode()
    with pytest.raises(WrongState) as told:
        inspections.seal(row, by=city.inspector)
    assert told.value.data["number"] == row.number


def test_what_a_unit_asks_for_without_something_is_that_alone(city: City) -> None:
    """The page of a unit's own figures and the list behind its number say the same."""
    closed(city)
    bare = closed(city)
    Order.objects.filter(pk=bare.pk).update(street=None)
    follow()
    cohort = replace(wide("closed_in"), unit=city.squad.pk, without="street")
    assert queries.orders_behind(cohort, city.head, "orders") == [bare.pk]
    board = Board(cohort, city.head)
    assert board.city["solved"].denominator == 1
    assert sum(board.volumes(cohort).values()) == 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/rechecks/orders", "leaf"),
        ("/rechecks/orders", "place"),
        ("/rechecks/orders", "days"),
        ("/rechecks/orders", "part"),
        ("/rechecks/orders", "after"),
        ("/figures", "without"),
        ("/figures?by=person", "person"),
        ("/assessment/shadow", "region"),
        ("/assessment/shadow", "upstream"),
        ("/assessment/shadow/orders?measure=volume&why=here", "region"),
        ("/assessment/shadow/orders", "why"),
        ("/assessment/subject", "subject"),
    ],
)
def test_a_character_that_no_column_holds(city: City, path: str, field: str) -> None:
    path, _, given = path.partition("?")
    asked = dict(part.split("=") for part in given.split("&") if part)
    assert client_of(city.leader).get(path, {**asked, field: NUL}).status_code < 500
