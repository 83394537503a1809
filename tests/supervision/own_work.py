"""All that checks the work of others, each as one call, for `test_own_work_machine`."""

import datetime as dt
from collections.abc import Callable

from suqiu.assessment.actions import appeals, entries
from suqiu.assessment.models import Appeal, Entry
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.callbacks import actions as callbacks
from suqiu.orders.actions import verify
from suqiu.orders.models import Order
from suqiu.supervision.cases.actions import filing, looking, rectifying
from suqiu.supervision.cases.models import Case
from suqiu.supervision.inspections import actions as inspecting
from suqiu.supervision.inspections import queries as inspections
from suqiu.supervision.inspections.models import Item
from suqiu.supervision.rechecks import actions as rechecking
from suqiu.supervision.rechecks.models import Recheck
from suqiu.supervision.signals import actions as signalling
from suqiu.supervision.signals.models import Signal
from tests.city import City

WORDS = "到现场看过,照实记下。"
YES = dict.fromkeys(("contacted", "on_time", "gone", "told", "kept"), True)
HONEST = callbacks.AnswerGiven("yes", "满意", "满意", "满意", "满意", True, True)
Try = Callable[[], object]


class ObjectMissing(Exception):
    """It is not there to be checked yet."""


def done(way: Try) -> bool:
    try:
        way()
    except (Refused, ObjectMissing):
        return False
    return True


def ways(order: Order, city: City, by: Actor) -> dict[str, Try]:
    """All that checks, by name; each works where it is time for it."""
    case, good = Case.objects.first(), True
    found: dict[str, Try] = {
        "review": lambda: verify.review(order, by=by),
        "verify_first": lambda: _verify(order, "callback", by),
        "verify_second": lambda: _verify(order, "second_check", by),
        "rework": lambda: verify.rework(order, reason="没有办好", by=by),
        "close": lambda: verify.close(order, by=by),
        "recheck": lambda: rechecking.look(_recheck(order), back=False, words=WORDS, by=by),
        "recheck_named": lambda: rechecking.name_hour(
            _recheck(order), hour=clock.now() + dt.timedelta(days=9), inspector=by.id,
            by=city.leader,
        ),
        "entry": lambda: entries.enter(
            subject=f"unit:{city.squad.pk}", day=clock.today(), work="audit", points=1,
            words=WORDS, by=by,
        ),
    }  # fmt: skip
    if case is not None:
        found |= {
            "case_named": lambda: looking.assign(case, inspector=by.id, by=city.leader),
            "case_survey": lambda: looking.survey(case, words=WORDS, by=by),
            "case_find": lambda: looking.find(
                case, cause="effort", words=WORDS, advice=WORDS, by=by
            ),
            "case_demand": lambda: rectifying.demand(case, unit=rectifying.leads(case)[0], by=by),
            "case_clear": lambda: rectifying.clear(case, reason=WORDS, by=by),
            "case_approve_plan": lambda: rectifying.approve_plan(case, by=by),
            "case_return_plan": lambda: rectifying.return_plan(case, reason=WORDS, by=by),
            "case_visit": lambda: looking.visit(case, words=WORDS, good=good, by=by),
            "case_recheck": lambda: looking.recheck(case, words=WORDS, good=good, by=by),
            "case_report": lambda: filing.report(case, words=WORDS, by=by),
            "case_return_report": lambda: filing.return_report(case, reason=WORDS, by=by),
            "case_file": lambda: filing.file(case, by=by),
            "case_drop": lambda: filing.drop(case, reason=WORDS, by=by),
        }
    if item := Item.objects.filter(order=order).first():
        row, unit = item.inspection, city.squad
        found |= {
            "item_check": lambda: inspecting.check(row, item, answers=YES, by=by),
            "item_survey": lambda: inspecting.survey(row, item, level="满意", by=by),
            "item_find": lambda: inspecting.find(
                row, item, kind="spread", unit=unit, words=WORDS, by=by
            ),
        }
        assert inspections.told(item)
    if signal := Signal.objects.first():
        found["signal"] = lambda: signalling.rule(
            signal.pk, verdict="unfounded", words=WORDS, by=by
        )
    if appeal := Appeal.objects.first():
        found["appeal_advise"] = lambda: appeals.advise(appeal.pk, support=True, words=WORDS, by=by)
        found["appeal_rule"] = lambda: appeals.rule(appeal.pk, grant=True, words=WORDS, by=by)
    if entry := Entry.objects.filter(state="entered").first():
        found["entry_confirm"] = lambda: entries.confirm(entry.pk, by=by)
    return found


def _verify(order: Order, state: str, by: Actor) -> object:
    if order.state != state:
        raise ObjectMissing
    return callbacks.record(order, by=by, outcome="reached", answer=HONEST)


def _recheck(order: Order) -> int:
    """The first look that is to come; planned here as the worker does at a close."""
    if order.ended_at is None:
        raise ObjectMissing
    rechecking.plan(order, order.ended_at - dt.timedelta(days=100), by=rechecking.BY)
    return Recheck.objects.order_by("days")[0].pk
