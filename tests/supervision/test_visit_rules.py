"""Where to go, in which order, and what was seen of the city: pure, so tried on anything."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from suqiu.orders.places import Place, metres
from suqiu.policy.visits import VisitsSpec
from suqiu.supervision.visits.rules import (
    Heat,
    Street,
    coverage,
    district,
    is_covered,
    met_kinds,
    propose,
    route,
)

TODAY = dt.date(2026, 9, 14)
SPEC = VisitsSpec()


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@st.composite
def cities(draw: st.DrawFn) -> list[Street]:
    n = draw(st.integers(0, 12))
    return [
        Street(
            pk,
            f"S{draw(st.integers(0, 99)):02d}-{pk}",
            draw(st.sampled_from(["A", "B", "C"])),
            draw(st.none() | st.integers(0, 200).map(ago)),
        )
        for pk in range(n)
    ]


heats = st.lists(
    st.builds(
        Heat, st.integers(0, 14), st.sampled_from(["C0101", "G0201"]), st.just(9), st.just(2.0)
    ),
    max_size=8,
)
specs = st.tuples(st.integers(1, 6), st.integers(0, 6), st.integers(0, 60)).map(
    lambda t: VisitsSpec(stops=t[0], hot_stops=min(t[0], t[1]), rest_days=t[2])
)


def test_a_hot_street_goes_first_and_then_whoever_waits_longest() -> None:
    streets = [
        Street(1, "S1", "A", ago(200)), Street(2, "S2", "A"), Street(3, "S3", "A", ago(30)),
        Street(4, "S4", "A", ago(3)),
    ]  # fmt: skip
    found = propose(streets, [Heat(4, "C0101", 9, 2), Heat(3, "C0101", 8, 2)], TODAY, SPEC)
    # The hottest was visited three days ago: it rests, however hot.
    assert [(one.street.pk, one.why) for one in found] == [
        (3, "hot"), (2, "unvisited"), (1, "unvisited"),
    ]  # fmt: skip


@given(cities(), heats, specs)
def test_what_is_proposed_holds_together(
    streets: list[Street], warm: list[Heat], spec: VisitsSpec
) -> None:
    found = propose(streets, warm, TODAY, spec)
    ids = [one.street.pk for one in found]
    ready = [s for s in streets if not is_covered(s, TODAY, spec.rest_days)]
    assert len(ids) == len(set(ids)) == min(spec.stops, len(ready))
    assert set(ids) <= {s.pk for s in ready}
    assert sum(one.why == "hot" for one in found) <= spec.hot_stops
    assert all(one.heat is None or one.heat.street == one.street.pk for one in found)
    # Nobody is passed over who has waited longer than one who goes for that reason.
    quiet = [one.street for one in found if one.why == "unvisited"]
    left = [s for s in ready if s.pk not in ids]
    assert all((a.last or dt.date.min) <= (b.last or dt.date.min) for a in quiet for b in left)


@given(cities(), heats)
def test_the_district_is_one_that_there_is_and_asks_for_it(
    streets: list[Street], warm: list[Heat]
) -> None:
    chosen = district(streets, warm, TODAY, SPEC)
    assert (chosen in {s.region for s in streets}) if streets else chosen == ""
    ready = {s.pk: s for s in streets if not is_covered(s, TODAY, SPEC.rest_days)}
    if ready:  # and there is somewhere to go
        assert propose([s for s in streets if s.region == chosen], warm, TODAY, SPEC)
    first = next((h for h in warm if h.street in ready), None)
    if first:
        assert chosen == ready[first.street].region


@given(cities(), st.integers(1, 300))
def test_coverage_counts_every_street_once(streets: list[Street], days: int) -> None:
    found = coverage(streets, TODAY, days)
    assert sum(one.of for one in found.values()) == len(streets)
    for code, one in found.items():
        assert one.visited + len(one.unvisited) == one.of and 0 <= one.share <= 1
        assert {s.region for s in one.unvisited} <= {code}
        days_of = [s.last or dt.date.min for s in one.unvisited]
        assert days_of == sorted(days_of)


@given(cities(), st.integers(1, 200))
def test_more_days_never_cover_less(streets: list[Street], days: int) -> None:
    few, many = coverage(streets, TODAY, days), coverage(streets, TODAY, days + 1)
    assert all(few[code].visited <= many[code].visited for code in few)


points = st.none() | st.builds(Place, st.floats(121, 122), st.floats(30.5, 31.5))


@given(st.dictionaries(st.integers(0, 30), points, max_size=9))
def test_the_way_leads_to_each_once_and_always_to_the_nearest(
    places: dict[int, Place | None],
) -> None:
    codes = {pk: f"{pk:02d}" for pk in places}
    way, how = route(places, codes)
    assert sorted(way) == sorted(places)
    placed = [(pk, place) for pk in way if (place := places[pk]) is not None]
    if len(placed) < 2:
        assert how == "code" and way == sorted(places)
        return
    assert how == ("near" if len(placed) == len(places) else "both")
    assert [pk for pk in way if places[pk] is None] == way[len(placed) :]
    for n, (_pk, here) in enumerate(placed[:-1]):
        far = [metres(here, place) for _other, place in placed[n + 1 :]]
        assert far[0] == min(far)


def test_a_day_counts_to_its_end() -> None:
    assert is_covered(Street(1, "S", "A", TODAY), TODAY, 1)
    assert not is_covered(Street(1, "S", "A", ago(1)), TODAY, 1)
    assert not is_covered(Street(1, "S", "A", TODAY), TODAY, 0)  # no rest at all


def test_whom_one_meets_is_a_kind_and_no_name() -> None:
    assert {"street", "committee", "residents"} <= set(met_kinds())
