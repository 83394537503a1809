"""What a score is, and that nobody has a hand in his own."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.assessment import scheme as schemes
from suqiu.assessment.access import Standing, can
from suqiu.assessment.rules import Counted, digest, fallen, plain, ranks, score
from suqiu.assessment.states import FIRST, LABELS, VERBS, steps
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid

SCHEME = schemes.read(schemes.shipped())
COUNT = st.integers(0, 200).flatmap(
    lambda n: st.integers(0, n).flatmap(
        lambda top: st.builds(Counted, st.just(float(top)), st.just(n))
    )
)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_a_score_by_hand() -> None:
    counted = {
        "timely": Counted(90, 100),
        "satisfaction": Counted(35, 50),
        "solved": Counted(17, 20),  # too few: its 40 are shared by the others
    }
    made = score(SCHEME, "region:x", counted, [2, -0.5])
    by = {line.rate: line.points for line in made.lines}
    assert by["timely"] == pytest.approx(30 * 0.3 / 0.35, abs=1e-3)
    assert by["satisfaction"] == pytest.approx(15) and by["solved"] is None
    assert made.value == pytest.approx(100 * (30 * 0.3 / 0.35 + 15) / 60 + 1.5, abs=0.01)


def test_an_exemption_changes_the_adjusted_and_keeps_the_raw() -> None:
    before = score(SCHEME, "unit:1", {"timely": Counted(24, 32)})
    after = score(SCHEME, "unit:1", {"timely": Counted(24, 32, 0, 2)})
    assert after.raw == before.raw == before.value
    assert after.value is not None and before.value is not None and after.value > before.value
    # Exempting below the threshold leaves nothing to score, and does not flatter.
    assert score(SCHEME, "unit:1", {"timely": Counted(24, 32, 0, 3)}).value is None


@given(
    st.dictionaries(st.sampled_from(["timely", "satisfaction", "solved"]), COUNT),
    st.lists(st.floats(-9, 9)),
)
def test_a_score_stays_in_its_bounds(counted: dict[str, Counted], entered: list[float]) -> None:
    made = score(SCHEME, "region:x", counted, entered)
    scored = any(one.n >= SCHEME.least for one in counted.values())
    assert (made.value is not None) == scored
    if made.value is not None:
        assert -SCHEME.penalty <= made.value <= 100 + SCHEME.bonus


@given(st.lists(COUNT, max_size=6))
def test_places_are_shared_and_unscored_have_none(rows: list[Counted]) -> None:
    made = [score(SCHEME, f"unit:{n}", {"timely": one}) for n, one in enumerate(rows)]
    placed = ranks({one.subject: one.value for one in made})
    assert set(placed) == {one.subject for one in made if one.value is not None}
    for one in made:
        better = sum(
            other.value is not None and one.value is not None and other.value > one.value
            for other in made
        )
        assert placed.get(one.subject, better + 1) == better + 1


def test_a_drop_needs_both_sides_and_more_than_the_bound() -> None:
    assert fallen(90, 84.9, 5) and not fallen(90, 85, 5)
    assert not fallen(None, 10, 5) and not fallen(90, None, 5)


def test_the_fingerprint_tells_any_change() -> None:
    body = SCHEME.model_dump(mode="json")
    rows = plain([score(SCHEME, "unit:1", {"timely": Counted(24, 32)})])
    other = plain([score(SCHEME, "unit:1", {"timely": Counted(24, 33)})])
    assert digest(body, rows) == digest(
        schemes.read(schemes.written(SCHEME)).model_dump(mode="json"), rows
    )
    assert digest(body, rows) != digest(body, other)
    assert digest({**body, "least": 31}, rows) != digest(body, rows)


@pytest.mark.parametrize(
    ("change", "says"),
    [("rate: timely", "measures.0"), ("least: 30", "least"), ("full: 0.95", "measures.0")],
)
def test_what_is_wrong_with_a_scheme_is_said_with_its_place(change: str, says: str) -> None:
    text = schemes.shipped().replace(change, f"{change.partition(':')[0]}: -1", 1)
    with pytest.raises(Invalid) as wrong:
        schemes.read(text)
    assert says in wrong.value.message
    with pytest.raises(Invalid) as broken:
        schemes.read("a: [")
    assert broken.value.code == "assessment.scheme"


def test_every_state_is_reached_from_the_first_and_has_a_name() -> None:
    for what, first in FIRST.items():
        reached = {first}
        for _again in steps(what):
            reached |= {v.to for v in steps(what) if v.to and reached & set(v.at)}
        named = {s for v in VERBS.values() if v.what == what for s in (*v.at, v.to) if s}
        assert named == reached and named <= set(LABELS)


@given(
    st.lists(st.tuples(st.integers(1, 4), DAYS, DAYS), min_size=1, max_size=8),
    DAYS,
    st.frozensets(st.integers(1, 4), min_size=1),
    st.sampled_from([key for key, verb in VERBS.items() if not verb.own]),
)
def test_nobody_assesses_where_he_was(
    moves: list[tuple[int, dt.date, dt.date]],
    since: dt.date,
    own: frozenset[int],
    key: tuple[str, str],
) -> None:
    """Whatever sequence of posts brought him to the centre, he has no hand in a unit in which he was
    on the day that it is about, or later."""
    verb = VERBS[key]
    by = Actor(
        "person:1",
        frozenset((role, 9) for role in verb.roles),
        former=frozenset(("handler", unit, max(a, b)) for unit, a, b in moves),
    )
    it = Standing(verb.what, verb.at[0] if verb.at else "", ("person:2",), own, since)
    was = any(unit in own and max(a, b) >= since for unit, a, b in moves)
    answer = can(by, verb.name, it)
    if was:
        assert not answer
    elif not any(unit in own for unit, _a, _b in moves):
        assert answer


def test_one_hand_never_does_two_steps_that_watch_each_other() -> None:
    for verb in VERBS.values():
        if not verb.other:
            continue
        roles = frozenset((role, 9) for role in ("assessor", "inspector", "leader"))
        it = Standing(verb.what, verb.at[0], ("person:2", "person:1"))
        assert not can(Actor("person:1", roles), verb.name, it)
        assert can(Actor("person:3", roles), verb.name, it)
