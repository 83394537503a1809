"""Advice on drafts of a small city, and repeats among its orders."""

import pytest

from suqiu.appellants.actions import take_in
from suqiu.base.actors import Actor, system
from suqiu.catalogue.models import Category
from suqiu.organisations.models import Region
from suqiu.triage import queries
from suqiu.triage.queries import Likeness, duplicates, leaf_finder, suggest
from tests.city import DISTRICT, City

TITLE, CONTENT = "路口流动摊贩占道经营", "每晚六点起有人摆摊,小贩把推车停在盲道上。"


def test_advice_names_leaf_urgency_and_unit(city: City) -> None:
    advice = suggest(TITLE, CONTENT, Region.objects.get(pk=DISTRICT), city.street)
    assert advice.categories[0].category.code == "C0101"
    assert len(advice.categories) <= 3
    assert advice.urgency == "一般"
    unit, confidence, why = advice.units[0]
    assert unit == city.squad
    assert confidence == advice.categories[0].confidence
    assert city.street.name in why
    assert advice.inside
    assert advice.door is None


def test_without_a_district_no_unit_is_named(city: City) -> None:
    assert suggest(TITLE, CONTENT).units == ()


def test_what_is_not_ours_is_shown_its_door(city: City) -> None:
    advice = suggest("公司拖欠工资", "农民工工资三个月没发,社保也没交。")
    assert not advice.inside
    assert advice.door is not None
    assert advice.door.code == "LABOUR"


def test_a_list_that_grew_is_read_again(city: City) -> None:
    assert not suggest("泡泡机堵在河滨", "").categories
    like = Category.objects.get(code="C0101")
    Category.objects.create(
        code="C9999", line="C", line_name="城管执法", group_name="新", name="新类", urgency="较急",
        lead=like.lead, keywords=["泡泡机"],
    )  # fmt: skip
    assert suggest("泡泡机堵在河滨", "").categories[0].category.code == "C9999"
    Category.objects.filter(code="C9999").delete()
    suggest("", "")
    assert "C9999" not in queries._kept[0].categories


def test_a_machine_enters_only_what_is_sure(city: City) -> None:
    find = leaf_finder()
    found = find(TITLE, CONTENT)
    assert found is not None
    assert found.code == "C0101"
    assert find("旁边有违建", "") is None
    assert find("公司拖欠工资", "农民工工资没发") is None
    assert find("咨询收费标准怎么办理", "咨询办理流程,需要什么材料") is None


def test_leaves_are_not_asked_for_row_by_row(
    city: City, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    find = leaf_finder()
    with django_assert_num_queries(0):  # type: ignore[operator]
        find(TITLE, CONTENT)


def test_the_same_caller_place_and_words_are_found(city: City) -> None:
    order = city.registered()
    like = Likeness(
        title=order.title, content=order.content, phone="139 0000 0001", category=order.category,
        street=city.street, address=order.address,
    )  # fmt: skip
    (found,) = duplicates(like, by=city.call_taker)
    assert found.order == order
    assert found.likeness == 1
    assert {"同一电话", "同一地点", "同一类别", "同一街镇"} < set(found.why)


def test_words_alone_find_a_repeat_too(city: City) -> None:
    order = city.registered()
    like = Likeness(title=order.title, content=order.content)
    assert [d.order for d in duplicates(like, by=city.call_taker)] == [order]
    assert duplicates(Likeness(title="公厕没有纸"), by=city.call_taker) == []


def test_old_ones_the_order_itself_and_what_one_may_not_see_are_left_out(city: City) -> None:
    order = city.registered()
    like = Likeness(title=order.title, content=order.content)
    itself = Likeness(title=order.title, content=order.content, besides=order.pk)
    assert duplicates(itself, by=city.call_taker) == []
    assert duplicates(like, by=Actor("person:0")) == []
    city.wait(days=31)
    assert duplicates(like, by=city.call_taker) == []
    assert len(duplicates(like, by=city.call_taker, days=60)) == 1


def test_an_unknown_phone_does_not_match_everyone(city: City) -> None:
    city.registered(appellant=take_in(anonymous=True, by=system("import")))
    assert duplicates(Likeness(title="公厕没有纸", phone=""), by=city.call_taker) == []
