"""A special inspection from the plan to the published card, and what nobody can do in it."""

import datetime as dt
from typing import Any

import pytest

from suqiu.accounts.queries import actor_named
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, Missing, NotAllowed, WrongState
from suqiu.catalogue.models import Category
from suqiu.orders.actions import verify
from suqiu.orders.models import Order
from suqiu.supervision.external import jobs
from suqiu.supervision.external.actions import terms
from suqiu.supervision.inspections import actions, queries
from suqiu.supervision.inspections.models import Inspection, Item
from tests.city import City
from tests.concurrency.threads import Together
from tests.supervision import external as short

GOOD = verify.Outcome(
    reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
)
YES: dict[str, bool | None] = {
    "contacted": True, "on_time": True, "gone": True, "told": True, "kept": None
}  # fmt: skip


@pytest.fixture
def outside(city: City) -> Actor:
    return actor_named("supervisor1")


def closed(city: City, **changes: Any) -> Order:
    order = city.in_callback(**changes)
    order = verify.verify(order, GOOD, by=city.hub)
    if order.state == "second_check":
        order = verify.verify(order, GOOD, by=city.callback_officer)  # no eye of the inspection's
    return verify.close(order, by=city.dispatcher)


def planned(city: City, **changes: Any) -> Inspection:
    today = clock.today()
    told: dict[str, Any] = {
        "theme": "三个二专项检查", "checklist": "three-twos", "since": today,
        "until": today, "per_stratum": 2, "by": city.inspector,
    }  # fmt: skip
    return actions.plan(**{**told, **changes})


def drawn(city: City, outside: Actor, orders: int = 4) -> Inspection:
    for _n in range(orders):
        closed(city)
    inspection = planned(city)
    actions.invite(inspection, city.inspector, side="centre", by=city.inspector)
    actions.invite(inspection, outside, side="external", by=city.inspector)
    actions.seal(inspection, by=city.inspector)
    return actions.supply_seed(inspection, "六月十七日摇号", by=outside)


def items(inspection: Inspection) -> list[Item]:
    return list(queries.to_check(inspection))


def test_an_inspection_goes_from_its_plan_to_the_published_card(city: City, outside: Actor) -> None:
    picked = closed(city)
    for _n in range(4):
        closed(city)
    inspection = planned(city)
    actions.pick(inspection, picked.number, reason="hot", by=city.inspector)
    for person, side in ((city.inspector, "centre"), (outside, "external")):
        actions.invite(inspection, person, side=side, by=city.inspector)
    sealed = actions.seal(inspection, by=city.inspector)
    assert picked.number not in {key for _s, key in queries.lines_of(sealed)}
    actions.supply_seed(inspection, "六月十七日摇号", by=outside)
    assert queries.redrawn(Inspection.objects.get()) == []
    found = items(inspection)
    assert [i.part for i in found].count("random") == 2
    for item in found:
        gone = item.part == "random"
        actions.check(inspection, item, answers={**YES, "gone": gone}, by=outside)
        actions.survey(inspection, item, level="基本满意", by=city.inspector)
    bad = next(i for i in found if i.part == "purposive")
    due = clock.today() + dt.timedelta(days=7)
    actions.find(
        inspection, bad, kind="rectify", unit=city.squad, words="摊贩还在", due=due, by=outside
    )
    actions.finish(inspection, by=city.inspector)
    done = actions.publish(inspection, by=city.leader)
    rows = {(row["part"], row["line"]): row for row in done.card}
    assert rows["random", ""]["solved"]["value"] == 1.0
    assert rows["purposive", ""]["solved"]["value"] == 0.0
    assert rows["purposive", ""]["said"]["value"] == 1.0
    assert rows["random", ""]["score"] == pytest.approx(0.6 * 1.0 + 0.4 * 0.8)
    assert [e.kind.removeprefix("inspection.") for e in chain(done.chain)] == [
        "plan", "pick", "invite", "invite", "seal", "supply_seed",
        *["check", "survey"] * 3, "find", "finish", "publish",
    ]  # fmt: skip


def test_the_journal_holds_no_word_that_somebody_wrote(city: City, outside: Actor) -> None:
    inspection = drawn(city, outside)
    actions.check(inspection, items(inspection)[0], answers=YES, words="棚子拆了", by=outside)
    told = [str(e.data) for e in chain(inspection.chain)]
    assert not any("棚子" in one or "三个二专项" in one for one in told)


def test_the_seed_comes_from_outside_and_after_the_seal_once(city: City, outside: Actor) -> None:
    closed(city)
    inspection = planned(city)
    actions.invite(inspection, outside, side="external", by=city.inspector)
    with pytest.raises(WrongState):
        actions.supply_seed(inspection, "early seed", by=outside)
    actions.seal(inspection, by=city.inspector)
    with pytest.raises(NotAllowed):
        actions.supply_seed(inspection, "our own seed", by=city.inspector)
    with pytest.raises(NotAllowed):
        actions.supply_seed(inspection, "no member", by=actor_named("supervisor2"))
    with pytest.raises(Invalid):
        actions.supply_seed(inspection, "short", by=outside)
    actions.supply_seed(inspection, "a good seed", by=outside)
    with pytest.raises(WrongState):
        actions.supply_seed(inspection, "a better one", by=outside)


def test_nothing_is_picked_on_purpose_once_the_list_is_sealed(city: City, outside: Actor) -> None:
    inspection = drawn(city, outside)
    undrawn = inspection.items.filter(drawn=False).first()
    assert undrawn is not None
    with pytest.raises(WrongState):
        actions.pick(inspection, undrawn.key, reason="hot", by=city.inspector)
    with pytest.raises(Missing):
        actions.check(inspection, undrawn, answers=YES, by=outside)


def test_a_list_or_a_draw_that_was_touched_is_named(city: City, outside: Actor) -> None:
    inspection = drawn(city, outside)
    lucky = inspection.items.filter(drawn=True).first()
    assert lucky is not None
    Item.objects.filter(pk=lucky.pk).update(drawn=False)
    assert queries.redrawn(inspection) == [lucky.key]
    Item.objects.filter(pk=lucky.pk).update(drawn=True, stratum="elsewhere")
    assert "list" in queries.redrawn(inspection)


def test_nobody_checks_what_he_or_his_unit_handled(city: City, outside: Actor) -> None:
    inspection = drawn(city, outside)
    item = items(inspection)[0]
    colleague = Actor(city.inspector.id, city.inspector.posts | {("handler", city.squad.pk)})
    for deed in (
        lambda by: actions.check(inspection, item, answers=YES, by=by),
        lambda by: actions.survey(inspection, item, level="满意", by=by),
        lambda by: actions.find(
            inspection, item, kind="spread", unit=city.squad, words="好", by=by
        ),
    ):
        with pytest.raises(NotAllowed, match="换一位"):
            deed(colleague)
    assert item.order is not None
    item.order.hands.create(actor=outside.id)
    with pytest.raises(NotAllowed, match="换一位"):
        actions.check(inspection, item, answers=YES, by=outside)


def test_a_card_is_not_counted_before_all_has_been_looked_at(city: City, outside: Actor) -> None:
    inspection = drawn(city, outside)
    first, second = items(inspection)
    actions.check(inspection, first, answers=YES, by=outside)
    with pytest.raises(WrongState, match="查过"):
        actions.check(inspection, first, answers=YES, by=outside)
    with pytest.raises(Invalid) as refused:
        actions.finish(inspection, by=city.inspector)
    assert refused.value.data["left"] == [second.key]
    actions.check(inspection, second, answers={}, excused="gone", by=outside)
    done = actions.finish(inspection, by=city.inspector)
    assert done.card[0]["items"] == 2 and done.card[0]["professional"]["n"] == 1
    with pytest.raises(NotAllowed):
        actions.publish(done, by=city.inspector)


def test_only_the_unit_that_it_names_mends_a_finding(city: City, outside: Actor) -> None:
    inspection = drawn(city, outside)
    item = items(inspection)[0]
    with pytest.raises(Invalid, match="期限"):
        actions.find(inspection, item, kind="rectify", unit=city.squad, words="油污", by=outside)
    found = actions.find(
        inspection, item, kind="rectify", unit=city.squad, words="油污", due=clock.today(), by=outside
    )  # fmt: skip
    with pytest.raises(Missing):
        actions.mend(found, words="已冲洗", by=city.outsider)
    assert list(queries.findings_of(city.handler)) == [found]
    assert actions.mend(found, words="已冲洗", by=city.handler).mended_at == clock.now()
    with pytest.raises(WrongState):
        actions.mend(found, words="又冲洗", by=city.handler)


def test_only_the_bounds_of_the_inspection_are_on_its_list(city: City) -> None:
    inside = closed(city)
    closed(city, category=Category.objects.filter(line="S").order_by("code").first())
    city.in_callback()
    inspection = actions.seal(planned(city, lines=["C"]), by=city.inspector)
    assert [key for _s, key in queries.lines_of(inspection)] == [inside.number]
    city.wait(days=1)
    with pytest.raises(Invalid, match="没有可抽"):
        actions.seal(planned(city), by=city.inspector)


def test_places_are_inspected_by_people_from_elsewhere(city: City, outside: Actor) -> None:
    inspection = planned(city, checklist="forestry-grid")
    actions.invite(inspection, outside, side="external", by=city.inspector)
    actions.seal(inspection, by=city.inspector)
    actions.supply_seed(inspection, "a good seed", by=outside)
    item = next(i for i in items(inspection) if i.place is not None)
    answers = dict.fromkeys(("trees", "green", "refuse", "keeper"), True)
    assert item.place is not None
    local = Actor(outside.id, outside.posts | {("handler", item.place.pk)})
    with pytest.raises(NotAllowed):
        actions.check(inspection, item, answers=answers, by=local)
    actions.check(inspection, item, answers=answers, by=outside)


def test_it_is_seen_by_its_readers_and_by_its_team_and_by_nobody_else(
    city: City, outside: Actor
) -> None:
    inspection = planned(city)
    assert queries.get_for(city.leader, inspection.number) == inspection
    for person in (city.handler, city.call_taker, city.hub, outside):
        with pytest.raises(Missing):
            queries.get_for(person, inspection.number)
    actions.invite(inspection, outside, side="external", by=city.inspector)
    assert queries.get_for(outside, inspection.number) == inspection
    for person in (city.handler, actor_named("supervisor2")):
        with pytest.raises(Missing):
            queries.get_for(person, inspection.number)


@pytest.mark.django_db(transaction=True)
def test_of_two_seeds_at_the_same_moment_one_draws(city: City) -> None:
    outside = actor_named("supervisor1")
    closed(city)
    inspection = planned(city)
    actions.invite(inspection, outside, side="external", by=city.inspector)
    actions.seal(inspection, by=city.inspector)
    answers = Together(
        lambda: actions.supply_seed(inspection, "seed number one", by=outside),
        lambda: actions.supply_seed(inspection, "seed number two", by=outside),
    ).finish()
    assert sorted(type(a).__name__ for a in answers) == ["Inspection", "WrongState"]
    assert queries.redrawn(Inspection.objects.get()) == []


@pytest.mark.parametrize("how", ["early", "over"])
def test_who_was_put_on_the_team_by_hand_leaves_it_with_his_term(city: City, how: str) -> None:
    term = short.appointed(city, days=10)
    inspection = planned(city)
    actions.invite(inspection, short.outside(), side="external", by=city.inspector)
    actions.invite(inspection, city.inspector, side="centre", by=city.inspector)
    if how == "early":
        terms.end_term(term, reason="调离", by=city.leader)
    else:
        city.wait(days=11)
        jobs.keep_terms()
    there = inspection.team.filter(left_at=None).values_list("actor", flat=True)
    assert list(there) == [city.inspector.id]
    assert chain(inspection.chain)[-1].kind == "inspection.leave"
