"""How the citizen's pages speak: large letters, English, a way in from the demo."""

import pytest
from django.test import Client
from django.utils import translation

from suqiu.demo.city import BY as DEMO
from tests.city import City
from tests.portal.test_portal import opening, submitted

pytestmark = pytest.mark.django_db


def test_large_letters_are_kept_and_lead_nowhere_else(city: City) -> None:
    client = Client()
    said = client.post("/portal/look", {"what": "large", "next": "//evil.example/"})
    assert said["Location"] == "/portal/"
    assert "is-large" in client.get("/portal/").content.decode()
    assert DEMO.is_system


def test_pages_speak_english(city: City) -> None:
    before = translation.get_language()
    order, code = submitted(city)
    client = opening(order, code, headers={"accept-language": "en"})
    for page in ("/portal/", "/portal/follow", "/portal/help", f"/portal/mine/{order.number}"):
        text = client.get(page).content.decode()
        assert 'lang="en"' in text and "Track" in text
    translation.activate(before)  # the client leaves its language behind


def test_the_demo_hands_out_a_number_and_a_code_that_open(city: City) -> None:
    from suqiu.demo.run import citizen

    order = city.signed()
    number, code = citizen()
    assert number == order.number
    assert opening(order, code).get(f"/portal/mine/{number}").status_code == 200
