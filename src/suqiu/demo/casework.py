"""What the month's supervision cases come to: each is opened by rule, and looked into as far as chance
has it, so that the city has cases at every step and some that are filed."""

import datetime as dt
import random
from collections.abc import Callable

from django.db.models import Count

from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.demo import beside
from suqiu.demo.people import holders, in_unit
from suqiu.orders.actions.picturing import Shots
from suqiu.supervision.cases import jobs, queries
from suqiu.supervision.cases.actions import filing, looking, rectifying
from suqiu.supervision.cases.models import Case
from suqiu.supervision.cases.queries import is_own_work
from suqiu.supervision.cases.states import State
from suqiu.supervision.meetings import jobs as meetings

FOUND = (
    ("effort", "值守到八点就撤，摊贩九点才来", "值守延到收摊，连看一周"),
    ("duty", "两个街道交界，谁管没有说清", "定一个街道牵头"),
    ("talk", "办了没有告诉诉求人", "办完当天回话"),
)
Step = Callable[[Case, Actor, random.Random], Case]


def work(rng: random.Random) -> list[Case]:
    """Open what the rules ask for, and take each case some steps on. Returns the cases."""
    seal()
    jobs.follow_orders()
    meetings.follow_orders()
    jobs.find_overdue()
    # What somebody has taken up already goes its own way.
    cases = list(queries.open_to(jobs.BY).filter(state=State.OPENED).order_by("pk"))
    for case in cases:
        by = _independent(case, rng)
        if by is not None:
            _take_on(case, by, rng)
    return cases


def by_state() -> dict[str, int]:
    """How many cases stand at each step."""
    rows = queries.visible_to(jobs.BY).order_by("state").values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def _independent(case: Case, rng: random.Random) -> Actor | None:
    """An inspector who had nothing to do with it."""
    free = [one for one in holders("inspector") if not is_own_work(case, one)]
    return rng.choice(free) if free else None


def _take_on(case: Case, by: Actor, rng: random.Random) -> None:
    """As many steps as chance has it; where the house says no, it stops there."""
    try:
        for step in STEPS[: rng.randint(1, len(STEPS))]:
            case = step(case, by, rng)
    except Refused:
        return


def _survey(case: Case, by: Actor, rng: random.Random) -> Case:
    if case.grounds.filter(reason="again").exists():
        hour = clock.now() + dt.timedelta(minutes=5)
        case = looking.name_hour(case, hour=hour, inspector=by.id, by=by)
        clock.set_to(hour)
        ruling = rng.choice(["citizen", "partly"])
        return looking.survey(
            case, words="诉求人在场，一起看了", ruling=ruling, shots=_shots(case, by), by=by
        )
    return looking.survey(case, words="到现场看了，问了周边三户", shots=_shots(case, by), by=by)


def _find(case: Case, by: Actor, rng: random.Random) -> Case:
    cause, words, advice = rng.choice(FOUND)
    return looking.find(case, cause=cause, words=words, advice=advice, by=by)


def _demand(case: Case, by: Actor, rng: random.Random) -> Case:
    return rectifying.demand(case, unit=rectifying.leads(case)[0], by=_chief(case, by))


def _plan(case: Case, by: Actor, rng: random.Random) -> Case:
    line = rectifying.Line("固定值守到收摊", "中队长", clock.today() + dt.timedelta(days=5))
    assert case.unit_id is not None
    head = in_unit(case.unit_id, "head")
    return rectifying.plan(case, words="按查出的问题整改", measures=[line], by=head)


def _approve(case: Case, by: Actor, rng: random.Random) -> Case:
    return rectifying.approve_plan(case, by=_chief(case, by))


def _visit(case: Case, by: Actor, rng: random.Random) -> Case:
    return looking.visit(case, words="诉求人说近日好转", good=True, by=by)


def _mend(case: Case, by: Actor, rng: random.Random) -> Case:
    assert case.unit_id is not None
    measure = case.plans.get(ruling="approved", round=case.round).measures.get()
    handler = in_unit(case.unit_id, "handler")
    return rectifying.do_measure(case, measure=measure.pk, words="已落实", by=handler)


def _recheck(case: Case, by: Actor, rng: random.Random) -> Case:
    return looking.recheck(
        case, good=True, words="连看两晚，没有再来", shots=_shots(case, by, tidy=True), by=by
    )


def _shots(case: Case, by: Actor, *, tidy: bool = False) -> Shots:
    return beside.shots(case.orders.order_by("pk").first(), by, case.pk, tidy=tidy)


def _report(case: Case, by: Actor, rng: random.Random) -> Case:
    return filing.report(case, words="根子在值守时段与出摊时段错开。", by=by)


def _file(case: Case, by: Actor, rng: random.Random) -> Case:
    return filing.file(case, by=holders("leader")[0])


def _chief(case: Case, by: Actor) -> Actor:
    """From the second level on a leader rules."""
    return holders("leader")[0] if case.level > 1 else by


STEPS: tuple[Step, ...] = (
    _survey, _find, _demand, _plan, _approve, _visit, _mend, _recheck, _report, _file
)  # fmt: skip
