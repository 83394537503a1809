"""Where a verb leads: by the table, or by what was found, never anywhere else."""

from typing import Any

import pytest

from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.steps.actions import Step
from suqiu.steps.states import Verb


def step(to: str | tuple[str, ...] | None) -> Step[Any, None]:
    verb = Verb("look", "看", ("open",), to, ("inspector",), "")  # type: ignore[arg-type]
    return Step(None, verb, system("tests"), clock.now(), None)


def test_one_that_leads_nowhere_leaves_the_state() -> None:
    assert step(None).then("open") == "open"


def test_one_that_leads_to_one_state_leads_there() -> None:
    assert step("shut").then("open") == "shut"


def test_where_the_table_leaves_a_choice_the_first_is_the_rule() -> None:
    one = step(("shut", "open"))
    assert one.then("open") == "shut"
    one.to = "open"
    assert one.then("open") == "open"


@pytest.mark.parametrize("table", [None, "shut", ("shut", "void")])
def test_nothing_leads_where_the_table_does_not(table: str | tuple[str, ...] | None) -> None:
    one = step(table)
    one.to = "filed"
    with pytest.raises(RuntimeError, match="look does not lead to filed"):
        one.then("open")


def test_only_what_was_written_is_kept() -> None:
    one = step(None)
    one.say(seen=" 修好了 ", where="  ")
    assert one.words == {"seen": "修好了"}
