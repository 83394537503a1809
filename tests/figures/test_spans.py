"""A period of days as the fewest spans: nothing is left out, doubled, or rounded."""

import datetime as dt
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from suqiu.figures.spans import DAY, DEKAD, MONTH, parts, spans_of

days = st.dates(dt.date(2012, 1, 1), dt.date(2029, 12, 31))


def held(span: str, first: dt.date) -> list[dt.date]:
    """The days of a span, by asking each day of three months whether it is in it."""
    near = (first + dt.timedelta(days=n) for n in range(-40, 41))
    return [day for day in near if (span, first) in spans_of(day)]


@given(days, st.integers(0, 800))
def test_the_parts_of_a_period_hold_each_of_its_days_once(first: dt.date, length: int) -> None:
    after = first + dt.timedelta(days=length)
    found = Counter[dt.date]()
    for sign, *span in parts(first, after):
        found.update(dict.fromkeys(held(*span), sign))
    wanted = [first + dt.timedelta(days=n) for n in range(length)]
    assert {day: n for day, n in found.items() if n} == dict.fromkeys(wanted, 1)
    assert list(parts(first, after, whole_days=True)) == [(1, DAY, day) for day in wanted]


@given(days, st.integers(0, 800))
def test_a_period_is_read_from_few_rows(first: dt.date, length: int) -> None:
    after = first + dt.timedelta(days=length)
    assert len(list(parts(first, after))) <= length // 28 + 16


def test_what_a_period_is_made_of() -> None:
    february = dt.date(2028, 2, 1)
    assert list(parts(february, dt.date(2028, 3, 1))) == [(1, MONTH, february)]
    assert list(parts(dt.date(2028, 1, 31), dt.date(2028, 2, 20))) == [
        (1, DAY, dt.date(2028, 1, 31)),
        (1, DEKAD, february),
        (1, DEKAD, dt.date(2028, 2, 11)),
        (-1, DAY, dt.date(2028, 2, 20)),
    ]
