"""Staff bring a portal appeal on, through the actions."""

import datetime as dt

from suqiu.base import clock
from suqiu.catalogue.models import Category
from suqiu.files.actions import receive
from suqiu.files.rules import Limits
from suqiu.orders.actions import accept, attach, dispatch, dispose, draft, verify
from suqiu.orders.models import Order
from tests.city import City
from tests.pictures import photo


def worked(city: City, order: Order) -> Order:
    """From registered to replied, with two photos of what was done, one of them for the citizen."""
    draft.correct(
        order,
        title="青禾路口夜间摊贩占道扰民",
        category=Category.objects.get(code="C0101"),
        occurred_at=clock.now() - dt.timedelta(hours=3),
        by=city.call_taker,
    )
    order = accept.accept(order, by=city.call_taker)
    order = dispatch.dispatch(order, to=city.squad, by=city.dispatcher)
    order = dispatch.sign(order, by=city.handler)
    order = dispose.contact(order, reached=True, way="电话", by=city.handler)
    for public in (True, False):
        data = photo(size=(300, 200 + public))
        file = receive(data, name="after.jpg", limits=Limits(), by=city.handler)
        attach.attach(order, files=[file], kind="after", public=public, by=city.handler)
    order = dispose.dispose(
        order,
        result="solved",
        fact="true",
        words="内部经过:当晚到场劝离摊贩八辆,安排两人值守。",
        by=city.handler,
    )
    order = dispose.pass_disposal(order, by=city.head)
    return dispose.reply(order, words="已安排值守,如有反复请致电 13912345678。", by=city.handler)


def closed(city: City, order: Order) -> Order:
    """From callback to closed: both verifications, where the draw asks for the second."""
    found = verify.Outcome(
        reached=True, solved=True, satisfaction="满意", disposal_true=True, feedback_true=True
    )
    order = verify.verify(order, found, by=city.hub)
    if order.state == "second_check":
        order = verify.verify(order, found, by=city.callback_officer)
        return verify.close(order, by=city.callback_officer)
    return verify.close(order, by=city.dispatcher)
