"""Gaming shows: what raises each of the seven questions, what does not, and who answers."""

import datetime as dt
from typing import Any

import pytest

from suqiu.appellants.actions import take_in
from suqiu.audit.jobs import seal
from suqiu.audit.models import Entry
from suqiu.base import clock
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.figures import facts
from suqiu.files import jobs as file_jobs
from suqiu.files.actions import receive
from suqiu.files.rules import Limits
from suqiu.orders import queries as orders
from suqiu.orders.actions import attach, dispose, draws, verify, waits
from suqiu.orders.models import Attachment, Contact, Order
from suqiu.supervision.signals import actions, forget, jobs, queries
from suqiu.supervision.signals.models import Evidence, Obligation, Signal
from tests.city import City
from tests.desk.test_inspections import seat
from tests.pictures import photo

pytestmark = pytest.mark.django_db
GOOD = verify.Outcome(True, True, "满意", True, True)
BAD = verify.Outcome(True, False, "不满意", False, True)


def followed() -> int:
    seal()
    return jobs.follow_orders()


def asked() -> dict[str, set[int]]:
    """For each kind the orders in its evidence."""
    found: dict[str, set[int]] = {}
    for kind, order in Evidence.objects.values_list("kind", "order"):
        found.setdefault(kind, set()).add(order)
    return found


def replied(city: City, n: int, words: str, *, contact: int = 1, **changes: Any) -> Order:
    """An order of its own caller and place, replied to with these words; `contact` missed calls
    before, or one that reached him."""
    who = take_in(name=f"甲{n}", phone=f"139{n:08d}", by=city.call_taker)
    order = city.signed(appellant=who, address=f"青禾路{n}号", **changes)
    if contact == 1:
        order = dispose.contact(order, reached=True, way="电话", by=city.handler)
    for _n in range(-contact):
        dispose.contact(order, reached=False, way="电话", reason="无人接听", by=city.handler)
    order = dispose.dispose(
        order, result="solved", fact="true", words="当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
        basis="市容环境卫生管理条例", by=city.handler,
    )  # fmt: skip
    order = dispose.pass_disposal(order, by=city.head)
    return dispose.reply(order, words=words, by=city.handler)


def checked(city: City, order: Order, first: verify.Outcome, second: verify.Outcome) -> Order:
    order = verify.verify(order, first, by=city.hub)
    if order.state != "second_check":
        Order.objects.filter(pk=order.pk).update(state="second_check", second_due=True)
        order.refresh_from_db()
    return verify.verify(order, second, by=city.callback_officer)


def test_well_for_the_handlers_side_and_not_so_for_the_centre(city: City) -> None:
    lied = checked(city, city.in_callback(), GOOD, BAD)
    same = checked(city, city.in_callback(), GOOD, GOOD)
    milder = checked(city, city.in_callback(), GOOD, verify.Outcome(True, True, "一般", True, True))
    followed()
    assert asked()["opposed"] == {lied.pk} and {same.pk, milder.pk}
    signal = Signal.objects.get(kind="opposed")
    assert signal.unit and signal.unit.kind == "hub"
    assert followed() == 0 and jobs.look([lied.pk, same.pk]) == 0


def test_what_came_back_after_weeks_is_no_contradiction(city: City) -> None:
    order = verify.verify(city.in_callback(), GOOD, by=city.hub)
    Order.objects.filter(pk=order.pk).update(state="second_check", second_due=True)
    city.wait(days=20)
    order.refresh_from_db()
    verify.verify(order, BAD, by=city.callback_officer)
    followed()
    assert "opposed" not in asked()


def flip(city: City, *, on_site: bool) -> Order:
    """Bad at the first callback; in the next round the handler calls, and it is good."""
    order = verify.verify(city.in_callback(), BAD, by=city.hub)
    assert order.state == "signed"
    city.wait(hours=3)
    order = dispose.contact(order, reached=True, way="电话", by=city.handler)
    if on_site:
        order = dispose.be_on_site(order, by=city.handler)
    order = dispose.dispose(
        order, result="solved", fact="true", words="已与诉求人沟通,其表示认可处置结果和后续安排。",
        basis="市容环境卫生管理条例", by=city.handler,
    )  # fmt: skip
    order = dispose.pass_disposal(order, by=city.head)
    order = dispose.reply(order, words="已再次电话沟通,告知值守安排。", by=city.handler)
    order = verify.review(order, by=city.dispatcher)
    return verify.verify(order, GOOD, by=city.hub)


def test_well_after_the_handlers_call_and_nothing_else(city: City) -> None:
    talked = flip(city, on_site=False)
    worked = flip(city, on_site=True)
    followed()
    assert asked()["flipped"] == {talked.pk} and worked.pk not in asked()["flipped"]
    refs = [
        r.partition(":")[0] for r in Evidence.objects.values_list("ref", flat=True).order_by("at")
    ]
    assert refs == ["verification", "contact", "verification"]


def test_replied_without_having_spoken_with_the_citizen(city: City) -> None:
    token = replied(city, 1, "已处置并安排值守,电话未接通。", contact=-1)
    spoken = replied(city, 2, "已告知诉求人处置经过,他没有别的意见。")
    order = city.signed(address="别处3号")
    for _n in range(3):
        order = dispose.contact(
            order, reached=False, way="电话", reason="无人接听", by=city.handler
        )
        city.wait(hours=2)
    order = dispose.dispose(
        order, result="solved", fact="true", words="当晚到场劝离摊贩八辆,安排两人固定值守至二十二点。",
        basis="市容环境卫生管理条例", by=city.handler,
    )  # fmt: skip
    order = dispose.pass_disposal(order, by=city.head)
    tried = dispose.reply(order, words="三次未接通,已短信告知。", reached=False, by=city.handler)
    followed()
    assert asked() == {"silent": {token.pk}} and {spoken.pk, tried.pk}


def test_the_citizen_says_that_nobody_told_him(city: City) -> None:
    order = city.in_callback()
    verify.verify(order, verify.Outcome(True, True, "基本满意", True, False), by=city.hub)
    followed()
    assert asked() == {"silent": {order.pk}}


def extended(city: City, left_hours: float) -> Order:
    order = city.signed()
    row = order.obligations.get(code="dispose", outcome="open")
    clock.set_to(row.due - dt.timedelta(hours=left_hours))
    waits.ask_extension(order, days=2, reason="须协调专业队伍进场", by=city.handler)
    return waits.grant_extension(order, by=city.dispatcher)


def test_an_extension_at_the_last_hour_is_a_question_when_it_is_a_habit(city: City) -> None:
    late = [extended(city, 1) for _n in range(2)]
    followed()
    assert asked() == {}
    late.append(extended(city, 0.5))
    followed()
    assert asked() == {"late_ask": {order.pk for order in late}}
    late.append(extended(city, 0.5))
    followed()
    assert (
        Signal.objects.count() == 1 and len(asked()["late_ask"]) == 4
    )  # one question that goes on


def test_asked_in_good_time_is_none(city: City) -> None:
    for _n in range(5):
        extended(city, 40)
    followed()
    assert asked() == {}


def pictured(city: City, order: Order, data: bytes) -> Order:
    file = receive(data, name="现场.jpg", limits=Limits(), by=city.handler)
    return attach.attach(order, files=[file], kind="after", by=city.handler)


def test_a_photograph_of_another_matter_shown_again(city: City) -> None:
    data = photo()
    a = pictured(city, city.signed(address="青禾路1号"), data)
    b = pictured(city, city.signed(address="松涛路9号"), data)
    followed()
    assert asked() == {"reused": {a.pk, b.pk}} and Signal.objects.count() == 1


def test_one_visit_for_two_callers_about_one_place_is_no_reuse(city: City) -> None:
    data = photo()
    for _n in range(2):
        pictured(city, city.signed(address="青禾路 1 号"), data)
    followed()
    assert asked() == {}


def test_form_letters_of_a_unit(city: City) -> None:
    form = "您好,您反映的{}问题我单位高度重视,已安排人员处理完毕,感谢您的理解与支持。"
    same = [replied(city, n, form.format(f"青禾路{n}号")) for n in (1, 2)]
    followed()
    assert asked() == {}
    same.append(replied(city, 3, form.format("青禾路3号")))
    own = replied(city, 4, "四号门口的推车夜里十点被拖走,张队答应每晚来看,电话里他说满意。")
    followed()
    assert asked() == {"boilerplate": {order.pk for order in same}} and own.pk


def praised(city: City, outcome: verify.Outcome, **changes: Any) -> Order:
    return verify.verify(city.in_callback(**changes), outcome, by=city.hub)


def test_one_telephone_with_many_praises(city: City) -> None:
    for n in range(4):
        praised(city, GOOD, address=f"青禾路{n}号")
    followed()
    found = Signal.objects.filter(kind="praise")
    assert found.count() == 1 and len(asked()["praise"]) == 4
    assert all(
        "139000" not in str(e.data) for e in Entry.objects.filter(chain__startswith="signal:")
    )


def test_who_is_content_with_some_and_not_with_others_is_no_praiser(city: City) -> None:
    fair = verify.Outcome(True, True, "一般", True, True)
    for outcome in (GOOD, GOOD, fair, GOOD, fair, GOOD):
        praised(city, outcome)
    followed()
    assert "praise" not in asked()


def raised(city: City) -> Signal:
    replied(city, 1, "已处置并安排值守,电话未接通。", contact=-1)
    followed()
    return Signal.objects.get()


def test_a_person_of_elsewhere_rules_with_words_and_once(city: City) -> None:
    signal = raised(city)
    for by in (city.handler, city.head, city.hub, city.dispatcher):
        with pytest.raises(Missing):
            actions.rule(signal.pk, verdict="unfounded", words="没有的事", by=by)
    with pytest.raises(Invalid):
        actions.rule(signal.pk, verdict="founded", words=" ", by=city.inspector)
    with pytest.raises(Invalid):
        actions.rule(signal.pk, verdict="guilty", words="罚", by=city.inspector)
    state = Order.objects.get().state
    assert forget.is_open(Order.objects.get())  # its words stay until somebody has said what it was
    ruled = actions.rule(
        signal.pk, verdict="founded", words="通话记录里没有外呼", by=city.inspector
    )
    assert not forget.is_open(Order.objects.get())
    assert ruled.verdict == "founded" and Order.objects.get().state == state  # nobody is punished
    with pytest.raises(WrongState):
        actions.rule(signal.pk, verdict="explained", words="再议", by=city.inspector)
    entry = Entry.objects.get(chain=signal.chain, kind="signal.ruled")
    assert entry.data == {"verdict": "founded", "kind": "silent"} and entry.statement_hash
    forget.words(Order.objects.get(), basis="request", by=jobs.BY)
    signal.refresh_from_db()
    assert signal.words == "" and signal.verdict == "founded"


def test_who_had_a_hand_in_it_does_not_rule(city: City) -> None:
    signal = raised(city)
    Order.objects.get().hands.create(actor=city.inspector.id)
    with pytest.raises(NotAllowed) as refused:
        actions.rule(signal.pk, verdict="unfounded", words="看过了", by=city.inspector)
    assert refused.value.code == "signal.own"


def test_the_verdict_has_a_clock_that_turns_red_once(city: City) -> None:
    signal = raised(city)
    row = Obligation.objects.get(signal=signal)
    assert row.outcome == "open" and row.due == signal.next_due
    city.wait(days=20)
    assert jobs.remind() == 1 and jobs.remind() == 0
    assert Entry.objects.filter(chain=signal.chain, kind="clock.red").count() == 1
    actions.rule(signal.pk, verdict="explained", words="电话坏了,有报修单", by=city.inspector)
    row.refresh_from_db()
    assert (row.outcome, row.late) == ("late", True)


def test_a_signalled_order_is_checked_again_beside_the_random_sample(city: City) -> None:
    signal = raised(city)
    order = Order.objects.get()
    assert order.signalled
    order = verify.verify(verify.review(order, by=city.dispatcher), GOOD, by=city.hub)
    assert order.state == "second_check"
    told = Entry.objects.get(chain=order.chain, kind="order.verify_first").data["draw"]
    assert told["must"] == ["signal"]
    assert not Entry.objects.filter(chain=order.chain, kind__contains="signal").exists()
    order = verify.verify(order, GOOD, by=city.callback_officer)
    verify.close(order, by=city.dispatcher)
    city.wait(days=40)
    draws.keep(by=draws.BY)
    report = orders.draws("2026-09")
    assert report.problems == [] and (report.orders, report.drawn + report.beside) == (1, 1)
    order.refresh_from_db()
    assert signal and order.checked_beside is (report.beside == 1)
    found = facts.read(Order.objects.all())
    assert [f.second_called for f in found] == [not order.checked_beside]


def test_a_ruled_habit_is_not_asked_again_but_a_new_one_is(city: City) -> None:
    for _n in range(3):
        extended(city, 1)
    followed()
    signal = Signal.objects.get()
    actions.rule(signal.pk, verdict="founded", words="台账无协调记录", by=city.inspector)
    extended(city, 1)
    followed()
    assert Signal.objects.count() == 1
    for _n in range(2):
        extended(city, 1)
    followed()
    assert Signal.objects.count() == 2 and Evidence.objects.filter(kind="late_ask").count() == 6


def test_the_page_shows_the_evidence_takes_the_verdict_and_is_closed_to_units(city: City) -> None:
    signal = raised(city)
    inspector = seat("inspector1")
    page = inspector.get("/signals?kind=silent&after=nonsense|x").content.decode()
    order = Order.objects.get()
    assert order.number in page and "没联系就答复" in page and "13900000001" not in page
    assert inspector.post(f"/signals/{signal.pk}/rule", {"verdict": "founded"}).status_code == 422
    told = {"verdict": "explained", "words": "当面告知,有签字"}
    assert inspector.post(f"/signals/{signal.pk}/rule", told).status_code == 302
    page = inspector.get("/signals").content.decode()
    assert "当面告知,有签字" in page and "没有待核查的信号" in page
    assert seat("head.310104-SQ01").get("/signals").status_code == 403
    assert not queries.visible_to(city.head).exists()


def test_on_the_page_one_line_stands_for_one_order_and_its_pieces_open_behind_it(
    city: City,
) -> None:
    order = replied(city, 1, "已告知诉求人处置情况与值守安排。", contact=-12)
    other = replied(city, 2, "已到现场看过，当面向诉求人说明了安排。")
    signal = Signal.objects.create(
        kind="silent", unit=city.squad, pack_id=order.pack_id, raised_at=clock.now(),
        next_due=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    calls = list(Contact.objects.filter(order=order))
    refs = [(order, f"contact:{row.pk}", row.at) for row in calls]
    refs += [(one, f"feedback:{one.feedbacks.get().pk}", clock.now()) for one in (order, other)]
    Evidence.objects.bulk_create(
        Evidence(signal=signal, kind="silent", order=one, ref=ref, at=at) for one, ref, at in refs
    )
    page = seat("inspector1").get("/signals").content.decode()
    card = page.split(f'id="signal-{signal.pk}"')[1].split("</section>")[0]
    assert len(calls) == 12 and card.count(f">{order.number}</a>") == 1
    line, rest = card.split("<details", 1)
    assert "承办人联系未接通 × 12" in line and "逐条看 13 条" in rest
    assert rest.split("</details>")[0].count("承办人联系未接通") == 12
    # One piece needs nothing to open: it is told on its line, with the words it quotes.
    alone = rest.split("</details>", 1)[1].split("</ul>")[0]
    assert other.number in alone and "当面向诉求人说明了安排" in alone and "逐条看" not in alone


def test_a_picture_saved_again_looks_the_same_and_the_worker_says_so(city: City) -> None:
    a = pictured(city, city.signed(address="青禾路1号"), photo(scene=4, quality=95))
    b = pictured(city, city.signed(address="松涛路9号"), photo(scene=4, quality=40))
    c = pictured(city, city.signed(address="云锦路2号"), photo(scene=5))
    assert len(set(Attachment.objects.values_list("file__sha256", flat=True))) == 3
    assert file_jobs.take_looks() == 3 and file_jobs.take_looks() == 0
    followed()
    assert asked() == {"reused": {a.pk, b.pk}} and c.pk not in asked()["reused"]
