"""An inspection through its pages, by people in their browsers."""

import pytest
from django.test import Client

from suqiu.accounts.queries import by_username
from suqiu.base import clock
from suqiu.supervision.inspections.models import Check, Inspection
from tests.city import City
from tests.supervision.test_inspections import YES, closed

pytestmark = pytest.mark.django_db


def seat(username: str) -> Client:
    client = Client()
    client.force_login(by_username(username), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def drawn(city: City) -> Inspection:
    closed(city)
    inspector, supervisor = seat("inspector1"), seat("supervisor1")
    today = clock.today().isoformat()
    plan = {
        "theme": "三个二", "checklist": "three-twos", "since": today, "until": today,
        "per_stratum": 1, "lines": ["C"],
    }  # fmt: skip
    assert inspector.post("/inspections/plan", plan).status_code == 302
    row = Inspection.objects.get()
    at = f"/inspections/{row.number}"
    assert supervisor.get(at).status_code == 404
    invited = {"person": by_username("supervisor1").pk, "side": "external"}
    assert inspector.post(f"{at}/do/invite", invited).status_code == 302
    assert inspector.post(f"{at}/do/seal").status_code == 302
    assert supervisor.post(f"{at}/do/supply_seed", {"seed": "摇号 271828"}).status_code == 302
    return Inspection.objects.get()


def test_a_supervisor_checks_on_the_spot_and_a_half_answered_list_keeps_what_was_said(
    city: City, drawn: Inspection
) -> None:
    supervisor, item = seat("supervisor1"), drawn.items.get(drawn=True)
    at = f"/inspections/{drawn.number}/{item.pk}"
    page = supervisor.get(at).content.decode()
    assert "现场检查" in page and item.order and item.order.address in page
    assert "13900000001" not in page and "王试" not in page
    half = supervisor.post(at, {"do": "check", "q_contacted": "yes"})
    assert half.status_code == 422 and not Check.objects.exists()
    assert 'name="q_contacted" value="yes" checked' in half.content.decode()
    whole = {f"q_{code}": "yes" for code in YES}
    assert supervisor.post(at, {"do": "check", **whole}).status_code == 302
    assert supervisor.post(at, {"do": "survey", "level": "满意"}).status_code == 302
    assert "没能查成" not in supervisor.get(at).content.decode()


def test_the_sealed_list_can_be_taken_away_and_others_cannot_look(
    city: City, drawn: Inspection
) -> None:
    at = f"/inspections/{drawn.number}"
    told = seat("auditor").get(f"{at}/list").content.decode()
    assert told.split() == [f"310104/C,{drawn.items.get().key}"]
    page = seat("leader1").get(at).content.decode()
    assert drawn.list_hash in page and "一件不差" in page
    assert seat("supervisor2").get(at).status_code == 404
    assert seat("head.310104-SQ01").get(at).status_code == 403
