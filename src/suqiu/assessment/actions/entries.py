"""Other work, entered with evidence and confirmed by another hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries
from suqiu.assessment.access import Standing
from suqiu.assessment.models import Entry
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid


def enter(
    *, subject: str, day: dt.date, work: str, points: float, words: str, expert: str = "", by: Actor
) -> Entry:
    """Raises Invalid for work that the scheme does not know or points beyond its bounds."""
    if day > clock.today():
        raise Invalid("assessment.day", _("这一天还没有到"), field="day")
    known = queries.body(queries.scheme_on(day)).works
    if work not in known:
        raise Invalid("assessment.work", _("考核办法里没有这一项"), field="work")
    if not known[work].least <= points <= known[work].most:
        bounds = {"least": known[work].least, "most": known[work].most}
        raise Invalid(
            "assessment.points", _("这一项每笔 %(least)s 到 %(most)s 分") % bounds, field="points"
        )
    evidence = actions.said(words)
    it = Standing("entry", own=queries.units_of(subject), since=day)
    with transaction.atomic():
        row: Entry = actions.make(
            Entry, "enter", it, by=by,
            values={"subject": subject, "day": day, "work": work, "points": points,
                    "words": evidence, "expert": expert.strip()[:64]},
            data={"subject": subject, "day": day.isoformat(), "work": work, "points": points,
                  "expert": bool(expert.strip())},
            words={"words": evidence},
        )  # fmt: skip
    return row


def confirm(pk: int, *, by: Actor) -> Entry:
    with actions.step("entry", pk, "confirm", by=by) as here:
        here.data |= {"subject": here.row.subject, "points": here.row.points}
    return here.row  # type: ignore[no-any-return]


def refuse(pk: int, *, words: str, by: Actor) -> Entry:
    with actions.step("entry", pk, "refuse", by=by) as here:
        here.words["words"] = actions.said(words)
    return here.row  # type: ignore[no-any-return]
