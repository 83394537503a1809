"""Where an order is: who is told, what the journal keeps, and how it gets there."""

import json

import pytest
from django.db import IntegrityError, transaction

from suqiu.audit.models import Entry
from suqiu.base.errors import Invalid
from suqiu.desk import shapes
from suqiu.files.actions import receive
from suqiu.files.rules import Limits, sniffed
from suqiu.orders.actions import attach, dispose, draft, forget
from suqiu.orders.models import Order
from suqiu.orders.places import Place, metres, place
from tests.city import City
from tests.pictures import photo

HERE = Place(121.4737, 31.2304)


@pytest.mark.parametrize(
    ("lon", "lat"), [(181, 31), (121, 91), (float("nan"), 31), (121, None), (None, 31)]
)
def test_half_a_point_and_one_beside_the_earth_are_refused(lon: float, lat: float) -> None:
    with pytest.raises(Invalid) as refused:
        place(lon, lat)
    assert refused.value.code == "place"


def test_a_degree_of_latitude_is_as_long_as_everybody_knows() -> None:
    assert metres(Place(121, 31), Place(121, 32)) == pytest.approx(111_195, abs=5)
    # East to west it is shorter by the cosine; and there and back are as long.
    assert metres(Place(121, 31), Place(122, 31)) == pytest.approx(95_312, abs=30)
    assert metres(Place(179.9, 0), Place(-179.9, 0)) == pytest.approx(22_239, abs=5)


def test_the_first_on_site_gives_the_order_its_place_and_the_next_is_measured(city: City) -> None:
    order = dispose.be_on_site(city.signed(), lon=HERE.lon, lat=HERE.lat, by=city.handler)
    assert (order.lon, order.lat) == HERE
    order = dispose.be_on_site(order, lon=HERE.lon, lat=HERE.lat + 0.001, by=city.handler)
    assert (order.lon, order.lat) == HERE
    told = [e.data for e in Entry.objects.filter(chain=order.chain, kind="order.be_on_site")]
    assert told[0]["placed"] is True and told[1]["metres"] == 111
    assert "31.2" not in json.dumps(told)
    assert shapes.text(order, city.handler).at == "31.23040, 121.47370"


def test_a_unit_on_a_secret_order_learns_neither_place_nor_distance(city: City) -> None:
    order = city.signed(confidential=True, paraphrase="反映夜间施工", lon=HERE.lon, lat=HERE.lat)
    order = dispose.be_on_site(order, lon=HERE.lon, lat=HERE.lat, by=city.handler)
    entry = Entry.objects.get(chain=order.chain, kind="order.be_on_site")
    assert not {"metres", "placed"} & set(entry.data)
    assert shapes.text(order, city.handler).at == ""
    assert shapes.text(order, city.dispatcher).at != ""


def test_the_database_keeps_no_half_point(city: City) -> None:
    order = city.signed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(lon=121.0)


def test_correcting_takes_a_point_and_forgetting_takes_it_away(city: City) -> None:
    order = draft.correct(city.registered(), lon=HERE.lon, lat=HERE.lat, by=city.dispatcher)
    assert (order.lon, order.lat) == HERE
    with pytest.raises(Invalid):
        draft.correct(order, lon=None, by=city.dispatcher)
    forget.words(order, basis="期满", by=city.dispatcher)
    assert Order.objects.values_list("lon", "lat").get(pk=order.pk) == (None, None)


def test_what_the_phone_says_of_a_photo_goes_into_the_journal_and_the_place_beside_it(
    city: City,
) -> None:
    order = city.signed()
    file = receive(photo(place=False), name="a.jpg", limits=Limits(), by=city.handler)
    at = order.drafted_at
    told = {file.pk: attach.Taken(at=at, place=HERE, clock_off=-75)}
    attach.attach(order, files=[file], kind="after", taken=told, by=city.handler)
    entry = Entry.objects.get(chain=order.chain, kind="order.attach")
    assert entry.data["sha256"] == [file.sha256]
    assert entry.data["taken"] == [at.isoformat()] and entry.data["clock_off"] == [-75]
    assert "121.4" not in json.dumps(entry.data)
    row = order.attachments.get()
    assert (row.taken_at, row.taken_lon, row.taken_lat, row.clock_off) == (at, *HERE, -75)


def test_a_browsers_recording_is_taken_and_a_film_is_not() -> None:
    box = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    assert sniffed(box + b"\x00" * 60 + b"A_OPUS") == "audio/webm"
    with pytest.raises(Invalid):
        sniffed(box + b"\x00" * 60 + b"V_VP9")
