"""Uploads through the desk's pages, and how files come back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.orders.actions import dispose
from suqiu.orders.models import Order
from tests.city import DISTRICT, City
from tests.pictures import photo

pytestmark = pytest.mark.django_db


def logged_in(username: str) -> Client:
    client = Client()
    client.force_login(
        Person.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def upload(data: bytes = b"", name: str = "a.jpg") -> SimpleUploadedFile:
    # What the browser says of the type is a lie that nobody believes.
    return SimpleUploadedFile(name, data or photo(), content_type="text/html")


def disposal(**more: object) -> dict[str, object]:
    words = "当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。"
    return {"result": "solved", "fact": "true", "words": words, "basis": "", **more}


def test_a_unit_disposes_with_photos_before_and_after(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.handler)
    handler = logged_in(f"handler.{DISTRICT}-SQ01")
    sent = disposal(
        before=[upload(), upload(photo(size=(320, 240)))], after=[upload()], public="on"
    )
    assert handler.post(f"/orders/{order.number}/dispose", sent).status_code == 302
    rows = order.attachments.order_by("pk")
    assert [(r.kind, r.public) for r in rows] == [
        ("before", False),
        ("before", False),
        ("after", True),
    ]
    page = handler.get(f"/orders/{order.number}").content.decode()
    assert "file-pair" in page and f"/files/{rows[2].pk}/thumb" in page
    assert f"/files/{rows[2].pk}/original" not in page


def test_a_bad_file_is_told_in_the_form_and_nothing_is_done(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.handler)
    handler = logged_in(f"handler.{DISTRICT}-SQ01")
    said = handler.post(f"/orders/{order.number}/dispose", disposal(after=[upload(b"<html>hello")]))
    assert said.status_code == 422 and "file.type" in said.content.decode()
    order.refresh_from_db()
    assert order.state == "signed" and not order.attachments.exists()


def test_a_file_comes_back_closed(city: City) -> None:
    order = dispose.contact(city.signed(), reached=True, way="电话", by=city.handler)
    handler = logged_in(f"handler.{DISTRICT}-SQ01")
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
    sent = {"kind": "evidence", "photos": [upload(pdf, "../x.html"), upload()], "words": ""}
    assert handler.post(f"/orders/{order.number}/attach", sent).status_code == 302
    document, picture = order.attachments.order_by("pk")
    answer = handler.get(f"/orders/{order.number}/files/{document.pk}/original")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="x.pdf"'
    shown = handler.get(f"/orders/{order.number}/files/{picture.pk}/copy")
    assert shown["Content-Type"] == "image/jpeg" and b"TestCam" not in shown.content
    for one in (answer, shown):
        assert one["X-Content-Type-Options"] == "nosniff"
        assert one["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert "no-store" in one["Cache-Control"]
    assert handler.get(f"/orders/{order.number}/files/{picture.pk}/../copy").status_code == 404


def test_a_call_is_taken_with_the_citizens_photo(city: City) -> None:
    from suqiu.catalogue.models import Source

    source = Source.objects.get(code="12345").code
    sent = {
        "source": source, "kind": "投诉", "do": "register", "idempotency_key": "k1",
        "content": "青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道。", "photos": [upload()],
    }  # fmt: skip
    taker = logged_in("calltaker1")
    assert taker.post("/register", sent).status_code == 302
    again = {**sent, "photos": [upload()]}
    assert taker.post("/register", again).status_code == 302
    order = Order.objects.get(content__startswith="青禾路口每晚")
    assert [a.kind for a in order.attachments.all()] == ["appeal"]
