"""Theirs and ours, order by order: the way between them leaves nothing over."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.assessment.shadow import rules, upstream
from suqiu.assessment.shadow.rules import Told, Volume
from suqiu.base.errors import Invalid
from suqiu.figures.rules import WHOLE

(TOWN,) = [one for one in upstream.shipped() if one.id == "sh-town-2018"]
BY_ID = {one.id: one for one in TOWN.measures}


def told(pk: int = 1, state: str = "closed", proven: bool | None = None, exempt: str = "",
         counts: dict[str, float] | None = None, **answers: str) -> Told:  # fmt: skip
    said = {"contact": "unasked", "result": "", "satisfaction": "", **answers}
    kept = {code: round(weight * WHOLE) for code, weight in (counts or {}).items()}
    return Told(pk, "310101", state, said, kept, proven, frozenset({exempt} - {""}))


def why(measure: str, **values: object) -> str:
    return rules.why(BY_ID[measure], told(**values), TOWN.leaves_out)  # type: ignore[arg-type]


def test_what_the_upstream_counts_is_as_its_board_counted_it() -> None:
    """The papers' definitions: yes/(yes+no); solved/(solved+explained); 1, 0.8, 0.6, 0; 5 + 30 + flat
    20 + 40."""
    orders = [
        told(1, contact="yes", result="solved", satisfaction="满意"),
        told(2, contact="yes", result="explained", satisfaction="基本满意"),
        told(3, contact="no", result="unsolved", satisfaction="不满意"),
        told(4, contact="unasked", result="solved"),
    ]
    made = {line.measure.id: line for line in rules.lines(TOWN, orders, Volume(4, 4, 8, 8))}
    assert made["contact"].value == pytest.approx(2 / 3) and made["contact"].n == 3
    assert made["solve"].value == pytest.approx(2 / 3) and made["solve"].n == 3
    assert made["satisfaction"].value == pytest.approx(1.8 / 3)
    assert made["volume"].value == 0.5
    score = rules.score(made.values())
    assert score == pytest.approx(5 * 0.5 + 30 * 2 / 3 + 20 + 40 * 0.6, abs=1e-4)


def test_nothing_ended_brings_nothing_and_breaks_nothing() -> None:
    made = rules.lines(TOWN, [], Volume())
    assert rules.score(made) == 0
    assert all(line.value is None for line in made)


@pytest.mark.parametrize(
    ("measure", "values", "reason"),
    [
        ("contact", {"contact": "yes", "counts": {"first_contact": 1}}, ""),
        ("contact", {"contact": "yes", "counts": {"first_contact": 0}}, "late"),
        ("contact", {"contact": "no", "counts": {"first_contact": 1}}, "tried"),
        ("contact", {"contact": "unasked", "counts": {"first_contact": 1}}, "unasked"),
        ("contact", {"contact": "yes", "counts": {}}, "uncounted"),
        ("contact", {"contact": "yes", "counts": {"first_contact:held": 1}}, "excluded"),
        ("contact", {"contact": "unasked", "counts": {}}, ""),
        ("solve", {"result": "solved", "counts": {"solved": 1}}, ""),
        ("solve", {"result": "solved", "counts": {"solved": 0}}, "unverified"),
        ("solve", {"result": "solved", "counts": {"solved": 0}, "proven": False}, "denied"),
        ("solve", {"result": "unsolved", "counts": {"solved": 0}}, "unscored"),
        ("solve", {"result": "explained", "counts": {"solved": 0}}, ""),
        ("satisfaction", {"satisfaction": "一般", "counts": {"satisfaction": 0.6}}, ""),
        ("satisfaction", {"satisfaction": "一般", "counts": {"satisfaction": 0.5}}, "weighed"),
        ("satisfaction", {"satisfaction": "满意", "counts": {"satisfaction:unreasonable": 1}},
         "excluded"),
        ("satisfaction", {"satisfaction": "满意", "counts": {"satisfaction": 1},
                          "exempt": "satisfaction"}, "exempted"),
        ("satisfaction", {"satisfaction": "一般", "counts": {"satisfaction:exempted_met": 0.6},
                          "exempt": "satisfaction"}, "exempted_met"),
        ("satisfaction", {"satisfaction": "满意", "counts": {"satisfaction:exempted_met": 0.6},
                          "exempt": "satisfaction"}, ""),
        ("satisfaction", {"state": "void", "satisfaction": "满意", "counts": {"satisfaction": 1}},
         "left_out"),
    ],
)  # fmt: skip
def test_each_difference_has_its_reason(
    measure: str, values: dict[str, object], reason: str
) -> None:
    assert why(measure, **values) == reason


ANSWERS = {
    "contact": ("yes", "no", "unasked"),
    "result": ("solved", "explained", "unsolved", ""),
    "satisfaction": ("满意", "基本满意", "一般", "不满意", ""),
}
KEPT = st.sampled_from([0, 600_000, 800_000, WHOLE])


@st.composite
def orders(draw: st.DrawFn) -> list[Told]:
    found = []
    for pk in range(1, 1 + draw(st.integers(0, 12))):
        answers = {asks: draw(st.sampled_from(some)) for asks, some in ANSWERS.items()}
        counts: dict[str, int] = {}
        for code in ("first_contact", "solved", "satisfaction"):
            kind = draw(st.sampled_from(["counts", "left", "not"]))
            if kind != "not":
                counts[code if kind == "counts" else f"{code}:held"] = draw(KEPT)
        out = draw(st.sampled_from([frozenset(), frozenset({"solved"})]))
        state = draw(st.sampled_from(["closed", "void"]))
        proven = draw(st.sampled_from([True, False, None]))
        found.append(Told(pk, "310101", state, answers, counts, proven, out))
    return found


@given(orders(), st.floats(0, 100))
def test_the_way_from_ours_ends_at_theirs_and_each_order_has_one_reason(
    some: list[Told], ours: float
) -> None:
    made = rules.lines(TOWN, some, Volume(3, 3, 9, 9))
    for line in made:
        if line.measure.asks == "volume":
            continue
        at = (line.ours or 0.0) + sum(step.change for step in line.steps)
        assert at == pytest.approx(line.value or 0.0, abs=1e-6)
        ids = [pk for step in line.steps for pk in step.ids]
        assert len(ids) == len(set(ids)) == line.moved
        apart = {t.id for t in some if rules.there(line.measure, t, TOWN.leaves_out)
                 != rules.here(line.measure, t)[1]}  # fmt: skip
        assert set(ids) == apart
        assert all(step.why in rules.WHY for step in line.steps)
    spans = rules.bridge(ours, made)
    assert ours + sum(span.change for span in spans) == pytest.approx(rules.score(made), abs=1e-3)
    assert spans[-1].after == pytest.approx(rules.score(made), abs=1e-3)


def test_definitions_that_do_not_hold_together_are_refused_with_their_line() -> None:
    good = upstream.written(TOWN)
    assert upstream.read(good) == TOWN
    for bad, where in (
        (good.replace("ours: solved", "ours: nothing"), "nothing"),
        (good.replace("id: solve", "id: contact"), "写了两次：contact"),
        (good.replace("explained: 0.0", "explained: 2.0"), "weights.explained：不能大于 1"),
        (good.replace("explained: 0.0", "guessed: 0.0"), "guessed"),
        (good.replace("version: 1", "version: 0"), "version"),
        ("a: [", ""),
    ):
        assert bad != good
        with pytest.raises(Invalid) as refused:
            upstream.read(bad)
        assert refused.value.code == "shadow.upstream" and refused.value.data["line"] >= 1
        assert where == "version" or where in refused.value.message
    assert TOWN.since == dt.date(2018, 1, 1) and TOWN.confidence == "推定"
