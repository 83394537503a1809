"""Short ways to bring a case on."""

import datetime as dt

from suqiu.audit.jobs import seal
from suqiu.base import clock
from suqiu.base.actors import Actor
from suqiu.orders.models import Order
from suqiu.supervision.cases import jobs
from suqiu.supervision.cases.actions import filing, looking, opening, rectifying
from suqiu.supervision.cases.models import Case
from tests.city import City


def followed() -> int:
    """What the worker does: the journal is sealed, then followed."""
    seal()
    return jobs.follow_orders()


def opened(city: City, order: Order | None = None) -> Case:
    order = order or city.signed()
    return opening.open_case(order.number, words="群众反映强烈", by=city.inspector)


def demanded(city: City, case: Case) -> Case:
    case = looking.survey(case, words="现场仍有摊贩六辆", by=city.inspector)
    case = looking.find(
        case, cause="effort", words="值守到八点就撤", advice="值守延到收摊", by=city.inspector
    )
    return rectifying.demand(case, unit=city.squad, by=city.inspector)


def planned(city: City, case: Case) -> Case:
    line = rectifying.Line("固定值守到二十二点", "中队长", clock.today() + dt.timedelta(days=3))
    return rectifying.plan(case, words="整改方案", measures=[line], by=city.head)


def rectified(city: City, case: Case) -> Case:
    case = rectifying.approve_plan(case, by=city.inspector)
    looking.visit(case, words="诉求人说近日好转", good=True, by=city.inspector)
    measure = case.plans.get(ruling="approved", round=case.round).measures.get()
    return rectifying.do_measure(case, measure=measure.pk, words="已落实", by=city.handler)


def filed(city: City, case: Case, by: Actor) -> Case:
    case = rectified(city, planned(city, demanded(city, case)))
    case = looking.recheck(case, good=True, words="连看两晚无摊", by=city.inspector)
    case = filing.report(case, words="根子在值守时段与出摊时段错开", by=city.inspector)
    return filing.file(case, by=by)
