# ruff: noqa: F811 - a fixture is imported and asked for by its name
"""What machines brought in leaves like all else, and no line of the log tells it meanwhile."""

import json
from typing import Any

import pytest
from django.test import Client

from suqiu.appellants.queries import opened
from suqiu.audit.jobs import checkpoint, seal
from suqiu.audit.queries import head, verify
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Missing
from suqiu.files import store
from suqiu.files.actions import forget_unlinked
from suqiu.files.models import File
from suqiu.intake.models import Receipt
from suqiu.orders.models import Order
from suqiu.orders.queries import disagreements
from suqiu.retention import actions
from suqiu.triage.queries import suggest
from tests.api.machines import APPEAL, Machine
from tests.city import City
from tests.desk.test_probes import lines  # noqa: F401 - a fixture
from tests.pictures import photo
from tests.retention.test_retention import (
    BY,
    MARK,
    NAME,
    PHONE,
    found_in_database,
    officer,  # noqa: F401 - a fixture
    schedule,  # noqa: F401 - a fixture
)

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
TOLD = {
    **APPEAL,
    "title": f"{MARK}路口流动摊贩占道",
    "content": f"{MARK}每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大。",
    "demand": f"{MARK}固定值守",
    "address": f"{MARK}18号",
    "frequency": f"{MARK}每晚",
    "citizen": {"name": NAME, "phone": PHONE, "home": f"{MARK}18号"},
}


def brought(machine: Machine, desk: Machine) -> Order:
    """An appeal of a platform with words and a photo, which the centre sends to another door."""
    sent = machine.post("/appeals", {**TOLD, "accept": False}, key="the-appeal")
    number = sent.json()["number"]
    machine.upload(
        f"/orders/{number}/files", photo(), key="the-photo", name=f"{MARK}{PHONE}.jpg",
        kind="appeal", words=f"{MARK}照片如附",
    )  # fmt: skip
    desk.post(f"/orders/{number}/attach", {"words": f"{MARK}来电补充,{NAME}说今晚还在"})
    desk.post(f"/orders/{number}/correct", {"demand": f"{MARK}彻底整治"})
    door = desk.get("/doors").json()["items"][0]["code"]
    done = desk.post(f"/orders/{number}/reject", {"door": door, "note": f"{MARK}不属本行业"})
    assert done.status_code == 200, done.content
    return Order.objects.get(number=number)


def test_what_a_machine_brought_is_gone_after_an_erasure_and_the_chain_holds(
    city: City,
    officer: Actor,
    schedule: None,
) -> None:
    machine = Machine(scopes=("intake", "files", "read"), source="12345")
    desk = Machine("dispatcher", scopes=("read", "verbs", "city"))
    order = brought(machine, desk)
    needles = (MARK, NAME, PHONE, order.appellant.phone_hash)  # type: ignore[union-attr]
    (sha256,) = File.objects.values_list("sha256", flat=True)
    seal()
    checkpoint()
    kept = head()
    assert len({table for table, _ in found_in_database(*needles)}) >= 4, "the test looks in vain"
    assert "intake_receipt" not in {t for t, _ in found_in_database(*needles)}, (
        "receipts say nothing"
    )

    actions.erase(order.number, reason="本人要求", by=officer)
    clock.set_to(clock.now() + forget_after())
    forget_unlinked(by=BY)
    assert found_in_database(*needles) == []
    with pytest.raises(Missing):
        store.fetch(sha256)
    for answer in (
        desk.get(f"/appeals/{order.number}"),
        desk.get(f"/orders/{order.number}/timeline"),
        desk.get("/appeals"),
    ):
        text = json.dumps(answer.json(), ensure_ascii=False)
        assert answer.status_code == 200 and not any(n in text for n in (MARK, NAME, PHONE))
    # The same requests again, as a platform that lost its answers sends them: nothing comes back
    # to life, and nothing is made anew.
    again = machine.post("/appeals", {**TOLD, "accept": False}, key="the-appeal")
    assert (again.status_code, again.json()["number"]) == (201, order.number)
    assert found_in_database(*needles) == [] and Order.objects.count() == 1
    assert Receipt.objects.filter(client=machine.row.actor_id).count() == 2
    assert (
        suggest("", TOLD["content"], None, None) is not None
    )  # what learned from words still works
    seal()
    checkpoint()
    report = verify(kept)
    assert report.problems == [] and report.erased >= 3 and disagreements() == []
    order.refresh_from_db()
    assert order.appellant is None or not any(
        opened(order.appellant, by=BY, verb="reveal", subject=order.chain, reason="x").values()
    )


def forget_after() -> Any:
    from suqiu.files.actions import UNLINKED_FOR

    return UNLINKED_FOR * 2


def test_no_line_of_the_log_tells_what_a_machine_brought(
    city: City,
    lines: Any,
) -> None:
    machine = Machine(scopes=("intake", "files", "read"), source="12345")
    number = machine.post("/appeals", TOLD).json()["number"]
    machine.post("/appeals", {**TOLD, "nonsense": PHONE})
    machine.post("/appeals", {**TOLD, "citizen": {"name": NAME, "phone": f"{PHONE}{MARK}" * 9}})
    machine.post("/appeals", TOLD, key=f"k-{PHONE}")
    machine.get(f"/appeals?after={PHONE}")
    machine.get(f"/appeals/{PHONE}")
    machine.upload(f"/orders/{number}/files", b"MZ", name=f"{MARK}{PHONE}.jpg")
    Client(raise_request_exception=False).get(
        "/api/v1/appeals", headers={"Authorization": f"Bearer {machine.token[:-1]}"}
    )
    said = lines.read()
    asked = [line for line in said if line.get("route", "").startswith("api:")]
    assert len(asked) == 8 and all(line["request_id"] for line in asked)
    assert {line["status"] for line in asked} >= {201, 401, 404, 422}
    text = lines.stream.getvalue() + json.dumps(said, ensure_ascii=False)
    for secret in (MARK, NAME, PHONE, machine.token, machine.token[14:]):
        assert secret not in text
