"""The sheet of a month or a year: drawn, reviewed, frozen. What is frozen is never changed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from suqiu.assessment import actions, queries, rules
from suqiu.assessment.access import Standing
from suqiu.assessment.models import Sheet
from suqiu.assessment.queries import Period
from suqiu.audit import queries as audit
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid, WrongState


def draw(span: Period, *, by: Actor) -> Sheet:
    """Scores of the period as they are now. Raises Invalid before it is over, WrongState if there is
    one already."""
    if span[1] > clock.today():
        raise Invalid("assessment.over", _("这一期还没有结束"), field="of")
    scheme = queries.scheme_on(span[1] - dt.timedelta(days=1))
    with transaction.atomic():
        actions.one_by_one()
        if Sheet.objects.filter(start=span[0], end=span[1]).exclude(state="dropped").exists():
            raise WrongState("assessment.sheet", _("这一期已经出过考核表"))
        position = audit.position()
        rows = queries.all_rows(queries.body(scheme), span)
        mark = rules.digest(scheme.body, rows)
        row: Sheet = actions.make(
            Sheet, "draw", Standing("sheet"), by=by,
            values={"start": span[0], "end": span[1], "scheme": scheme, "rows": rows,
                    "digest": mark, "position": position},
            data={"start": span[0].isoformat(), "end": span[1].isoformat(), "digest": mark,
                  "scheme": scheme.version, "position": position},
        )  # fmt: skip
    return row


def review(pk: int, *, by: Actor) -> Sheet:
    with actions.step("sheet", pk, "review", by=by) as here:
        here.data["digest"] = here.row.digest
    return here.row  # type: ignore[no-any-return]


def freeze(pk: int, *, by: Actor) -> Sheet:
    """What was reviewed is what is frozen: rows that do not fit their fingerprint stop it."""
    with actions.step("sheet", pk, "freeze", by=by) as here:
        if rules.digest(here.row.scheme.body, here.row.rows) != here.row.digest:
            raise WrongState("assessment.digest", _("考核表和出表时的指纹不符，请作废重出"))
        here.data |= {"digest": here.row.digest, "position": here.row.position}
    return here.row  # type: ignore[no-any-return]


def drop(pk: int, *, words: str, by: Actor) -> Sheet:
    with actions.step("sheet", pk, "drop", by=by) as here:
        here.words["words"] = actions.said(words)
    return here.row  # type: ignore[no-any-return]
