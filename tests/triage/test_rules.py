"""What citizens' words suggest. The lists are the committed ones; the appeals are invented."""

from functools import cache

import pytest
import yaml

from suqiu.catalogue.actions import DATA
from suqiu.triage.rules import Index, Topic, likeness, urgency


@cache
def index() -> Index:
    leaves = yaml.safe_load((DATA / "categories.yaml").read_text("utf-8"))
    doors = yaml.safe_load((DATA / "doors.yaml").read_text("utf-8"))
    return Index(
        [
            Topic(r["code"], tuple(r["keywords"]), r["urgency"], r["line"] == "X")
            for r in leaves
            if r["code"] != "X0204"
        ],
        [Topic(r["code"], tuple(r["keywords"])) for r in doors],
    )


@pytest.mark.parametrize(
    ("title", "content", "leaf"),
    [
        ("楼下饭店油烟扰民", "每晚排烟管对着卧室,油烟味很重。", "C0401"),
        ("工地半夜施工", "凌晨两点还在打桩,夜间施工没有公示,混凝土泵车一直响。", "C0301"),
        ("路口流动摊贩占道经营", "每天傍晚摆摊,小贩占住人行道。", "C0101"),
        ("有人在绿地种菜", "小区北侧绿地被开荒种菜,还浇粪。", "G0503"),
        ("渣土车偷倒渣土", "夜里有土方车往空地倒渣土。", "S0402"),
        ("楼上在敲承重墙", "装修时砸承重墙,楼板有裂缝。", "C0204"),
    ],
)
def test_the_leaf_comes_first_and_may_be_entered(title: str, content: str, leaf: str) -> None:
    best = index().categories(title, content)[0]
    assert best.code == leaf
    assert best.confidence >= 0.8
    assert best.words


def test_one_weak_word_is_never_sure() -> None:
    for title, content in (("", "旁边有违建"), ("", "门口有油烟"), ("违建", ""), ("", "建议")):
        found = index().categories(title, content)
        assert all(s.confidence < 0.5 for s in found), (title, content, found[:1])


def test_the_title_counts_double() -> None:
    in_title = index().categories("共享单车", "请处理")[0]
    in_content = index().categories("请处理", "共享单车")[0]
    assert in_title.code == in_content.code == "C0107"
    assert in_title.confidence > in_content.confidence


def test_a_keyword_in_parts_counts_for_less_than_whole() -> None:
    whole = index().categories("", "公园垃圾")[0]
    parts = index().categories("", "公园的草坪上有很多垃圾")
    found = next(s for s in parts if s.code == whole.code)
    assert 0 < found.confidence < whole.confidence


def test_parts_in_different_clauses_are_not_a_keyword() -> None:
    found = index().categories("", "我去公园。回来看见家门口有垃圾")
    assert "G0102" not in {s.code for s in found}


def test_thanks_in_passing_do_not_make_it_praise() -> None:
    found = index().categories("路边烧烤摊烟很大", "每晚有人烤串,请处理,感谢,建议多巡查")
    assert found[0].code == "C0106"


@pytest.mark.parametrize(
    ("title", "content", "door"),
    [
        ("公司拖欠工资", "单位不交社保,农民工工资三个月没发。", "LABOUR"),
        ("孩子上学的学区", "咨询今年小学招生和入学条件。", "EDUCATION"),
        ("地铁站公交线路调整", "公交车改线以后换乘不便。", "TRANSPORT"),
        ("医保报销比例", "住院后医院说医保不报。", "HEALTH"),
    ],
)
def test_what_is_not_ours_finds_its_door(title: str, content: str, door: str) -> None:
    sorted_ = index().sort(title, content)
    assert not sorted_.inside
    assert sorted_.door is not None
    assert sorted_.door.code == door
    assert sorted_.reasons


def test_a_home_named_in_passing_does_not_send_the_citizen_away() -> None:
    sorted_ = index().sort("小区楼下流动摊贩占道经营", "业主和物业都反映过,每晚摆摊。")
    assert sorted_.inside
    assert sorted_.category is not None
    assert sorted_.category.code == "C0101"


def test_nothing_said_is_nothing_suggested() -> None:
    for title, content in (("", ""), ("。。。", "\n"), ("abc", "def"), ("😀" * 10, "𠀀")):
        sorted_ = index().sort(title, content)
        assert sorted_.category is None
        assert sorted_.door is None
        assert sorted_.confidence == 0


def test_all_confidences_are_ratios() -> None:
    every_word = "".join(k for t in index().leaves.values() for k in t.keywords)
    for s in index().categories(every_word, every_word) + index().door(every_word, every_word):
        assert 0 <= s.confidence <= 1


def test_urgent_words_go_before_the_leafs_own_urgency() -> None:
    assert urgency("大树倒伏压住电线", "一般") == ("紧急", ("倒伏",))
    assert urgency("树枝太低", "较急") == ("较急", ())


def test_likeness() -> None:
    assert likeness("青禾路口夜排档占道", "青禾路口夜排档占道") == 1
    assert likeness("青禾路口夜排档占道", "青禾路口的夜排档又占道了") > 0.4
    assert likeness("青禾路口夜排档占道", "公厕没有纸") == 0
    assert likeness("", "青禾路口") == 0
