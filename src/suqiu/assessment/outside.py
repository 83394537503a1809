"""A sheet of assessment as one from outside may read it: the scores, and nothing beside them."""

import datetime as dt

from django.utils.translation import gettext as _

from suqiu.assessment import queries
from suqiu.assessment.models import Sheet
from suqiu.assessment.states import LABELS
from suqiu.base.bounds import key_in
from suqiu.base.errors import Missing
from suqiu.orders.queries import visible_to
from suqiu.organisations.models import Unit
from suqiu.supervision.external.things import Section, Thing


def of_sheet(key: str) -> Thing:
    """The sheet of this key, the units that it scores being those that it is about. Raises Missing."""
    row = Sheet.objects.filter(pk=key_in(key)).first()
    if row is None:
        raise Missing("missing", _("没有这张考核表，或不归您看"))
    subjects = [one["subject"] for one in row.rows]
    units = [int(s.removeprefix("unit:")) for s in subjects if s.startswith("unit:")]
    regions = [s.removeprefix("region:") for s in subjects if s.startswith("region:")]
    hubs = Unit.objects.filter(kind="hub", region__in=regions).values_list("pk", flat=True)
    there = frozenset({*units, *hubs})
    return Thing(
        kind="sheet",
        key=str(row.pk),
        title=_("考核表 %(of)s") % {"of": queries.name_of((row.start, row.end))},
        pack=0,
        sections=lambda: _sections(row),
        orders=visible_to(queries.BY).none(),
        units=there,
        owing=there,
        hands=frozenset(row.hands),
        since=row.start,
        shut=row.state == "dropped",
    )


def _sections(row: Sheet) -> list[Section]:
    last = row.end - dt.timedelta(days=1)
    head = [f"{row.start:%Y-%m-%d} – {last:%Y-%m-%d} · {LABELS[row.state]}"]
    named = queries.names(one["subject"] for one in row.rows)
    rows = sorted(row.rows, key=lambda r: str(r["subject"]))
    called = [(named.get(one["subject"], one["subject"]), one["value"]) for one in rows]
    lines = [f"{name}{_('：')}{value:.2f}" for name, value in called if value is not None]
    # They are most of the house: a line of each buried the scores.
    none = [name for name, value in called if value is None]
    left = [(_("件数不足，不评分：%d 家") % len(none), [_("、").join(none)])] if none else []
    return [(_("考核表"), head), (_("得分"), lines), *left]
