"""A meeting through its pages, by people in their browsers."""

import datetime as dt

import pytest
from django.urls import reverse

from suqiu.base import clock
from suqiu.supervision.meetings.models import Decision, Meeting
from tests.city import City
from tests.desk.test_inspections import seat
from tests.supervision.test_meetings import hard

pytestmark = pytest.mark.django_db


def test_a_meeting_is_planned_held_and_its_decision_confirmed(city: City) -> None:
    order = hard(city)
    inspector, leader, head = seat("inspector1"), seat("leader1"), seat("head.310104-SQ01")
    when = clock.local(clock.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    told = {"kind": "study", "title": "疑难研讨", "at": when}
    assert inspector.post("/meetings/plan", told).status_code == 302
    row = Meeting.objects.get()
    at = f"/meetings/{row.number}"
    assert head.get(at).status_code == 404
    assert inspector.post(f"{at}/do/invite", {"units": [city.squad.pk]}).status_code == 302
    assert inspector.post(f"{at}/do/propose").status_code == 302
    item = row.items.get()
    assert item.order == order
    assert inspector.post(f"{at}/do/call").status_code == 302
    assert order.number in head.get(at).content.decode()
    assert inspector.post(f"{at}/do/hold", {"came": [city.squad.pk]}).status_code == 302
    study = {"item": item.pk, "causes": "甲", "measures": "乙", "outcome": "plan"}
    assert inspector.post(f"{at}/do/study", study).status_code == 302
    decide = {
        "item": item.pk, "words": "划疏导点", "owner": city.squad.pk,
        "until": (clock.today() + dt.timedelta(days=3)).isoformat(),
    }  # fmt: skip
    assert inspector.post(f"{at}/do/decide", decide).status_code == 302
    assert inspector.post(f"{at}/do/minute", {"words": "纪要"}).status_code == 302
    assert leader.post(f"{at}/do/circulate").status_code == 302
    assert head.post(f"{at}/do/acknowledge").status_code == 302
    decision = Decision.objects.get()
    page = head.get("/decisions").content.decode()
    assert "划疏导点" in page and "报落实" in page and ">确认落实<" not in page
    done = {"decision": decision.pk, "words": "已划"}
    assert head.post(f"{at}/do/fulfil", done).status_code == 302
    assert inspector.post(f"{at}/do/confirm", {"decision": decision.pk}).status_code == 302
    assert "划疏导点" not in head.get("/decisions").content.decode()
    shown = head.get(f"/orders/{order.number}").content.decode()
    assert row.number in shown and "会上研讨：按对策办" in shown


def test_a_plan_that_is_wrong_comes_back_with_what_was_typed(city: City) -> None:
    inspector = seat("inspector1")
    answer = inspector.post(
        "/meetings/plan", {"kind": "regular", "title": "例会甲", "at": "2013-01-01T09:00"}
    )
    assert answer.status_code == 422 and not Meeting.objects.exists()
    page = answer.content.decode()
    assert "例会甲" in page and "开会的时间已经过了" in page


def test_a_step_with_a_point_of_another_meeting_is_refused(city: City) -> None:
    from tests.supervision.test_meetings import decided, held

    decision, other = decided(city), held(city)
    inspector = seat("inspector1")
    for act, named in (("confirm", "decision"), ("recommend", "item")):
        pk = decision.pk if named == "decision" else decision.item_id
        answer = inspector.post(
            f"/meetings/{other.number}/do/{act}", {named: pk, "why": "好"}, follow=True
        )
        assert "这一项不在议程里" in answer.content.decode()
    decision.refresh_from_db()
    assert decision.confirmed_at is None


def test_who_comes_too_late_is_shown_the_meeting_not_an_order(city: City) -> None:
    from tests.supervision.test_meetings import held

    row = held(city)
    page = seat("inspector1").post(f"/meetings/{row.number}/do/call", follow=True).content.decode()
    assert f'href="/meetings/{row.number}"' in page and "看这件现在怎样" in page
    assert f"/orders/{row.number}" not in page


@pytest.mark.parametrize("word", ["case", "inspection", "meeting", "visit"])
def test_what_has_a_number_has_a_page_by_the_word_that_refusals_use(word: str) -> None:
    assert reverse(f"desk:{word}", args=["A-1"]).endswith("A-1")
