"""A report's sentences from planted figures: what is said, and what must not be said."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suqiu.base.errors import Invalid
from suqiu.reports import rules, templates
from suqiu.reports.actions import SHIPPED
from suqiu.reports.models import KINDS
from tests.reports.golden import FIGURES, GOLDEN


def district(name: str, top: float, n: int) -> dict[str, Any]:
    part = {"top": top, "n": n}
    return {
        "code": name,
        "name": name,
        "closed": n,
        "timely": part,
        "satisfaction": part,
        "solved": part,
    }


def having(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(FIGURES), **changes}


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_written_as_it_was(kind: str) -> None:
    body = templates.read((SHIPPED / f"{kind}-2026.yaml").read_text("utf-8"))
    said = []
    for section in body.sections:
        said += [f"# {section.heading}", *rules.written(section, FIGURES)]
        if section.table:
            table = rules.table(section.table, FIGURES)
            said += [" | ".join(row) for row in [table["head"], *table["rows"]]]
    assert "\n".join(said) + "\n" == (GOLDEN / f"{kind}.txt").read_text("utf-8")


def test_the_articles_growth() -> None:
    volume = {"now": 149, "period": 0, "year": 99, "closed": 140}
    said = rules.volume(having(volume=volume))
    assert "增长 50.5%（99 件）" in said and "无可比数" in said


def test_where_nothing_is_to_compare_with_text_table_and_workbook_say_so() -> None:
    rows = [{**row, "before": 0} for row in FIGURES["composition"]]
    nothing = having(volume={**FIGURES["volume"], "period": 0}, composition=rows)
    assert "上一期无可比数" in rules.volume(nothing)
    table = rules.table("composition", nothing)
    assert table["head"][3] == "上一期（无可比数）" and {row[3] for row in table["rows"]} == {"—"}
    assert rules.numeric(table)[3]
    # Something came then, of this leaf nothing: that is a figure.
    table = rules.table("composition", having(composition=rows))
    assert table["head"][3] == "上一期" and {row[3] for row in table["rows"]} == {"0"}


def test_chance_is_called_chance() -> None:
    # 90 of 100 against 85 of 100 may be chance; 900 of 1000 against 850 of 1000 is not.
    assert not rules.surely_apart({"top": 90, "n": 100}, {"top": 85, "n": 100})
    assert rules.surely_apart({"top": 900, "n": 1000}, {"top": 850, "n": 1000})


def test_the_best_of_sixteen_needs_more_than_the_best_of_two() -> None:
    a, b = {"top": 95, "n": 100}, {"top": 85, "n": 100}
    assert rules.surely_apart(a, b) and not rules.surely_apart(a, b, pairs=120)


def test_nobody_is_ranked_under_thirty() -> None:
    rows = [district("甲区", 29, 29), district("乙区", 28, 40), district("丙区", 1, 29)]
    said = rules.districts(having(districts=rows))
    assert "不排名" in said and "甲区" not in said and "丙区" not in said
    rows.append(district("丁区", 39, 40))
    said = rules.districts(having(districts=rows))
    assert "最高的是丁区 97.5%（39/40）" in said and "最低的是乙区 70.0%（28/40）" in said
    assert "超出偶然波动" in said and "另有 2 个区不足 30 件" in said
    table = rules.table("districts", having(districts=rows))
    assert table["rows"][0] == ["甲区", "29", "n=29", "n=29", "n=29"]


def test_under_thirty_no_rise_is_told() -> None:
    few = [{**row, "n": 29, "top": 20} for row in FIGURES["before"]]
    said = rules.moves(having(before=few))
    assert "不作比较" in said and "上升" not in said and "下降" not in said


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # two shared cores
@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 500), st.integers(1, 500))
def test_the_test_of_chance_is_symmetric_and_never_breaks(a: int, n: int, b: int, m: int) -> None:
    one, two = {"top": min(a, n), "n": n}, {"top": min(b, m), "n": m}
    assert rules.surely_apart(one, two) == rules.surely_apart(two, one)
    if min(n, m) < 30:
        assert not rules.surely_apart(one, two)


def test_a_difference_is_named_where_it_is() -> None:
    other = copy.deepcopy(FIGURES)
    assert rules.differences(FIGURES, other) == []
    other["rates"][0]["n"] += 1
    assert rules.differences(FIGURES, other) == ["rates.timely.n: 412 → 413"]


@pytest.mark.parametrize(
    ("wrong", "line"),
    [("parts: [volume, composition]", 14), ("table: rates", 18), ("kind: monthly", 5)],
)
def test_a_template_is_refused_with_its_line(wrong: str, line: int) -> None:
    text = (SHIPPED / "monthly-2026.yaml").read_text("utf-8")
    key, _, _value = wrong.partition(": ")
    with pytest.raises(Invalid) as refused:
        templates.read(text.replace(wrong, f"{key}: nonsense"), "monthly.yaml")
    assert refused.value.data["line"] == line and "monthly.yaml" in refused.value.message


def test_a_column_with_a_word_in_it_is_no_column_of_figures() -> None:
    kinds = {
        name: rules.numeric(rules.table(name, FIGURES))
        for name in ("rates", "districts", "composition", "hot")
    }
    assert kinds["hot"] == [False, False, True, True]
    assert kinds["rates"] == [False, *[True] * 5, False] and kinds["districts"] == [
        False,
        *[True] * 4,
    ]
    assert kinds["composition"] == [False, True, True, True]


def unit(code: str, solved: tuple[int, int], timely: tuple[int, int] = (90, 100)) -> dict[str, Any]:
    parts = {"solved": solved, "timely": timely}
    return {
        "code": code, "name": f"{code}中队", **{m: {"top": t, "n": n} for m, (t, n) in parts.items()}
    }  # fmt: skip


def verdicts(*units: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(r["code"], r["measure"]): r["verdict"] for r in rules.named({"units": list(units)})}


def test_a_circular_names_only_who_stands_out_by_more_than_chance() -> None:
    crowd = [unit(c, (80, 100)) for c in "abcd"]
    assert verdicts(*crowd) == {}
    assert verdicts(*crowd, unit("e", (99, 100))) == {("e", "solved"): "表扬"}
    assert verdicts(*crowd, unit("e", (50, 100))) == {("e", "solved"): "批评"}
    # As far away, and by chance: the same shares of fewer orders.
    assert verdicts(*crowd, unit("e", (39, 40), (36, 40))) == {}
    assert verdicts(*crowd, unit("e", (29, 29), (29, 29))) == {}, "nobody under thirty"


def test_more_comparisons_ask_for_more() -> None:
    few = [unit(c, (800, 1000)) for c in "ab"]
    many = [unit(f"{n:02}", (160, 200)) for n in range(40)]
    edge = unit("z", (92, 100))
    assert ("z", "solved") in verdicts(*few, edge) and ("z", "solved") not in verdicts(*many, edge)


def test_good_in_one_and_bad_in_another_is_not_praised() -> None:
    crowd = [unit(c, (80, 100)) for c in "abcd"]
    assert verdicts(*crowd, unit("e", (99, 100), (40, 100))) == {("e", "timely"): "批评"}


def test_a_circular_without_anybody_to_name_says_so() -> None:
    bare = having(units=[])
    assert "不作通报表扬" in rules.praise(bare) and "不作通报批评" in rules.criticism(bare)
    assert rules.table("named", bare)["rows"] == []
    old = {k: v for k, v in bare.items() if k not in {"units", "lasting", "outside"}}
    assert "没有" in rules.praise(old) and "没有" in rules.lasting(old)
    assert "没有在任" in rules.PARTS["outside"](old)


def test_a_unit_is_measured_against_the_others_without_itself() -> None:
    row = rules.named({"units": [unit("a", (80, 100)), unit("b", (20, 100)), unit("c", (80, 100))]})
    assert {r["code"]: r["rest"] for r in row if r["code"] == "b"} == {"b": {"top": 160, "n": 200}}


def test_every_rate_says_how_it_is_weighed_and_over_how_many() -> None:
    figures = copy.deepcopy(FIGURES)
    for row in figures["rates"]:
        if row["code"] == "timely":
            row["weighting"], row["met"] = "按时 1、迟一天以内 0.5", 4
    said = rules.PARTS["basis"](figures)
    assert "及时率 n=412，按时 1、迟一天以内 0.5；" in said, (
        "whichever is weighed, not one by its name"
    )
    assert "满意率 n=300，满意 1、基本满意 0.8；" in said and "实际解决率 n=29，每件计 1" in said
    assert "及时率申诉免计 4 件，按达标计" in said
    assert "申诉免计" not in rules.PARTS["basis"](FIGURES)
