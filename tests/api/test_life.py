"""A whole life through the API, and what its answers promise."""

import json
from pathlib import Path

import pytest
from django.http import JsonResponse

from suqiu.api.urls import api
from suqiu.api.verbs import ABSENT, WAYS
from suqiu.audit.queries import chain, looks_at
from suqiu.base.actors import system
from suqiu.figures.queries import table
from suqiu.intake.models import Receipt
from suqiu.orders.queries import visible_to
from suqiu.orders.states import VERBS
from tests.api.described import hold
from tests.api.machines import APPEAL, Machine
from tests.city import City

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def test_every_verb_of_people_is_offered_or_left_out_with_a_reason() -> None:
    people = {name for name, row in VERBS.items() if row.who != ("system",)}
    assert set(WAYS) | set(ABSENT) == people
    assert not set(WAYS) & set(ABSENT) and all(ABSENT.values())


def test_the_description_is_the_committed_one() -> None:
    """After a deliberate change: OPENAPI_WRITE=1 pytest tests/api, then read the difference."""
    import os

    path = Path(__file__).parents[2] / "docs" / "openapi.json"
    told = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, default=str) + "\n"
    if os.environ.get("OPENAPI_WRITE"):
        path.write_text(told, "utf-8")
    assert path.read_text("utf-8") == told


def test_every_operation_says_what_it_answers() -> None:
    """Each success has a shape (a file its types), each fault is a problem."""
    told = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    shapes = told["components"]["schemas"]
    count = 0
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            count += 1
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if status == "304":
                    assert not content
                elif int(status) >= 400:
                    ref = content["application/problem+json"]["schema"]["$ref"]
                    assert ref.rpartition("/")[2] in shapes
                else:
                    assert content and all(one["schema"] for one in content.values()), path
            heads = {p["name"] for p in operation["parameters"]} if method == "post" else set()
            assert ("412" in operation["responses"]) == ("If-Match" in heads), path
    assert count > 60


def test_an_answer_that_is_not_as_described_would_be_seen() -> None:
    path = "/api/v1/sources"
    hold("get", path, JsonResponse({"items": [{"code": "a", "name": "b"}]}))
    for wrong in (
        JsonResponse({"items": [{"code": "a", "name": 3}]}),
        JsonResponse({"items": [{"code": "a", "name": "b", "more": "c"}]}),
        JsonResponse({"items": []}, status=202),
        JsonResponse({"items": []}, content_type="text/html"),
        JsonResponse({"detail": "x"}, status=403),
    ):
        with pytest.raises(AssertionError):
            hold("get", path, wrong)


def test_an_appeal_goes_from_the_source_to_the_reply(city: City) -> None:
    source = Machine(source="12345")
    sent = source.post("/appeals", {**APPEAL, "accept": True})
    assert sent.status_code == 201, sent.content
    number = sent.json()["number"]
    assert sent.json() == {"number": number, "state": "accepted", "refused": None}
    desk = Machine("dispatcher", scopes=("read", "verbs", "city"))
    assert desk.post(f"/orders/{number}/dispatch", {"to": city.squad.code}).status_code == 200
    squad = Machine("handler", city.squad)
    for verb, body in (
        ("sign", {}),
        ("contact", {"way": "电话", "reached": True}),
        (
            "dispose",
            {"result": "solved", "fact": "true", "words": "当晚到场劝离摊贩八辆,安排两人值守。"},
        ),
    ):
        done = squad.post(f"/orders/{number}/{verb}", body)
        assert done.status_code == 200, (verb, done.content)
    own = squad.post(f"/orders/{number}/pass_disposal")
    assert own.status_code == 403  # its own work is passed by another
    head = Machine("head", city.squad)
    assert head.post(f"/orders/{number}/pass_disposal").json()["state"] == "disposed"
    assert (
        squad.post(f"/orders/{number}/reply", {"words": "已告知值守安排。"}).json()["state"]
        == "replied"
    )
    order = visible_to(system("test")).get(number=number)
    assert order.drafted_by == source.row.actor_id
    assert {e.actor for e in chain(order.chain)} >= {source.row.actor_id, squad.row.actor_id}


def test_an_appeal_that_may_not_be_accepted_yet_is_registered_all_the_same(city: City) -> None:
    sent = Machine(source="12345").post("/appeals", {"content": "噪声大", "accept": True})
    assert sent.status_code == 201
    assert sent.json()["state"] == "registered" and sent.json()["refused"]["code"]


def test_identities_are_masked_in_every_answer(city: City) -> None:
    machine = Machine(scopes=(*(s for s in ("intake", "read", "verbs", "figures")), "city"))
    told = {**APPEAL, "source": "12345", "content": APPEAL["content"] + "我的电话13900000001。"}
    number = machine.post("/appeals", told).json()["number"]
    Machine("dispatcher", scopes=("verbs", "city")).post(
        f"/orders/{number}/correct", {"demand": "请打13900000001"}
    )
    said = ""
    for path in (
        "/appeals", f"/appeals/{number}", f"/orders/{number}/menu", f"/orders/{number}/timeline",
        f"/orders/{number}/obligations",
    ):  # fmt: skip
        answer = machine.get(path)
        assert answer.status_code == 200, path
        said += answer.content.decode()
    assert "13900000001" not in said and "王试" not in said
    assert "139****0001" in said and "王**" in said


def test_an_identity_is_shown_with_scope_and_reason_logged_and_never_kept(city: City) -> None:
    order = city.registered()
    plain = Machine(scopes=("read", "verbs", "city"))
    assert plain.post(f"/orders/{order.number}/reveal", {"reason": "visit"}).status_code == 403
    may = Machine(scopes=("reveal", "city"))
    assert may.post(f"/orders/{order.number}/reveal", {"reason": "because"}).status_code == 422
    shown = may.post(f"/orders/{order.number}/reveal", {"reason": "visit"})
    assert shown.json()["phone"] == "13900000001" and shown["Cache-Control"] == "no-store"
    look = looks_at(order.chain)[0]
    assert (look.verb, look.actor) == ("reveal", may.row.actor_id) and "会面" in look.reason
    assert not Receipt.objects.filter(client=may.row.actor_id).exists()
    bound = Machine(scopes=("reveal",), source="12345")
    assert bound.post(f"/orders/{order.number}/reveal", {"reason": "visit"}).status_code == 403


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(city: City) -> None:
    machine = Machine(source="12345")
    first = machine.post("/appeals", APPEAL, key="one")
    again = machine.post("/appeals", dict(reversed(APPEAL.items())), key="one")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert again["ETag"] == first["ETag"]
    other = machine.post("/appeals", {**APPEAL, "demand": "别的"}, key="one")
    assert (other.status_code, other.json()["code"]) == (422, "receipt.other_body")
    elsewhere = machine.post(f"/orders/{first.json()['number']}/accept", key="one")
    assert elsewhere.status_code == 422
    assert Machine(source="12345").post("/appeals", APPEAL, key="one").status_code == 201
    made = visible_to(system("test")).filter(drafted_by=machine.row.actor_id)
    assert [order.number for order in made] == [first.json()["number"]]


def test_a_refused_request_keeps_no_receipt_and_may_be_mended(city: City) -> None:
    machine = Machine(source="12345")
    assert machine.post("/appeals", {**APPEAL, "category": "NONE"}, key="k").status_code == 422
    assert machine.post("/appeals", APPEAL, key="k").status_code == 201


def test_a_write_without_a_key_is_refused(city: City) -> None:
    answer = Machine(source="12345").ask("post", "/appeals", APPEAL)
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "where": "header", "field": "Idempotency-Key", "message": "Field required",
    }  # fmt: skip


def test_versions_guard_reading_and_writing(city: City) -> None:
    number = city.registered().number
    machine = Machine(scopes=("read", "verbs", "city"))
    first = machine.get(f"/appeals/{number}")
    tag = first["ETag"]
    same = machine.get(f"/appeals/{number}", If_None_Match=tag)
    assert (same.status_code, same.content) == (304, b"")
    done = machine.post(f"/orders/{number}/correct", {"demand": "早点处理"}, If_Match=tag)
    assert done.status_code == 200 and done["ETag"] != tag
    late = machine.post(f"/orders/{number}/correct", {"demand": "晚了"}, If_Match=tag)
    assert (late.status_code, late.json()["code"]) == (412, "api.stale")
    assert machine.get(f"/appeals/{number}", If_None_Match=tag).status_code == 200
    assert machine.get(f"/appeals/{number}")["ETag"] == done["ETag"]


def test_pages_neither_skip_nor_repeat(city: City) -> None:
    numbers = [city.registered().number for _ in range(5)]
    machine = Machine(scopes=("read", "city"))
    seen, after = [], ""
    while True:
        page = machine.get(f"/appeals?limit=2{after}").json()
        seen += [row["number"] for row in page["items"]]
        city.registered()  # others come in meanwhile
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen[:5] == numbers[::-1] and len(seen) == len(set(seen))


def test_the_figures_are_those_of_the_command_line(city: City) -> None:
    city.registered()
    asked = {"since": "2026-09-01", "until": "2026-09-30", "group": "all", "basis": "accepted_in"}
    machine = Machine(scopes=("figures", "city"))
    query = "&".join(f"{k}={v}" for k, v in asked.items())
    import datetime as dt

    rows = table(
        since=dt.date(2026, 9, 1), until=dt.date(2026, 9, 30), group="all",
        basis="accepted_in", by=system("test"),
    )  # fmt: skip
    assert machine.get(f"/figures?{query}").json()["items"] == json.loads(
        json.dumps(rows, default=str)
    )


def test_the_draw_shows_nothing_to_those_outside(city: City) -> None:
    order = city.in_callback()
    squad = Machine("handler", city.squad)
    before = squad.get(f"/appeals/{order.number}")
    type(order).objects.filter(pk=order.pk).update(state="second_check", second_due=True)
    after = squad.get(f"/appeals/{order.number}")
    assert before.json() == after.json() and before["ETag"] == after["ETag"]
    for state in ("callback", "second_check"):
        found = squad.get(f"/appeals?state={state}").json()["items"]
        assert [row["number"] for row in found] == [order.number]
    assert "second" not in squad.get(f"/orders/{order.number}/timeline").content.decode()
