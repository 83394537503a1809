"""The citizen's side over HTTP: what he may do, and what nobody else may."""

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from suqiu.audit.models import Access, Entry, Statement
from suqiu.callbacks.models import OwnAnswer
from suqiu.intake.models import Key, Receipt
from suqiu.orders.actions import verify
from suqiu.orders.actions.reveal import reveal
from suqiu.orders.models import Order, Verification
from suqiu.portal import actions
from suqiu.portal.models import Knock
from tests.city import DISTRICT, City
from tests.pictures import photo
from tests.portal.work import worked

pytestmark = pytest.mark.django_db

SAID = "青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道"


def upload(data: bytes = b"", name: str = "IMG_1.JPG") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or photo(), content_type="image/jpeg")


def form(city: City, **more: Any) -> dict[str, Any]:
    return {
        "sent": uuid.uuid4().hex, "content": SAID, "address": "青禾路128弄北门", "region": DISTRICT,
        "street": city.street.pk, "kind": "投诉", "name": "王试", "phone": "13900000001", **more,
    }  # fmt: skip


def submitted(city: City, client: Client | None = None, **more: Any) -> tuple[Order, str]:
    answer = (client or Client()).post("/portal/", form(city, send="1", **more))
    assert answer.status_code == 200, answer.content.decode()
    text = answer.content.decode()
    number = re.search(r'id="number">([^<]+)<', text)
    code = re.search(r'id="code">([\d ]+)<', text)
    assert number and code
    return Order.objects.get(number=number[1]), code[1].replace(" ", "")


def opening(order: Order, code: str, **where: Any) -> Client:
    client = Client(**where)
    said = client.post("/portal/follow", {"number": order.number, "code": code})
    assert said.status_code == 302, said.content.decode()
    return client


def issued(order: Order) -> Client:
    """A browser that has opened an order which came another way."""
    return opening(order, actions.issue(order, uuid.uuid4().hex))


def test_a_photo_first_then_words_then_a_number_and_a_code(city: City) -> None:
    client, sent = Client(), form(city)
    photo_only = client.post("/portal/", {"sent": sent["sent"], "photos": [upload()], "next": "1"})
    assert photo_only.status_code == 422 and "IMG_1.jpg" in photo_only.content.decode()
    step_two = client.post("/portal/", {**sent, "next": "1"})
    assert step_two.status_code == 200, step_two.content.decode()
    assert "怎么联系您" in step_two.content.decode()
    order, code = submitted(city, client, sent=sent["sent"])
    assert re.fullmatch(r"\d{8}", code)
    assert (order.state, order.source_id, order.drafted_by) == (
        "registered",
        "WEB",
        "system:portal",
    )
    file = order.attachments.get().file
    assert file.captured_lat is not None and file.linked_at is not None
    page = opening(order, code).get(f"/portal/mine/{order.number}").content.decode()
    assert "告知一" in page and SAID[:10] in page


def test_the_form_sent_twice_makes_one_order_and_says_the_same(city: City) -> None:
    sent = uuid.uuid4().hex
    one, code = submitted(city, sent=sent)
    two, again = submitted(city, sent=sent)
    assert (one.pk, code) == (two.pk, again)
    assert Receipt.objects.filter(client="portal").count() == 1


def test_the_code_is_kept_nowhere(city: City) -> None:
    order, code = submitted(city)
    key = Key.objects.get(order=order)
    assert code not in key.hashed and code not in key.salt
    told = [str(r.answer) for r in Receipt.objects.all()] + [
        str(e.data) for e in Entry.objects.all()
    ]
    told += [str(s.words) for s in Statement.objects.all()]
    assert not [t for t in told if code in t]


def test_a_number_alone_and_a_wrong_code_open_nothing_and_look_alike(city: City) -> None:
    order, code = submitted(city)
    client = Client()
    assert client.get(f"/portal/mine/{order.number}").status_code == 302
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    said = [
        client.post("/portal/follow", {"number": number, "code": given})
        for number, given in ((order.number, wrong), ("SQ260101-9999", code), (order.number, "0"))
    ]
    assert [s.status_code for s in said] == [422, 422, 422]
    bodies = {re.sub(r'value="[^"]*"', "", s.content.decode()) for s in said}
    assert len(bodies) == 1
    assert client.get(f"/portal/mine/{order.number}").status_code == 302


def test_one_code_opens_one_order(city: City) -> None:
    order, code = submitted(city)
    other, _code = submitted(city, phone="13900000002")
    client = opening(order, code)
    for page in ("", "/add", "/looks", "/survey", "/reopen", "/withdraw", "/photo/1/copy"):
        assert client.get(f"/portal/mine/{other.number}{page}").status_code == 302


def test_what_was_opened_shuts_after_half_an_hour_and_at_leaving(city: City) -> None:
    order, code = submitted(city)
    client = opening(order, code)
    city.wait(minutes=29)
    assert client.get(f"/portal/mine/{order.number}").status_code == 200
    city.wait(minutes=31)
    assert client.get(f"/portal/mine/{order.number}").status_code == 302
    client = opening(order, code)
    client.post("/portal/leave")
    assert client.get(f"/portal/mine/{order.number}").status_code == 302


def test_the_session_gets_another_name_when_an_order_is_opened(city: City) -> None:
    order, code = submitted(city)
    client = Client()
    client.get("/portal/")
    client.post("/portal/", {"photos": [upload()]})
    before = client.session.session_key
    client.post("/portal/follow", {"number": order.number, "code": code})
    assert client.session.session_key != before


def test_guessing_is_stopped_whatever_port_it_comes_from(city: City) -> None:
    order, code = submitted(city)
    answers = [
        Client(REMOTE_ADDR=f"198.51.100.7:{1000 + n}").post(
            "/portal/follow", {"number": order.number, "code": f"{n:08d}"}
        )
        for n in range(21)
    ]
    assert [a.status_code for a in answers] == [422] * 20 + [429]
    right = Client(REMOTE_ADDR="203.0.113.9").post(
        "/portal/follow", {"number": order.number, "code": code}
    )
    assert right.status_code == 429
    city.wait(minutes=61)
    opening(order, code)


def test_a_telephone_submits_only_so_often(city: City) -> None:
    for n in range(5):
        submitted(city, content=f"{SAID}第{n}次")
    again = Client(REMOTE_ADDR="203.0.113.80").post(
        "/portal/", form(city, send="1", phone="+86 139 0000 0001")
    )
    assert again.status_code == 429
    assert not Knock.objects.filter(who__contains="139").exists()


def test_a_robot_that_fills_every_field_writes_nothing(city: City) -> None:
    answer = Client().post("/portal/", form(city, send="1", website="http://spam.example"))
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_pages_are_guarded_against_forged_forms(city: City) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/portal/", form(city, send="1")).status_code == 403
    policy = Client().get("/portal/")["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy
    text = Client().get("/portal/").content.decode()
    assert " style=" not in text and not re.search(r"<script(?![^>]*src=)", text)


def test_somebody_elses_appeal_nearby_is_asked_after_and_not_shown(city: City) -> None:
    other, _code = submitted(
        city, content=f"{SAID},我家住三楼张某某", name="张某某", phone="13900000009"
    )
    client = Client()
    page = client.post("/portal/", form(city, next="1")).content.decode()
    assert "是不是同一件事" in page
    for secret in ("张某某", "13900000009", "139****0009", other.number, "三楼"):
        assert secret not in page
    order, _code = submitted(city, client, like="1")
    words = [
        e.statement.words for e in Entry.objects.filter(chain=order.chain, kind="order.attach")
    ]
    assert other.number in str(words)
    mine = issued(order).get(f"/portal/mine/{order.number}").content.decode()
    assert other.number not in mine


def test_secret_and_conduct_appeals_are_not_asked_after(city: City) -> None:
    submitted(city, confidential="on")
    page = Client().post("/portal/", form(city, next="1", phone="13900000002")).content.decode()
    assert "是不是同一件事" not in page


def test_a_secret_appeal_hides_its_words_and_files_from_the_unit(city: City) -> None:
    client = Client()
    client.post("/portal/", {"photos": [upload()]})
    order, _code = submitted(city, client, confidential="on")
    assert order.confidential and SAID[:6] not in order.paraphrase and "王" not in order.paraphrase
    assert order.attachments.get().released is False


def test_an_anonymous_appeal_keeps_no_identity(city: City) -> None:
    order, code = submitted(city, anonymous="on", name="王试", phone="13900000001")
    who = order.appellant
    assert who is not None and who.anonymous and not who.phone_hash and not who.masked_name
    assert "没有留姓名" in opening(order, code).get(f"/portal/mine/{order.number}").content.decode()


def test_without_a_telephone_or_the_wish_to_be_anonymous_it_asks(city: City) -> None:
    answer = Client().post("/portal/", form(city, send="1", phone="", name=""))
    assert answer.status_code == 422 and "请留一个打得通的电话" in answer.content.decode()


def test_a_file_that_is_none_is_told_and_the_words_stay(city: City) -> None:
    bad = upload(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "a.svg")
    answer = Client().post("/portal/", form(city, next="1", photos=[bad]))
    text = answer.content.decode()
    assert answer.status_code == 422 and "只收照片" in text and SAID in text


def test_the_answer_and_the_photos_come_after_the_centres_review(city: City) -> None:
    order, code = submitted(city)
    order = worked(city, order)
    client, path = opening(order, code), f"/portal/mine/{order.number}"
    shown, hidden = order.attachments.filter(kind="after").order_by("pk")
    page = client.get(path).content.decode()
    assert (
        "已安排值守" not in page and client.get(f"{path}/photo/{shown.pk}/copy").status_code == 404
    )
    verify.review(order, by=city.dispatcher)
    page = client.get(path).content.decode()
    assert "已安排值守" in page and "13912345678" not in page
    assert "内部经过" not in page and "中心核实中" in page
    assert client.get(f"{path}/photo/{shown.pk}/copy").status_code == 200
    assert client.get(f"{path}/photo/{hidden.pk}/copy").status_code == 404
    assert client.get(f"{path}/photo/{shown.pk}/original").status_code == 404


def test_no_page_names_a_member_of_staff(city: City) -> None:
    from suqiu.accounts.models import Person

    order, code = submitted(city)
    order = worked(city, order)
    verify.review(order, by=city.dispatcher)
    reveal(order, reason="other", note="王处长要看", by=city.dispatcher)
    client = opening(order, code)
    for page in ("", "/looks"):
        text = client.get(f"/portal/mine/{order.number}{page}").content.decode()
        for person in Person.objects.all():
            assert person.name not in text or len(person.name) < 2, person.name
        assert "王处长" not in text


def test_he_sees_which_office_looked_and_why(city: City) -> None:
    order, code = submitted(city)
    reveal(order, reason="callback", by=city.dispatcher)
    page = opening(order, code).get(f"/portal/mine/{order.number}/looks").content.decode()
    assert "回访核实" in page and "看了您的姓名和电话" in page
    assert Access.objects.filter(subject=order.chain, verb="reveal").count() == 1


def test_his_own_answer_is_his_own_and_verifies_nothing(city: City) -> None:
    order, code = submitted(city)
    client, path = opening(order, code), f"/portal/mine/{order.number}/survey"
    assert client.post(path, {"sent": uuid.uuid4().hex, "solved": "no"}).status_code == 422
    order = worked(city, order)
    page = client.get(path).content.decode()
    assert "checked" not in page and page.index("问题解决了吗") < page.index("您满意吗")
    assert client.post(path, {"sent": uuid.uuid4().hex}).status_code == 422
    given = {"sent": uuid.uuid4().hex, "solved": "no", "result": "不满意", "words": "还在摆"}
    before = Order.objects.get(pk=order.pk).state
    assert client.post(path, given).status_code == 302
    assert Order.objects.get(pk=order.pk).state == before
    assert not Verification.objects.filter(order=order).exists()
    assert client.post(path, given).status_code == 422
    assert OwnAnswer.objects.get(order=order).solved == "no"
    with pytest.raises(Exception, match="只能由诉求人"):
        from suqiu.callbacks.actions import answer_own

        answer_own(order, solved="yes", by=city.handler)


def test_a_closed_order_is_brought_again_as_a_repeat_with_his_reason(city: City) -> None:
    order = city.in_callback(urgency="紧急")
    outcome = verify.Outcome(
        reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
    )
    order = verify.verify(order, outcome, by=city.hub)
    order = verify.verify(order, outcome, by=city.callback_officer)
    verify.close(order, by=city.callback_officer)
    client, sent = issued(order), uuid.uuid4().hex
    path = f"/portal/mine/{order.number}/reopen"
    given = {"sent": sent, "reason": "第二天又摆出来了"}
    first = client.post(path, given).content.decode()
    second = client.post(path, given).content.decode()
    child = Order.objects.get(parent=order)
    assert child.repeat and child.content.startswith("第二天又摆出来了") and child.number in first
    code = re.search(r'id="code">([\d ]+)<', first)
    assert code and code[1] in second
    opening(child, code[1])


def test_a_form_that_could_only_be_refused_is_not_shown(city: City) -> None:
    """Too early, too late, or twice: the page says why, as the same form sent would."""
    order, code = submitted(city)
    client, path = opening(order, code), f"/portal/mine/{order.number}"
    for page, said in (("survey", "还没有答复"), ("reopen", "还没有到这一步")):
        shown = client.get(f"{path}/{page}")
        assert shown.status_code == 409 and "<form" not in shown.content.decode().split("<main")[1]
        assert said in shown.content.decode()
        body = {"sent": uuid.uuid4().hex, "solved": "no", "reason": "又来了"}
        refused = client.post(f"{path}/{page}", body)
        assert refused.status_code == 422 and said in refused.content.decode()
    assert client.get(f"{path}/withdraw").status_code == 200
    client.post(f"{path}/withdraw", {"sent": "x", "reason": "自己解决了"})
    assert client.get(f"{path}/withdraw").status_code == 409
    worked(city, order)
    assert client.get(f"{path}/survey").status_code == 200


def test_he_asks_to_withdraw_and_a_dispatcher_decides(city: City) -> None:
    order, code = submitted(city)
    client, path = opening(order, code), f"/portal/mine/{order.number}"
    assert client.post(f"{path}/withdraw", {"sent": "x", "reason": "自己解决了"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "registered" and order.requests.get().kind == "withdraw"
    assert "您要求撤回" in client.get(path).content.decode()


def test_he_adds_a_photo_and_a_word(city: City) -> None:
    order, code = submitted(city)
    client, path = opening(order, code), f"/portal/mine/{order.number}"
    given = {"sent": uuid.uuid4().hex, "words": "今晚又多了两辆", "photos": [upload()]}
    assert client.post(f"{path}/add", given).status_code == 302
    again = {**given, "photos": [upload()]}
    assert client.post(f"{path}/add", again).status_code == 302
    assert order.attachments.count() == 1
    pk = order.attachments.get().pk
    shown = client.get(f"{path}/photo/{pk}/copy")
    assert shown.status_code == 200 and b"TestCam" not in shown.content


def test_a_photo_kept_in_one_browser_is_not_another_ones(city: City) -> None:
    one, two = Client(), Client()
    one.post("/portal/", {"photos": [upload()]})
    order, _code = submitted(city, two)
    assert not order.attachments.exists()


def test_the_overdue_promise_is_told_as_it_is(city: City) -> None:
    order = city.dispatched()
    client = issued(order)
    page = client.get(f"/portal/mine/{order.number}").content.decode()
    assert "经办人会先联系您" in page
    city.wait(days=20)
    page = issued(order).get(f"/portal/mine/{order.number}").content.decode()
    assert "我们没有做到" in page
