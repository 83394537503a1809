"""What a request names as a key: no text and no number of any length reaches the database as one."""

import pytest

from suqiu.base.bounds import key_in


@pytest.mark.parametrize("told", ["", "-1", "1.5", "x", "1 ", "²", "9" * 19, "9" * 5000])
def test_what_can_be_no_key_is_the_one_that_no_row_has(told: str) -> None:
    assert key_in(told) == 0


@pytest.mark.parametrize("told", ["1", "0012", "9" * 18])
def test_a_key_is_read_as_it_is(told: str) -> None:
    assert key_in(told) == int(told) < 2**63
