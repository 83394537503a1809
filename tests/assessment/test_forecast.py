"""Nine months of ten end in the interval, over simulated months of which nobody knew the end."""

import datetime as dt
import random
from collections import Counter

import pytest

from suqiu.assessment.shadow import forecast, rules, upstream
from suqiu.assessment.shadow.forecast import Known, Past, guess, stretches

(TOWN,) = [one for one in upstream.shipped() if one.id == "sh-town-2018"]
SHARES = {
    "contact": {"yes": 0.75, "no": 0.1, "unasked": 0.15},
    "solve": {"solved": 0.7, "explained": 0.25, "unsolved": 0.05},
    "satisfaction": {"满意": 0.5, "基本满意": 0.2, "一般": 0.1, "不满意": 0.08, "": 0.12},
}


def test_stretches_are_as_long_as_what_is_left_on_the_same_weekdays() -> None:
    today, end = dt.date(2026, 9, 18), dt.date(2026, 10, 1)
    found = stretches(today, end, dt.date(2026, 7, 1))
    assert [start for start, _end in found] == [
        today - dt.timedelta(days=14 * i) for i in (1, 2, 3, 4, 5)
    ]
    for start, after in found:
        assert (after - start).days == 13 and start.weekday() == today.weekday()
        assert after <= today  # nothing of it is still to come
    assert stretches(end, end, dt.date(2026, 1, 1)) == []
    assert stretches(today, end, dt.date(2026, 9, 10)) == []


def _answers(n: int, chance: random.Random, drift: float) -> dict[str, Counter[str]]:
    found = {}
    for code, shares in SHARES.items():
        weights = [p * max(0.05, 1 + drift * chance.gauss(0, 1)) for p in shares.values()]
        found[code] = Counter(chance.choices(list(shares), weights, k=n))
    return found


def _past(size: float, chance: random.Random, drift: float) -> Past:
    due = max(0, round(size * chance.uniform(0.8, 1.2)))
    ended = sum(chance.random() < 0.8 for _i in range(due))
    others = sum(chance.random() < 0.5 for _i in range(round(2 * size)))
    return Past(due, ended, others, others, _answers(ended + others, chance, drift))


def _month(size: float, chance: random.Random, drift: float) -> tuple[Known, float]:
    """What is known in mid-month, and the score with which the month then ended."""
    past = [_past(size, chance, drift) for _i in range(6)]
    before, rest = _past(size, chance, drift), _past(size, chance, drift)
    known = Known(before.answers, 10, rest.due, past)
    whole = {code: Counter(before.answers[code]) + Counter(rest.answers[code]) for code in SHARES}
    points = 5.0  # the whole house: its share of itself
    for measure in TOWN.rated:
        counted = whole[measure.id]
        n = sum(counted[answer] for answer in measure.weights)
        top = sum(counted[answer] * weight for answer, weight in measure.weights.items())
        points += rules.points(measure, top / n if n else None)
    return known, points


@pytest.mark.parametrize(("size", "drift"), [(6, 0.0), (40, 0.0), (300, 0.0), (40, 0.2)])
def test_nine_of_ten_months_end_in_the_interval(size: float, drift: float) -> None:
    chance, months, inside, beside = random.Random(size), 240, 0, 0.0
    for _i in range(months):
        known, came = _month(size, chance, drift)
        one = guess(TOWN, known, known)[""]
        assert one.low <= one.middle <= one.high
        inside += one.low <= came <= one.high
        beside += came - one.middle
    # 240 months of a true 90 % lie between 0.85 and 0.95 in all but one of a hundred tries; that it
    # is somewhat wider than it says may be, that it is narrower may not.
    assert 0.85 <= inside / months <= 0.98
    assert abs(beside / months) < 1.0


def test_the_nearer_the_end_the_narrower_and_at_the_end_it_is_what_was() -> None:
    chance = random.Random(7)
    known, _came = _month(40, chance, 0.0)
    wide = guess(TOWN, known, known)[""]
    short = [Past(p.due // 8, p.ended // 8, p.others // 8, 0, p.answers) for p in known.past]
    near = Known({c: Counter({a: 9 * n for a, n in row.items()}) for c, row in known.answers.items()},
                 10, known.due // 8, short)  # fmt: skip
    close = guess(TOWN, near, near)[""]
    assert close.high - close.low < (wide.high - wide.low) / 2
    over = Known(known.answers, 10, 0, [Past(answers=known.past[0].answers)] * 4)
    last = guess(TOWN, over, over)[""]
    assert last.high - last.low < 0.5
    assert guess(TOWN, known, known) == guess(TOWN, known, known)


def test_a_district_with_hardly_any_past_leans_on_the_house() -> None:
    chance = random.Random(3)
    house, _came = _month(300, chance, 0.0)
    few = Known({}, 0, 4, [Past(due=1, ended=1, answers={"contact": {"no": 1}})] * 2)
    found = guess(TOWN, few, house)
    assert found["contact"].middle > 0.3 and found["contact"].high - found["contact"].low > 0.3
    assert forecast.DRAWS >= 500
