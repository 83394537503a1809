"""What pages must and must not show, whoever asks."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client

from suqiu.accounts.models import Person
from suqiu.audit.models import Access
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.desk import queries, shapes
from suqiu.desk.queries import VIEWS
from suqiu.desk.views.order import page
from suqiu.orders.actions import verify
from suqiu.orders.models import Order
from suqiu.orders.past import read
from suqiu.orders.queries import at_work, with_past
from tests.city import City

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=int(actor.id.split(":")[1])), backend=BACKEND)
    return client


def call(**more: str) -> dict[str, str]:
    return {
        "source": "12345",
        "kind": "投诉",
        "name": "王试",
        "phone": "13900000009",
        "do": "register",
        "title": "青禾路口每晚流动摊贩占道油烟扰民",
        "content": "每晚六点起有七八辆推车摆夜排档,占住人行道。",
        "idempotency_key": uuid.uuid4().hex,
        **more,
    }


def test_a_form_sent_twice_registers_once(city: City) -> None:
    client, form = client_of(city.call_taker), call()
    first, second = client.post("/register", form), client.post("/register", form)
    assert (first.status_code, second.url) == (302, first.url)
    assert Order.objects.count() == 1
    client.post("/register", call())
    assert Order.objects.count() == 2


def test_what_is_registered_stays_so_where_acceptance_is_stopped(city: City) -> None:
    answer = client_of(city.call_taker).post("/register", call(do="accept"))
    assert (answer.status_code, Order.objects.get().state) == (302, "registered")


def test_a_secret_call_needs_its_paraphrase(city: City) -> None:
    client = client_of(city.call_taker)
    assert client.post("/register", call(secret="yes")).status_code == 422
    assert Order.objects.count() == 0


def test_a_refused_verb_keeps_what_was_written(city: City) -> None:
    order = city.signed()
    answer = client_of(city.handler).post(
        f"/orders/{order.number}/dispose",
        {"result": "solved", "fact": "true", "words": "当晚到场劝离摊贩八辆,安排两人固定值守。"},
    )
    assert answer.status_code == 409
    assert "当晚到场劝离摊贩八辆" in answer.content.decode()


def test_a_verb_is_done_and_leads_back(city: City) -> None:
    order = city.dispatched()
    answer = client_of(city.handler).post(
        f"/orders/{order.number}/sign", {"back": "//elsewhere.example"}
    )
    order.refresh_from_db()
    assert (answer.url, order.state) == (f"/orders/{order.number}", "signed")


def test_a_secret_order_tells_its_unit_neither_who_nor_where(city: City) -> None:
    order = city.signed(confidential=True, paraphrase="反映某路段夜间设摊,请核查处置。")
    for path in (
        f"/orders/{order.number}",
        f"/queue/preview/{order.number}",
        "/queue?view=doing",
        f"/orders/{order.number}/contact",
    ):
        shown = client_of(city.handler).get(path).content.decode()
        for secret in (order.title, order.address, "七八辆推车", "固定值守", "139****0001", "王**"):
            assert secret not in shown, (path, secret)
    shown = client_of(city.handler).get(f"/orders/{order.number}").content.decode()
    assert "反映某路段夜间设摊" in shown


@pytest.mark.parametrize("words", ["青禾路128", "流动摊贩占道", "13900000001"])
def test_a_search_does_not_confirm_a_secret_order_to_a_unit(city: City, words: str) -> None:
    city.signed(confidential=True, paraphrase="反映某路段夜间设摊,请核查处置。")
    assert not queries.found(words, city.handler).exists()
    assert queries.found(words, city.dispatcher).exists()


def test_an_identity_is_shown_once_and_kept_nowhere(city: City) -> None:
    order = city.signed()
    client = client_of(city.handler)
    answer = client.post(f"/orders/{order.number}/reveal", {"reason": "visit"})
    assert "13900000001" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Access.objects.filter(subject=order.chain, verb="reveal").count() == 1
    assert "13900000001" not in client.get(f"/orders/{order.number}").content.decode()
    assert client.get(f"/orders/{order.number}/reveal").status_code == 405


def _checked(city: City, drawn: bool) -> Order:
    order = verify.review(city.replied(), by=city.dispatcher)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "drawn", lambda *_args: drawn)
        return verify.verify(order, verify.Outcome(True, True, "满意", True, True), by=city.hub)


def test_a_unit_cannot_tell_whether_a_second_check_was_drawn(city: City) -> None:
    """Two orders, one drawn and one not: for hub and unit their pages say the same."""
    drawn, plain = _checked(city, True), _checked(city, False)
    assert {drawn.state, plain.state} == {"second_check", "callback"}
    for actor in (city.hub, city.handler, city.head):
        shown = []
        for order in (drawn, plain):
            parts = page(order, read(order), actor)
            asked = client_of(actor).get(f"/orders/{order.number}/verify_first")
            refused = re.sub(order.number, "", asked.content.decode())
            shown.append(
                (
                    parts["badge"],
                    parts["flags"],
                    parts["bar"]["refused"],
                    [v["name"] for v in parts["bar"]["verbs"]],
                    asked.status_code,
                    re.search(r"<main.*</main>", refused, re.DOTALL)[0],  # type: ignore[index]
                    parts["comparisons"],
                    [e["what"] for e in parts["timeline"]["rows"]],
                    [lane.duty.name for lane in parts["track"].lanes] if parts["track"] else None,
                )
            )
        assert shown[0] == shown[1], actor
        listed = {v.key: {o.number for o in v.pick(actor)} for v in queries.views_of(actor)}
        for key, numbers in listed.items():
            assert len(numbers & {drawn.number, plain.number}) != 1, key
        faces = queries.nearest_clock([drawn.pk, plain.pk], actor)
        assert faces == {}


def test_pages_of_a_list_neither_repeat_nor_skip(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    made = []
    for _n in range(8):
        city.wait(minutes=1)
        made.append(city.accepted().pk)
    seen: list[int] = []
    after = ""
    while True:
        got = queries.page(at_work(city.dispatcher), after)
        seen += [order.pk for order in got.orders]
        after = got.after
        if not after:
            break
        Order.objects.filter(pk=seen[0]).update(urgency="较急")
    assert seen == made


def test_a_place_in_a_list_that_makes_no_sense_is_its_beginning(city: City) -> None:
    city.accepted()
    client = client_of(city.dispatcher)
    for after in ("x", "|", "2026-09-14|", "2026-09-14T00:00:00|1", "'; drop|1"):
        assert client.get("/queue", {"view": "dispatch", "after": after}).status_code == 200, after


def test_counts_stop(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 1)
    for _n in range(3):
        city.accepted()
    assert "1+" in client_of(city.dispatcher).get("/queue").content.decode()


def test_bulk_dispatch_sends_what_the_catalogue_decides(city: City) -> None:
    sure, unsure = city.accepted(), city.accepted(street=None)
    Order.objects.filter(pk=unsure.pk).update(category=None)
    client_of(city.dispatcher).post(
        "/queue/dispatch", {"number": [sure.number, unsure.number], "idempotency_key": "k"}
    )
    sure.refresh_from_db()
    unsure.refresh_from_db()
    assert (sure.state, unsure.state) == ("dispatched", "accepted")


def test_every_view_can_be_read_by_its_roles(city: City) -> None:
    city.in_callback()
    for view in VIEWS:
        for role in view.roles:
            actor = Actor("person:1", frozenset({(role, city.squad.pk)}))
            list(queries.page(view.pick(actor)).orders)


def test_the_door_shuts_after_five_wrong_tries(city: City) -> None:
    client = Client()
    given = {"username": "dispatcher1", "password": "not it"}
    codes = [client.post("/login", given).status_code for _n in range(6)]
    assert codes[0] == 422 and codes[-1] == 429
    assert client.post("/login", {**given, "password": "suqiu-demo-2026"}).status_code == 429


@pytest.mark.parametrize(
    "next_", ["//elsewhere.example/x", "https://elsewhere.example", "javascript:1"]
)
def test_a_login_leads_nowhere_else(city: City, next_: str) -> None:
    answer = Client().post(
        "/login", {"username": "dispatcher1", "password": "suqiu-demo-2026", "next": next_}
    )
    assert (answer.status_code, answer.url) == (302, "/")


def test_writes_ask_for_the_token(city: City) -> None:
    order = city.dispatched()
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(username=f"handler.{city.squad.code}"), backend=BACKEND)
    assert client.post(f"/orders/{order.number}/sign").status_code == 403


def test_no_survey_is_answered_beforehand(city: City) -> None:
    order = city.in_callback()
    shown = (
        client_of(city.callback_officer)
        .get(f"/orders/{order.number}/verify_first")
        .content.decode()
    )
    assert shown.count('type="radio"') > 20
    assert not re.search(r"<input[^>]*\bchecked\b", shown)


def test_the_journal_is_told_in_words(city: City) -> None:
    order, past = with_past(city.dispatcher, city.replied().number)
    told = page(order, past, city.dispatcher)["timeline"]["rows"]
    assert told[0]["what"].startswith("答复诉求人")
    assert not [e for e in told if "order." in e["what"]]


def test_an_overdue_clock_says_so(city: City) -> None:
    order = city.signed()
    city.wait(days=5)
    row = shapes.rows([order], city.handler)[0]
    assert row.face is not None and row.face.state == "overdue"
    assert clock.now() - order.drafted_at >= dt.timedelta(days=5)


def test_the_awaited_verb_stands_first(city: City) -> None:
    def first(order: Order, by: Actor) -> str:
        return str(page(order, read(order), by)["bar"]["verbs"][0]["name"])

    assert first(city.accepted(), city.dispatcher) == "dispatch"
    assert first(city.dispatched(), city.handler) == "sign"
    assert first(city.signed(), city.handler) == "contact"
    assert first(city.replied(), city.dispatcher) == "review"


def test_nobody_is_led_to_withdraw_or_accuse(city: City) -> None:
    """The verb in colour, fixed under the thumb on a phone, is one that the order waits for."""

    def main(order: Order, by: Actor) -> str:
        verbs = page(order, read(order), by)["bar"]["verbs"]
        return str(verbs[0]["name"]) if verbs and verbs[0]["primary"] else ""

    dispatched = city.dispatched()
    assert main(dispatched, city.dispatcher) == ""
    assert main(city.accepted(), city.call_taker) == ""
    assert main(city.disposed(), city.head) == "pass_disposal"
    assert main(city.disposed(), city.handler) == ""
    bar = page(dispatched, read(dispatched), city.dispatcher)["bar"]
    assert [v["name"] for v in bar["verbs"]][0] not in {"withdraw", "merge", "to_discipline"}
    path = f"/orders/{dispatched.number}"
    assert "has-action" not in client_of(city.dispatcher).get(path).content.decode()
    assert "has-action" in client_of(city.handler).get(path).content.decode()


def test_whom_to_call_stands_beside_the_form_and_opens_without_losing_it(city: City) -> None:
    order = city.signed()
    client = client_of(city.handler)
    page = client.get(f"/orders/{order.number}/contact").content.decode()
    assert "139****0001" in page and f'hx-post="/orders/{order.number}/reveal"' in page
    sent = {"reason": "callback"}
    part = client.post(f"/orders/{order.number}/reveal", sent, headers={"HX-Request": "true"})
    shown = part.content.decode()
    assert "13900000001" in shown and "<html" not in shown
    assert Access.objects.filter(subject=order.chain, verb="reveal").count() == 1
    assert "139****" not in client.get(f"/orders/{order.number}/sign").content.decode()
    secret = city.signed(confidential=True, paraphrase="有人反映占道")
    told = client.get(f"/orders/{secret.number}/dispose").content.decode()
    assert "139****" not in told


def test_a_place_within_another_is_not_both(city: City) -> None:
    text = client_of(city.leader).get("/packs/trials").content.decode()
    assert text.count('aria-current="page"') == 1
    assert re.search(r'href="/packs/trials" aria-current="page"', text)
