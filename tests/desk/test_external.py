"""Supervisors from outside through the pages: appointed, invited, heard, answered; and on paper."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from suqiu.accounts.models import Person
from suqiu.accounts.queries import actor_named
from suqiu.audit.models import Access
from suqiu.base import clock
from suqiu.orders.models import Order
from suqiu.orders.queries import visible_to
from suqiu.supervision.external.models import Invitation, Obligation, Opinion, Term
from suqiu.supervision.external.states import State
from tests.city import City
from tests.desk.test_pages import client_of
from tests.supervision import external as short

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
CODE = re.compile(r">([0-9A-Z]{4}-[0-9A-Z]{4})<")
HIDDEN = ("王试", "13900000001", "13911112222", "139****0001")


def body(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def desk(city: City) -> Client:
    return client_of(city.leader)


def appoint(desk: Client, **changes: str) -> Term:
    given = {
        "name": "顾长亭", "kind": "external", "since": "2026-09-14", "until": "2027-09-13",
        "person": str(short.person().pk), "unit": "",
    }  # fmt: skip
    desk.post("/external/appoint", {**given, **changes})
    return Term.objects.order_by("-pk")[0]


def invite(desk: Client, term: Term, number: str) -> Invitation:
    desk.post("/external/invite", {"term": str(term.pk), "kind": "case", "key": number})
    return Invitation.objects.order_by("-pk")[0]


def dialled(city: City) -> str:
    """The number of a case whose appeal and findings have a telephone in their words."""
    case = short.case_of(city)
    order = case.orders.get()
    Order.objects.filter(pk=order.pk).update(content=order.content + "请打 13911112222")
    case.findings.update(advice="延到收摊,电话 13911112222")
    return case.number


def test_one_who_logs_in_is_invited_says_it_and_judges_the_answer(city: City, desk: Client) -> None:
    row = invite(desk, appoint(desk), dialled(city))
    his = client_of(short.outside())
    assert his.get("/").headers["Location"] == "/external"
    assert row.key in body(his.get("/external"))
    page = body(his.get(f"/external/invitations/{row.pk}"))
    assert "固定" not in page and "值守到八点就撤" in page and "■■■" in page
    assert not [word for word in HIDDEN if word in page]
    order = row.case.orders.get() if row.case else None
    assert order and Access.objects.filter(subject=order.chain, actor=short.outside().id).exists()
    his.post(
        f"/external/invitations/{row.pk}/do/opine", {"words": short.SAID, "unit": city.squad.pk}
    )
    opinion = Opinion.objects.get()
    assert opinion.state == State.OPEN
    assert "24:00" in body(his.get("/external")), (
        "the day that he still has, not the next one's 00:00"
    )
    squad = client_of(city.head)
    assert short.SAID[:10] in body(squad.get("/external"))
    page = body(squad.get(f"/external/opinions/{opinion.pk}"))
    assert short.SAID in page and "顾长亭" not in page, "a unit reads what is said, not who said it"
    assert f"/cases/{row.key}" in page, "and where it can read what it is about"
    squad.post(f"/external/opinions/{opinion.pk}/do/answer", {"words": "已改到二十三点"})
    page = body(his.get(f"/external/opinions/{opinion.pk}"))
    assert "已改到二十三点" in page
    his.post(f"/external/opinions/{opinion.pk}/do/judge", {"satisfied": "yes", "note": ""})
    opinion.refresh_from_db()
    assert opinion.state == State.SETTLED
    page = body(desk.get(f"/external/opinions/{opinion.pk}"))
    assert Person.objects.get(username="leader1").name in page, "the head says who is logged in"
    told = body(desk.get("/external"))
    assert "1/1" in told and "顾长亭" in told


def test_one_who_does_not_log_in_is_heard_by_paper_and_a_link(city: City, desk: Client) -> None:
    row = invite(desk, appoint(desk, name="郑远山", person=""), dialled(city))
    printed = body(desk.post(f"/external/invitations/{row.pk}/do/print", {"form": "page"}))
    found = CODE.search(printed)
    assert found and not [word for word in HIDDEN if word in printed]
    assert found[1] not in body(desk.get(f"/external/invitations/{row.pk}")), "told once"
    clerk = client_of(actor_named("inspector2"))
    own = body(client_of(city.inspector).get(f"/external/invitations/{row.pk}"))
    assert "请换一个人" in own and 'name="code"' not in own, "told before he has typed it all"
    assert 'name="code"' in body(clerk.get(f"/external/invitations/{row.pk}"))
    given = {"way": "paper", "code": found[1], "words": "办得很好", "unit": ""}
    clerk.post(f"/external/invitations/{row.pk}/do/enter", given)
    opinion = Opinion.objects.get()
    assert "未确认" in body(desk.get(f"/external/opinions/{opinion.pk}"))
    made = body(desk.post(f"/external/opinions/{opinion.pk}/do/link"))
    path = re.search(r"/portal/opinion/[\w-]{43}", made)
    assert path and path[0] not in body(desk.get(f"/external/opinions/{opinion.pk}"))
    public = Client()
    page = body(public.get(path[0]))
    assert "办得很好" in page and row.key not in page and "青禾路" not in page
    assert not [word for word in HIDDEN if word in page]
    opinion.refresh_from_db()
    assert opinion.state == State.UNCONFIRMED, "to look confirms nothing"
    assert public.post(path[0], {"words": ""}).status_code == 422
    assert public.post(path[0], {"yes": "no", "words": short.SAID}).status_code == 200
    new = Opinion.objects.get(state=State.OPEN)
    assert new.words == short.SAID and Obligation.objects.get().opinion == new
    for again in (public.get(path[0]), public.post(path[0], {"yes": "yes"})):
        assert again.status_code == 404


def test_the_dossier_is_pressed_as_pdf(city: City, desk: Client) -> None:
    row = invite(desk, appoint(desk, person=""), dialled(city))
    answer = desk.post(f"/external/invitations/{row.pk}/do/print", {"form": "pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF") and row.dossiers.count() == 1


def test_an_account_whose_term_ended_sees_nothing_any_more(city: City, desk: Client) -> None:
    term = appoint(desk)
    row = invite(desk, term, dialled(city))
    his = client_of(short.outside())
    path = f"/external/invitations/{row.pk}"
    assert his.get(path).status_code == 200
    desk.post(f"/external/terms/{term.pk}/end", {"reason": "调离"})
    for gone in (path, "/external", "/inspections", "/leader", "/figures"):
        answer = his.get(gone)
        assert answer.status_code in {302, 403, 404} and row.key not in body(answer), gone
    assert "number" not in body(his.get("/street/list"))
    assert his.post(f"{path}/do/opine", {"words": "还有话"}).status_code in {302, 403}
    assert not Opinion.objects.exists()


def test_one_from_outside_opens_what_he_was_invited_to_and_nothing_else(
    city: City, desk: Client
) -> None:
    row = invite(desk, appoint(desk), dialled(city))
    other = short.case_of(city)
    assert row.case is not None
    order = row.case.orders.get()
    his = client_of(short.outside())
    for path in (
        f"/cases/{row.key}", f"/cases/{other.number}", f"/orders/{order.number}",
        f"/orders/{order.number}/reveal", "/cases", "/monitoring", "/meetings", "/signals",
        f"/external/invitations/{row.pk + 1}", "/figures/orders?rate=solved",
    ):  # fmt: skip
        answer = his.get(path)
        assert not [w for w in (*HIDDEN, order.content[:8]) if w in body(answer)], path
    assert not visible_to(short.outside()).exists()


def test_nobody_reads_of_it_whose_business_it_is_not(city: City, desk: Client) -> None:
    opinion = short.given(city)
    for actor in (city.outsider, city.call_taker, actor_named("supervisor2")):
        page = client_of(actor).get(f"/external/opinions/{opinion.pk}")
        assert page.status_code in {403, 404} and short.SAID not in body(page)
    entered = short.entered(city, actor_named("inspector2"), words="还没确认的话")
    page = client_of(city.head).get(f"/external/opinions/{entered.pk}")
    assert page.status_code == 404


def test_a_clerk_with_a_hand_in_it_is_refused_on_the_page_too(city: City, desk: Client) -> None:
    row = invite(desk, appoint(desk, person=""), dialled(city))
    printed = body(desk.post(f"/external/invitations/{row.pk}/do/print", {"form": "page"}))
    code = CODE.search(printed)
    assert code
    given = {"way": "paper", "code": code[1], "words": "一切都好", "unit": ""}
    for actor in (city.inspector, city.head):
        client_of(actor).post(f"/external/invitations/{row.pk}/do/enter", given)
    assert not Opinion.objects.exists()


def test_guessing_links_from_one_network_ends(city: City) -> None:
    public, codes = Client(), set()
    for n in range(70):
        answer = public.get(reverse("portal:opinion", args=[f"{n:043d}"]))
        codes.add(answer.status_code)
    assert codes == {404, 429}
    assert int(answer.headers["Retry-After"]) > 0


def test_the_links_page_works_without_a_script_and_is_kept_by_nobody(city: City) -> None:
    opinion = short.entered(city, actor_named("inspector2"))
    token = short.link(opinion, city.leader)
    answer = Client(enforce_csrf_checks=False).get(reverse("portal:opinion", args=[token]))
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert '<form method="post"' in body(answer) and '<button type="submit"' in body(answer)
    at = clock.now()
    city.wait(days=8)
    assert Client().get(reverse("portal:opinion", args=[token])).status_code == 404
    clock.set_to(at)
