"""When attempts are enough, and what an answer amounts to. Pure."""

import datetime as dt
from collections.abc import Sequence


def exhausted(
    missed: Sequence[dt.date], *, attempts: int, min_days: int, has_phone: bool = True
) -> bool:
    """Has the citizen been tried often enough, on enough different local days, and not reached?

    Who left no telephone cannot be called again: one record says it all.
    """
    if not has_phone:
        return bool(missed)
    return len(missed) >= attempts and len(set(missed)) >= min_days
