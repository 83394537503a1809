"""The machine of own work can fail: a guard that is missing is found, by the name of the step."""

import re
from collections.abc import Callable

import pytest
from hypothesis.errors import Flaky

from suqiu.orders import guards
from suqiu.supervision.cases import access as cases
from suqiu.supervision.rechecks import actions as rechecking
from tests.city import City
from tests.supervision.test_own_work_machine import OwnWork, run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("guard", "name"),
    [("orders", "review|verify|rework|close"), ("rechecks", "recheck"), ("cases", "case_")],
)
def test_it_finds_the_guard_that_is_missing(
    scored: City, monkeypatch: pytest.MonkeyPatch, guard: str, name: str
) -> None:
    """Each guard taken away in turn: the machine names a step that somebody did on his own work."""
    OwnWork.city, OwnWork.tried, OwnWork.found = scored, set(), []
    nothing: dict[str, Callable[[], None]] = {
        "orders": lambda: monkeypatch.setitem(guards.GUARDS, "never_handled", lambda it, by: None),
        "rechecks": lambda: monkeypatch.setattr(rechecking, "has_handled", lambda *told: False),
        "cases": lambda: monkeypatch.setitem(cases.GUARDS, "independent", lambda it, by: None),
    }
    nothing[guard]()
    with pytest.raises((AssertionError, Flaky)):
        run(200, random=False)
    assert re.match(rf"({name})\w* on his own work", OwnWork.found[0]), OwnWork.found
