"""How moments are said on public pages."""

import datetime as dt

from django.utils.translation import gettext as _

from suqiu.base import clock
from suqiu.calendars.rules import WEEKDAYS


def moment(value: dt.datetime | None) -> str:
    """9月24日 周四 14:32; the end of a day is its own 24:00."""
    if value is None:
        return "—"
    at = clock.local(value)
    time = f"{at:%H:%M}"
    if (at.hour, at.minute) == (0, 0):
        at, time = at - dt.timedelta(minutes=1), "24:00"
    return _("%(month)d月%(day)d日 %(weekday)s %(time)s") % {
        "month": at.month,
        "day": at.day,
        "weekday": WEEKDAYS[at.weekday()],
        "time": time,
    }


def left(until: dt.datetime | None) -> str:
    """还有 1 天 3 小时; "" once it has passed."""
    if until is None or until <= clock.now():
        return ""
    minutes = int((until - clock.now()).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("还有 %(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    return _("还有 %(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": rest}
