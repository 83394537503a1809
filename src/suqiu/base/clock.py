"""The only clock. Moments are aware and in UTC; the trade's day is Asia/Shanghai."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

LOCAL = ZoneInfo("Asia/Shanghai")

_offset: dt.timedelta | None = None  # None: as the settings say
_fixed: dt.datetime | None = None


def now() -> dt.datetime:
    """The present moment, in UTC."""
    if _fixed is not None:
        return _fixed
    offset = dt.timedelta(seconds=settings.CLOCK_OFFSET) if _offset is None else _offset
    return dt.datetime.now(dt.UTC) + offset  # noqa: TID251 - this is the clock


def _refuse_in_production() -> None:
    if not settings.CLOCK_MOVABLE:
        raise RuntimeError("The clock does not move in production.")


def set_to(moment: dt.datetime | None) -> None:
    """Stand still at `moment` (demo and tests); None lets it run again."""
    global _fixed  # noqa: PLW0603 - one process, one clock
    _refuse_in_production()
    _fixed = moment


def shift(offset: dt.timedelta) -> None:
    """Run on, `offset` away from the machine's clock (a demo city lives in its own month)."""
    global _offset, _fixed  # noqa: PLW0603 - one process, one clock
    _refuse_in_production()
    _offset, _fixed = offset, None


def local(moment: dt.datetime) -> dt.datetime:
    """The moment on Shanghai's wall clock."""
    return moment.astimezone(LOCAL)


def today() -> dt.date:
    """The trade's present day."""
    return local(now()).date()


def midnight(day: dt.date) -> dt.datetime:
    """When the trade's day begins."""
    return dt.datetime.combine(day, dt.time(), LOCAL)


def end_of(day: dt.date) -> dt.datetime:
    """When the trade's day is over, in UTC."""
    return midnight(day + dt.timedelta(days=1)).astimezone(dt.UTC)
