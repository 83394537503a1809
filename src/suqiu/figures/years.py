"""Years of assessment, which need not begin in January. Pure."""

import datetime as dt


def assessment_year(day: dt.date, begins: int) -> int:
    """The year of assessment that this day is in, named after the year in which it ends: with
    `begins` 11 (November–October) 2 November 2025 is in 2026."""
    return day.year + 1 if 1 < begins <= day.month else day.year


def days_of_year(year: int, begins: int) -> tuple[dt.date, dt.date]:
    """The first day of this year of assessment, and of the next."""
    first = year - 1 if begins > 1 else year
    return dt.date(first, begins, 1), dt.date(first + 1, begins, 1)
