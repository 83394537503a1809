"""The only code that changes a case's state: the common step, and the clocks that turn with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.steps import actions as steps
from suqiu.supervision.cases import queries
from suqiu.supervision.cases.access import Situation, can, sees
from suqiu.supervision.cases.actions import clocks
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.states import ENDS, STARTS, VERBS, State, Verb

Step = steps.Step[Case, Situation]


def _stands(case: Case, by: Actor, _about: object) -> Situation | None:
    it = queries.situation(case, by)
    return it if sees(by, it) else None


LIFE = steps.Life("case", Case, VERBS, _stands, can, gettext_lazy("没有这件督办，或不归您看"))


@contextmanager
def advance(case: Case, verb: str, *, by: Actor, given: dict[str, Any]) -> Iterator[Step]:
    """Do `verb` on this case. Raises Missing, NotAllowed, WrongState or Invalid; a refusal or any
    fault leaves nothing behind."""
    row = VERBS[verb]
    with LIFE.advance(case, verb, by=by) as step:
        _require(row, given)
        yield step
        _turn(step, row)


def _require(row: Verb, given: dict[str, Any]) -> None:
    empty: tuple[object, ...] = (None, "", [], ())
    missing = [name for name in row.required if given.get(name) in empty]
    if missing:
        what = _("、").join(missing)
        raise Invalid(
            "required",
            _("%(label)s：还缺 %(what)s") % {"label": row.label, "what": what},
            missing=missing,
        )


def _turn(step: Step, row: Verb) -> None:
    """Clocks end with the verb, and begin with the state to which it leads."""
    case, after = step.row, step.then(step.row.state)
    clocks.stop(case, row.stops, step.at)
    if after in ENDS:
        case.ended_at = step.at
        clocks.end_all(case, step.at)
    if after != case.state and after in STARTS and not step.it.discipline:
        step.told.append(clocks.start(case, STARTS[State(after)], step.at))
    case.next_due = clocks.nearest(case)
    step.data = {"round": case.round, "level": case.level, **step.data}
    step.unit = case.unit_id
