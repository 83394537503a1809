"""Numbers of others' things given beside a form, words that run, words that come back, counts that stay."""

import datetime as dt
import gc
import re
import weakref
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from suqiu.accounts.actions import end_post, give_post
from suqiu.accounts.models import Person, Posting
from suqiu.accounts.queries import actor_for, actor_named
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.base.errors import Refused
from suqiu.desk import queries
from suqiu.notifications.queries import unread
from suqiu.orders.actions import dispatch, verify
from suqiu.orders.models import Order
from suqiu.retention import actions as retention
from suqiu.supervision.external import things
from suqiu.supervision.external.actions import inviting, links, opinions
from suqiu.supervision.external.models import Opinion
from suqiu.supervision.visits.actions import going
from suqiu.supervision.visits.models import Commitment, Stop
from tests.city import City
from tests.desk.test_pages import client_of
from tests.pictures import photo
from tests.retention.test_neighbours import case_of
from tests.retention.test_retention import (  # noqa: F401
    closed,
    found_in_database,
    officer,
    schedule,
)
from tests.supervision import external as short
from tests.supervision import test_visits as visits

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
BY = system("demo")
RUNS = "<script>alert(1)</script><img src=x onerror=alert(2)>"
AGAIN = "后来又写的话甲乙丙"


def test_a_stop_or_promise_of_another_visit_is_not_of_this_one(city: City) -> None:
    mine = visits.planned(city)
    other = visits.planned(city, visitors=[city.dispatcher.id], by=city.dispatcher)
    theirs = other.stops.get()
    going.log(theirs, seen="已看", by=city.dispatcher)
    made = going.promise(
        theirs, owner=city.squad, words="办", until=clock.today(), by=city.dispatcher
    )
    client = client_of(city.inspector)
    for deed in ("log", "find", "promise", "skip"):
        told = {"stop": str(theirs.pk), "words": "见", "content": visits.WHAT, "address": "某处",
                "reason": "不去", "owner": str(city.squad.pk), "until": "2026-12-01"}  # fmt: skip
        assert client.post(f"/visits/{mine.number}/do/{deed}", told).status_code == 422, deed
    told = {"commitment": str(made.pk), "kept": "yes", "note": "好"}
    assert client.post(f"/visits/{mine.number}/do/settle", told).status_code == 422
    assert Commitment.objects.get(pk=made.pk).kept is None
    assert Stop.objects.get(pk=theirs.pk).problems.count() == 0


def test_a_picture_opens_through_its_own_visit_only(city: City) -> None:
    mine = visits.planned(city, visitors=[city.hub.id], by=city.hub)
    other = visits.planned(city)
    stop = other.stops.get()
    from suqiu.files.actions import receive
    from suqiu.files.rules import Limits

    file = receive(photo(), name="街.jpg", limits=Limits(), by=city.inspector)
    visits.logged(city, other, photos=[file])
    pk = stop.photos.get().pk
    assert (
        client_of(city.inspector).get(f"/visits/{other.number}/photos/{pk}/copy").status_code == 200
    )
    hub = client_of(city.hub)
    assert hub.get(f"/visits/{mine.number}").status_code == 200
    for number in (mine.number, other.number):
        assert hub.get(f"/visits/{number}/photos/{pk}/copy").status_code == 404
    for by in (city.handler, city.head, short.outside()):
        assert client_of(by).get(f"/visits/{other.number}").status_code in {403, 404}


def test_an_opinion_is_asked_of_no_unit_but_those_that_it_is_about(city: City) -> None:
    row = short.invited(city, short.appointed(city), short.case_of(city))
    his = client_of(short.outside())
    told = {"words": short.SAID, "unit": str(city.other_squad.pk)}
    his.post(f"/external/invitations/{row.pk}/do/opine", told)
    assert not Opinion.objects.exists()
    for deed in ("print", "withdraw", "enter"):
        his.post(f"/external/invitations/{row.pk}/do/{deed}", {"words": short.SAID})
    row.refresh_from_db()
    assert row.withdrawn_at is None and not row.dossiers.exists() and not Opinion.objects.exists()


def test_what_one_from_outside_writes_runs_nowhere(city: City) -> None:
    case = short.case_of(city)
    row = short.invited(city, short.appointed(city), case)
    opinion = opinions.opine(
        row, things.of_case(case), words=RUNS, unit=city.squad, by=short.outside()
    )
    leader = client_of(city.leader)
    shown = [
        leader.get("/external"),
        leader.get(f"/external/opinions/{opinion.pk}"),
        client_of(city.head).get(f"/external/opinions/{opinion.pk}"),
        client_of(short.outside()).get("/external"),
        leader.post(f"/external/invitations/{row.pk}/do/print", {"form": "page"}),
    ]
    for page in shown:
        assert page.status_code == 200
        assert (
            "<script>alert" not in page.content.decode()
            and "<img src=x" not in page.content.decode()
        )


def test_what_is_written_on_a_visit_runs_nowhere(city: City) -> None:
    stop = visits.logged(city, seen=RUNS)
    going.promise(stop, owner=city.squad, words=RUNS, until=clock.today(), by=city.inspector)
    client = client_of(city.inspector)
    for path in (f"/visits/{stop.visit.number}", "/visits"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page
    told = client.get("/street/list")
    assert told["Content-Type"].startswith("application/json")


def test_no_words_come_back_once_they_have_left(city: City, officer: Actor) -> None:  # noqa: F811
    """What was erased is neither judged, corrected nor written about anew: nobody would erase that."""
    order = closed(city)
    case = case_of(city, order)
    thing = things.of_case(case)
    row = short.invited(city, short.appointed(city), case)
    his = short.outside()
    asked = opinions.opine(row, thing, words="值守太短", by=his)
    opinions.answer(asked, words="已延长", by=city.leader)
    paper = short.invited(city, short.appointed(city, on_paper=True), case)
    _printed, code = inviting.print_dossier(paper, thing, by=city.leader)
    by = actor_named("assessor1")
    waits = opinions.enter(paper, thing, way="paper", code=code, words="延到收摊", by=by)
    retention.erase(order.number, reason="诉求人书面要求", by=officer)

    def tried(deed: Any) -> None:
        with pytest.raises(Refused):
            deed()

    now = things.of_case(case)
    tried(lambda: opinions.judge(asked, satisfied=False, note=AGAIN, by=his))
    tried(lambda: opinions.disown(waits, correction=AGAIN, by=Actor(paper.term.actor_id)))
    tried(lambda: opinions.opine(row, now, words=AGAIN, by=his))
    tried(lambda: opinions.enter(paper, now, way="paper", code=code, words=AGAIN, by=by))
    tried(lambda: links.make(waits, now, by=city.leader))
    assert not found_in_database(AGAIN)


def test_no_note_comes_back_to_a_promise_that_was_erased(city: City, officer: Actor) -> None:  # noqa: F811
    stop = visits.logged(city)
    order = visits.found(city, stop)
    made = going.promise(stop, owner=city.squad, words="办", until=clock.today(), by=city.inspector)
    going.close(stop.visit, summary="看了", by=city.inspector)
    Order.objects.filter(pk=order.pk).update(state="void", ended_at=clock.now())
    city.wait(days=2)
    retention.erase(order.number, reason="诉求人书面要求", by=officer)
    made.refresh_from_db()
    going.settle(made, kept_it=True, note=AGAIN, by=city.inspector)
    made.refresh_from_db()
    assert made.kept is True and not found_in_database(AGAIN)


def test_how_an_order_counts_does_not_tell_a_unit_that_it_was_drawn(city: City) -> None:
    shown = []
    for drawn in (True, False):
        order = verify.review(city.replied(), by=city.dispatcher)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(verify, "drawn", lambda *_args, d=drawn: d)
            order = verify.verify(
                order, verify.Outcome(True, True, "满意", True, True), by=city.hub
            )
        for by in (city.hub, city.handler, city.head):
            page = client_of(by).get(f"/orders/{order.number}/figures")
            assert page.status_code == 200
            main = re.search(r"<main.*</main>", page.content.decode(), re.DOTALL)
            assert main
            shown.append(re.sub(rf"{order.number}|[0-9a-f]{{4}}…[0-9a-f]{{4}}", "", main[0]))
    assert shown[:3] == shown[3:]


def counts(by: Actor) -> dict[str, int]:
    views = queries.views_of(by)
    return dict(zip((v.key for v in views), queries.numbers(views, by), strict=True))


def test_no_count_is_kept_from_another_post(city: City) -> None:
    city.dispatched()
    person = Person.objects.create(username="moves", name="试", password="!")
    post = give_post(person, unit=city.squad, role="head", by=BY)
    before = actor_for(person)
    assert counts(before)["sign"] == 1
    Posting.objects.filter(pk=post.pk).update(since=clock.today() - dt.timedelta(days=9))
    post.refresh_from_db()
    end_post(post, by=BY)
    give_post(person, unit=city.other_squad, role="head", by=BY)
    after = actor_for(Person.objects.get(pk=person.pk))
    assert counts(after)["sign"] == 0 and unread(after) == 0
    order = city.accepted()
    dispatch.dispatch(order, to=city.other_squad, by=city.dispatcher)
    assert counts(after)["sign"] == 1


def test_what_is_kept_of_a_count_keeps_nothing_of_who_asked(city: City) -> None:
    """A page's actor hangs on its request, with all that was sent: no count keeps that alive."""

    class Sent:
        pass

    sent = Sent()
    gone = weakref.ref(sent)
    person = Person.objects.create(username="asks", name="试", password="!")
    give_post(person, unit=city.squad, role="head", by=BY)

    def lazily(held: Sent) -> Any:
        return SimpleLazyObject(lambda: (held, actor_for(person))[1])

    by = lazily(sent)
    counts(by)
    unread(by)
    del by, sent
    gc.collect()
    assert gone() is None


def test_a_finder_checks_nothing_of_what_was_found(city: City) -> None:
    """On no page of those that verify, and by no address."""
    stop = visits.logged(city)
    order = visits.brought_to_callback(
        city, visits.found(city, stop, category=visits.from_category())
    )
    for by in (city.inspector, city.leader):
        client = client_of(by)
        for verb in ("verify_first", "verify_second", "close", "review"):
            client.post(
                f"/orders/{order.number}/{verb}",
                {"reached": "yes", "solved": "yes", "satisfaction": "满意", "outcome": "reached"},
            )
    before = order.state
    order.refresh_from_db()
    assert order.state == before and not order.verifications.exists()
