"""A visit through its pages: proposed, planned, walked, and what came of it."""

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.base import clock
from suqiu.figures import keeping
from suqiu.orders.models import Order
from suqiu.organisations.models import Unit
from suqiu.supervision.visits.actions import going
from suqiu.supervision.visits.models import Commitment, Visit
from tests.city import DISTRICT, OTHER, City
from tests.desk.test_inspections import seat
from tests.pictures import photo
from tests.supervision.test_visits import found, logged, planned

pytestmark = pytest.mark.django_db


def test_from_the_proposal_to_what_became_of_it(city: City) -> None:
    for _n in range(4):
        city.accepted(lon=121.44, lat=31.18)
    city.wait(hours=1)
    keeping.follow()
    inspector, leader = seat("inspector1"), seat("leader1")
    page = inspector.get("/visits/route").content.decode()
    offered = page.count(f'value="{city.street.pk}"')
    assert offered == 1, "ticked on the route, so not offered once more beside it"
    assert "近 28 天 4 件，以往同期平均 0.0 件" in page and "还没有走访过" in page
    told = {
        "region": DISTRICT, "day": clock.today().isoformat(), "title": "走街镇",
        "stop": [city.street.pk], "visitors": [city.inspector.id, city.leader.id],
    }  # fmt: skip
    answer = inspector.post("/visits/plan", told)
    visit = Visit.objects.get()
    at = f"/visits/{visit.number}"
    assert answer.headers["Location"] == at
    stop = visit.stops.get()
    assert (
        stop.why == "hot"
        and stop.category_id == "C0101"
        and (stop.lon, stop.lat) == (121.44, 31.18)
    )
    page = inspector.get(at).content.decode()
    assert "记这一站" in page and "转工单" not in page.partition("记这一站")[0]
    seen = {
        "stop": stop.pk, "words": "七点后推车陆续来", "met": ["street", "shops"],
    }  # fmt: skip
    seen["photos"] = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    assert inspector.post(f"{at}/do/log", seen).status_code == 302
    assert inspector.post(f"{at}/do/log", {**seen, "photos": ""}).status_code == 409
    shot = stop.photos.get()
    assert leader.get(f"{at}/photos/{shot.pk}/thumb").headers["Content-Type"] == "image/jpeg"
    assert leader.get(f"{at}/photos/{shot.pk}/original").status_code == 404
    problem = {
        "stop": stop.pk, "content": "菜场后门每晚七点起六辆推车占住盲道,满地油污。",
        "address": "青禾路菜场后门", "category": "C0101",
    }  # fmt: skip
    assert inspector.post(f"{at}/do/find", problem).status_code == 302
    order = Order.objects.get(source="VISIT")
    promise = {
        "stop": stop.pk, "owner": city.squad.pk, "words": "延到二十二点",
        "until": (clock.today() + dt.timedelta(days=3)).isoformat(),
    }  # fmt: skip
    assert inspector.post(f"{at}/do/promise", promise).status_code == 302
    assert inspector.post(f"{at}/do/close", {"summary": "夜间值守不够"}).status_code == 302
    made = Commitment.objects.get()
    assert leader.post(f"{at}/do/settle", {"commitment": made.pk, "kept": "yes"}).status_code == 302
    page = leader.get(at).content.decode()
    assert order.number in page and "延到二十二点" in page and "沿街商户" in page
    # The order leads back to where it was found; who is not told of visits is not told here either.
    assert visit.number in leader.get(f"/orders/{order.number}").content.decode()
    page = leader.get("/visits").content.decode()
    assert visit.number in page and order.number in page
    assert '<a class="open big" href="#found">1</a> 个问题转工单' in page
    assert "1 / " in page.partition('viewBox="')[2].partition("</svg>")[0]


def test_the_month_the_map_and_the_streets_behind_it(city: City) -> None:
    visit = logged(city).visit
    hub = seat(f"hub.{DISTRICT}")
    inspector = seat("inspector1")
    page = inspector.get(f"/visits/streets/{DISTRICT}").content.decode()
    assert city.street.name in page and visit.number in page and "没走访" in page
    assert inspector.get("/visits/streets/999999").status_code == 404
    page = hub.get(f"/visits/streets/{DISTRICT}").content.decode()
    assert city.street.name in page and visit.number not in page  # that it was seen, not by whom
    assert hub.get(f"/visits/streets/{OTHER}").status_code == 404
    assert visit.number not in hub.get("/visits").content.decode()
    assert visit.number not in inspector.get("/visits?month=2025-12").content.decode()
    assert visit.number in inspector.get("/visits?month=nonsense").content.decode()


def test_few_and_many_visits_ask_alike(city: City) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert leader.get("/visits").status_code == 200
        return len(queries)

    leader = seat("leader1")
    found(city)
    leader.get("/visits")
    few = asked()
    for _n in range(3):
        found(city)
    assert asked() == few


def test_a_plan_that_does_not_hold_together_keeps_what_was_chosen(city: City) -> None:
    inspector = seat("inspector1")
    told = {
        "region": DISTRICT,
        "day": clock.today().isoformat(),
        "title": "走",
        "visitors": [city.inspector.id],
    }
    answer = inspector.post("/visits/plan", told)  # no stop at all
    assert answer.status_code == 422 and "至少去一站" in answer.content.decode()
    other = Unit.objects.filter(kind="street", region=OTHER)[0]
    answer = inspector.post("/visits/plan", {**told, "more": [other.pk]})  # of another district
    assert answer.status_code == 422 and not Visit.objects.exists()
    answer = inspector.post("/visits/plan", {**told, "more": [city.street.pk]})
    assert answer.status_code == 302 and Visit.objects.get().stops.get().why == "hand"


def test_a_step_that_is_none_or_of_another_visit(city: City) -> None:
    inspector = seat("inspector1")
    first, second = planned(city), planned(city)
    at = f"/visits/{first.number}/do"
    assert inspector.post(f"{at}/dance").status_code == 404
    assert (
        inspector.post(f"{at}/skip", {"stop": second.stops.get().pk, "reason": "雨"}).status_code
        == 422
    )
    stop = logged(city, second)
    made = going.promise(stop, owner=city.squad, words="办", until=clock.today(), by=city.inspector)
    told = {"commitment": made.pk, "kept": "yes"}
    assert inspector.post(f"{at}/settle", told).status_code == 422


def test_a_phone_takes_the_stops_along_and_each_deed_is_done_once(city: City) -> None:
    visit = planned(city)
    stop = visit.stops.get()
    inspector, stranger = seat("inspector1"), seat("dispatcher1")
    took = inspector.get("/street/list").json()
    (task,) = [one for one in took["tasks"] if one["key"] == f"stop:{stop.pk}"]
    assert [d["name"] for d in task["deeds"]] == ["log", "find"] and task["deeds"][1]["why"]
    assert {f["name"] for f in took["forms"]["walk_log"]} == {"words", "met", "photos"}
    assert not [o for o in stranger.get("/street/list").json()["tasks"] if o["key"] == task["key"]]
    made = clock.now() - dt.timedelta(hours=2)
    shot = photo()

    def sent(key: str, deed: str, who: Any = inspector, **told: Any) -> Any:
        given = {
            "key": key,
            "task": task["key"],
            "deed": deed,
            "seen": "open",
            "made_at": made.isoformat(),
        }
        return who.post("/street/send", {**given, **told})

    problem = {
        "content": "菜场后门六辆推车占住盲道,满地油污无人清扫。",
        "address": "青禾路菜场后门",
    }
    assert sent("k0", "find", **problem).status_code == 409  # nobody was there yet
    told = {
        "words": "七点后推车陆续来",
        "met": "shops",
        "lon": "121.44",
        "lat": "31.18",
        "clock_off": "4",
    }
    assert sent("k1", "log", stranger, **told).status_code == 403

    def photos() -> dict[str, Any]:
        shots = [{"field": "photos", "n": 0, "sha256": hashlib.sha256(shot).hexdigest(),
                  "at": made.isoformat(), "lon": 121.44, "lat": 31.18}]  # fmt: skip
        return {
            "shots": json.dumps(shots),
            "photos": SimpleUploadedFile("a.jpg", shot, "image/jpeg"),
        }

    for _time in range(2):  # the answer was lost on the way: it comes again
        assert sent("k1", "log", **told, **photos()).json() == {"seen": "logged"}
        assert sent("k2", "find", **problem, lon="121.44", lat="31.18").status_code == 200
    stop.refresh_from_db()
    assert (stop.made_at, stop.clock_off, stop.photos.count()) == (made, 4, 1)
    assert stop.seen == "七点后推车陆续来"
    assert stop.photos.get().taken_at == made and [m.kind for m in stop.met.all()] == ["shops"]
    order = Order.objects.get(source="VISIT")
    assert (order.lon, order.drafted_by) == (121.44, city.inspector.id)
    answer = sent(
        "k3", "log", **told
    )  # another phone of the same day: told how it stands, not overwritten
    assert answer.status_code == 409 and answer.json()["now"]["seen"] == "logged"
    going.close(visit, summary="走完", by=city.inspector)
    assert not [o for o in inspector.get("/street/list").json()["tasks"] if o["key"] == task["key"]]
