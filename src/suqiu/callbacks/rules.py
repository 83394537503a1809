"""When attempts are enough, and what an answer amounts to. Pure."""

import datetime as dt
from collections.abc import Sequence


def exhausted(missed: Sequence[dt.date], *, attempts: int, min_days: int) -> bool:
    """Has the citizen been tried often enough, on enough different local days, and not reached?"""
    return len(missed) >= attempts and len(set(missed)) >= min_days
