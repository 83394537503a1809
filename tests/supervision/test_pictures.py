"""What whoever goes there pictures after a close: the centre's evidence, and nobody else's."""

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suqiu.accounts.queries import actor_named
from suqiu.audit.queries import chain, verify
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.files.actions import receive
from suqiu.files.models import File
from suqiu.files.rules import Limits
from suqiu.orders.actions.attach import Taken
from suqiu.orders.actions.picturing import Shots
from suqiu.orders.models import Order
from suqiu.orders.places import Place
from suqiu.supervision.cases.actions import forget, looking, rectifying
from suqiu.supervision.cases.models import Case, Photo
from suqiu.supervision.rechecks import actions as rechecks
from suqiu.supervision.rechecks.models import Photo as Seen
from tests.city import City
from tests.desk.test_pages import client_of
from tests.pictures import photo
from tests.supervision import work
from tests.supervision.test_rechecks import closed, first

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
THERE = Place(121.44, 31.18)
AWAY = Place(121.45, 31.18)  # a hundredth of a degree east: 952 metres


def shots(by: Actor, place: Place = AWAY) -> Shots:
    file = receive(photo(), name="a.jpg", limits=Limits(), by=by)
    return [file], {file.pk: Taken(clock.now(), place, 3)}


def surveyed(city: City) -> Case:
    case = work.opened(city)
    Order.objects.filter(cases=case).update(lon=THERE.lon, lat=THERE.lat)
    return looking.survey(case, words="还有六辆", shots=shots(city.inspector), by=city.inspector)


def looked_at_after_close(city: City, **told: Any) -> Seen:
    row = first(closed(city))
    clock.set_to(row.since + dt.timedelta(hours=10))
    given: dict[str, Any] = {"back": True, "words": "又有三摊", "shots": shots(city.inspector)}
    rechecks.look(row.pk, **{**given, **told}, by=city.inspector)
    return Seen.objects.get()


def test_a_survey_keeps_its_picture_with_hash_and_moment_and_no_place_as_a_fact(
    city: City,
) -> None:
    case = surveyed(city)
    row = Photo.objects.get()
    assert row.visit.case == case and 940 < (row.away or 0) < 965 and row.taken_at
    entry = next(e for e in chain(case.chain) if e.kind == "case.survey")
    assert entry.data["sha256"] == [hashlib.sha256(photo()).hexdigest()]
    assert (
        entry.data["off"] == [3]
        and dt.datetime.fromisoformat(entry.data["taken"][0]) == row.taken_at
    )
    assert "121.45" not in str(entry.data)
    assert row.file.linked_at, "the cleaning of uploads leaves it alone"
    assert verify().problems == []


def test_anothers_picture_is_not_taken_and_none_twice(city: City) -> None:
    case = work.opened(city)
    foreign = shots(actor_named("inspector2"))
    with pytest.raises(Invalid) as refused:
        looking.survey(case, words="看了", shots=foreign, by=city.inspector)
    assert refused.value.code == "file.foreign" and not Photo.objects.exists()
    own = shots(city.inspector)
    looking.survey(case, words="看了", shots=own, by=city.inspector)
    again = ([File.objects.get(pk=f.pk) for f in own[0]], {})
    case = rectifying.approve_plan(work.planned(city, _asked(city, case)), by=city.inspector)
    with pytest.raises(Invalid):
        looking.visit(case, words="再看", shots=again, by=city.inspector)


def _asked(city: City, case: Case) -> Case:
    looking.find(case, cause="effort", words="短", advice="延", by=city.inspector)
    return rectifying.demand(case, unit=city.squad, by=city.inspector)


def test_a_closed_order_is_pictured_when_somebody_looks_again(city: City) -> None:
    row = looked_at_after_close(city)
    assert row.recheck.order.state == "closed"
    entry = next(e for e in chain(row.recheck.chain) if e.kind == "recheck.looked")
    assert entry.data["sha256"] == [row.file.sha256]
    assert not row.recheck.order.attachments.filter(file=row.file).exists()


def test_before_and_after_stand_side_by_side_for_the_centre_alone(city: City) -> None:
    case = surveyed(city)
    case = work.rectified(city, work.planned(city, _asked(city, case)))
    looking.recheck(case, good=True, words="无摊", shots=shots(city.inspector), by=city.inspector)
    before, after = Photo.objects.order_by("pk")
    at = f"/cases/{case.number}"
    page = client_of(city.leader).get(at).content.decode()
    pair = page[page.index('id="pictures"') :]
    assert (
        pair.index("查实时")
        < pair.index(f"{at}/photos/{before.pk}/thumb")
        < pair.index("复核时")
        < pair.index(f"{at}/photos/{after.pk}/thumb")
    )
    shown = f"{at}/photos/{before.pk}"
    assert client_of(city.leader).get(f"{shown}/copy").headers["Content-Type"] == "image/jpeg"
    assert client_of(city.leader).get(f"{shown}/original").status_code == 404
    unit = client_of(city.head)
    assert unit.get(at).status_code == 200 and 'id="pictures"' not in unit.get(at).content.decode()
    assert unit.get(f"{shown}/copy").status_code == 404
    assert client_of(city.outsider).get(f"{shown}/copy").status_code == 404


def test_the_look_that_brought_a_case_is_its_before(city: City) -> None:
    row = looked_at_after_close(city)
    case = row.recheck.case
    assert case is not None
    path = f"/rechecks/{row.recheck.pk}/photos/{row.pk}"
    for page in (f"/cases/{case.number}", "/rechecks"):
        assert f"{path}/thumb" in client_of(city.leader).get(page).content.decode(), page
    assert client_of(city.leader).get(f"{path}/copy").status_code == 200
    assert client_of(city.leader).get(f"{path}/original").status_code == 404
    assert client_of(city.head).get(f"{path}/copy").status_code == 403


def test_on_the_desk_a_picture_comes_with_the_form(city: City) -> None:
    case = work.opened(city)
    desk = client_of(city.inspector)
    assert "multipart/form-data" in desk.get(f"/cases/{case.number}").content.decode()
    told = {"words": "还有六辆", "photos": SimpleUploadedFile("a.jpg", photo(), "image/jpeg")}
    desk.post(f"/cases/{case.number}/do/survey", told)
    assert Photo.objects.get().visit.kind == "survey"


def sent(client: Any, task: str, deed: str, seen: str, **told: Any) -> Any:
    shot, at = photo(), clock.now().isoformat()
    tale = [{"field": "photos", "n": 0, "sha256": hashlib.sha256(shot).hexdigest(), "at": at,
             "lon": AWAY.lon, "lat": AWAY.lat}]  # fmt: skip
    given = {"key": f"k:{task}", "task": task, "deed": deed, "seen": seen, "made_at": at}
    given |= {"shots": json.dumps(tale), "photos": SimpleUploadedFile("a.jpg", shot, "image/jpeg")}
    return client.post("/street/send", {**given, "clock_off": "4", **told})


def test_a_phone_sends_them_once_however_often_they_arrive(city: City) -> None:
    case = work.opened(city)
    phone = client_of(city.inspector)
    listed = phone.get("/street/list").json()
    task = next(t for t in listed["tasks"] if t["key"] == f"case:{case.number}")
    asked = listed["forms"][next(d["form"] for d in task["deeds"] if d["name"] == "survey")]
    assert {"photos": "files"}.items() <= {f["name"]: f["type"] for f in asked}.items()
    for _time in range(2):
        answer = sent(phone, task["key"], "survey", task["seen"], words="还有六辆")
        assert answer.status_code == 200, answer.content
    row = Photo.objects.get()
    assert row.taken_at and row.visit.words == "还有六辆"
    entry = next(e for e in chain(case.chain) if e.kind == "case.survey")
    assert entry.data["off"] == [4]


def test_a_phone_sends_what_was_seen_after_a_close(city: City) -> None:
    row = first(closed(city))
    clock.set_to(row.since + dt.timedelta(hours=10))
    phone = client_of(city.inspector)
    for _time in range(2):
        answer = sent(phone, f"recheck:{row.pk}", "look", "open:", back="yes", words="又有三摊")
        assert answer.status_code == 200, answer.content
    assert Seen.objects.get().recheck == row


def test_they_leave_with_the_words_of_the_order(city: City) -> None:
    case = surveyed(city)
    row = looked_at_after_close(city)
    kept = [Photo.objects.get().file.pk, row.file.pk]
    forget.words(case.orders.get(), basis="request", by=forget.BY)
    rechecks.forget_words(row.recheck.order, basis="request", by=rechecks.BY)
    assert not Photo.objects.exists() and not Seen.objects.exists()
    assert not File.objects.filter(pk__in=kept, linked_at__isnull=False).exists()
    assert verify().problems == []


def test_of_two_orders_they_leave_with_the_last(city: City) -> None:
    case = surveyed(city)
    other = city.signed()
    case.orders.add(other)
    forget.words(case.orders.order_by("pk")[0], basis="request", by=forget.BY)
    assert Photo.objects.exists(), "nobody can tell which of them it shows"
