"""A page of figures says to what it is narrowed: its form shows some of it only."""

import pytest

from tests.city import City
from tests.desk.test_pages import client_of
from tests.figures.test_queries import closed

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("path", ["/figures", "/leader"])
def test_what_the_form_does_not_show_is_named_and_taken_away_again(city: City, path: str) -> None:
    closed(city)
    asked = {"unit": str(city.squad.pk), "region": city.squad.region_id}
    page = client_of(city.leader).get(path, asked)
    (unit,) = [one for one in page.context["narrowed"] if not one["in_form"]]
    assert unit["query"] == f"region={city.squad.region_id}"
    assert city.squad.name in unit["name"] and f'href="?{unit["query"]}"' in page.content.decode()
    assert "narrowed" not in client_of(city.leader).get(path).content.decode()


def test_the_list_behind_a_number_names_all_of_it(city: City) -> None:
    by = closed(city).disposals.get().by
    asked = {"person": by, "region": city.squad.region_id, "rate": "solved"}
    page = client_of(city.leader).get("/figures/orders", asked)
    told = {str(one["label"]): one["name"] for one in page.context["narrowed"]}
    assert city.squad.name in told["经办人"] and "区" in told
    lacking = client_of(city.leader).get("/figures/orders", {"without": "street"})
    assert "街镇：没有" in lacking.content.decode()


@pytest.mark.parametrize("person", ["person:999999", "person:x", "client:1", "system:cli"])
def test_nobody_is_looked_up_by_a_number_in_an_address(city: City, person: str) -> None:
    assert client_of(city.leader).get("/figures", {"person": person}).status_code < 500


def test_outside_the_centre_an_address_names_no_person(city: City) -> None:
    page = client_of(city.hub).get("/figures", {"person": city.leader.id})
    (one,) = page.context["narrowed"]
    assert one["name"] == ""
