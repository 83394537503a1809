"""Every verb of people and jobs as a deed, for whoever tries it, with a number that varies it."""

import datetime as dt
from collections.abc import Callable

from suqiu.accounts.queries import actor_named
from suqiu.base import clock
from suqiu.base.actors import Actor, system
from suqiu.catalogue.models import Door
from suqiu.orders.actions import (
    accept,
    attach,
    co,
    dispatch,
    dispose,
    draft,
    exits,
    leader,
    links,
    pairs,
    reopen,
    returns,
    secret,
    transfer,
    verify,
    waits,
)
from suqiu.orders.actions.verify import Outcome
from suqiu.orders.models import Order
from tests.city import City

OUTCOMES = [
    Outcome(True, True, "满意", True, True),
    Outcome(True, True, "不满意", True, True),
    Outcome(True, False, "不满意", False, True),
    Outcome(True, True, "一般", True, False),
    Outcome(False),
]
WORDS = "已到场清理并安排值守两周。"

Deed = Callable[[Order, Actor, City, int], object]
DEEDS: dict[str, Deed] = {
    "correct": lambda o, by, c, n: draft.correct(o, by=by, demand=f"固定值守第{n}次"),
    "register": lambda o, by, c, n: draft.register(o, by=by),
    "void": lambda o, by, c, n: accept.void(o, reason="误录", by=by),
    "answer": lambda o, by, c, n: accept.answer(o, answer="已当场答复", by=by),
    "reject": lambda o, by, c, n: accept.reject(o, door=Door.objects.order_by("code")[0], by=by),
    "accept": lambda o, by, c, n: accept.accept(o, by=by),
    "send_back": lambda o, by, c, n: accept.send_back(o, reason="地址有误", by=by),
    "dispatch": lambda o, by, c, n: dispatch.dispatch(
        o, to=[c.squad, c.other_squad, c.street][n % 3], by=by
    ),
    "acknowledge": lambda o, by, c, n: dispatch.acknowledge(o, by=by),
    "climb": lambda o, by, c, n: dispatch.climb(o.pk, by=by),
    "sign": lambda o, by, c, n: dispatch.sign(o, by=by),
    "ask_return": lambda o, by, c, n: returns.ask_return(
        o, reason_code="remit", reason="不在本辖区", by=by
    ),
    "uphold_return": lambda o, by, c, n: returns.uphold_return(o, by=by),
    "refuse_return": lambda o, by, c, n: returns.refuse_return(o, reason="归本单位", by=by),
    "contact": lambda o, by, c, n: dispose.contact(
        o, reached=n % 3 > 0, way="电话", reason="无人接听", by=by
    ),
    "be_on_site": lambda o, by, c, n: dispose.be_on_site(o, by=by),
    "report_interim": lambda o, by, c, n: dispose.report_interim(o, words="等吊车", by=by),
    "ask_extension": lambda o, by, c, n: waits.ask_extension(
        o, days=1 + n % 10, reason="等吊车", by=by
    ),
    "grant_extension": lambda o, by, c, n: waits.grant_extension(o, by=by),
    "refuse_extension": lambda o, by, c, n: waits.refuse_extension(o, reason="不必", by=by),
    "ask_hold": lambda o, by, c, n: waits.ask_hold(
        o, until=clock.today() + dt.timedelta(days=1 + n), reason="等产权认定", by=by
    ),
    "grant_hold": lambda o, by, c, n: waits.grant_hold(o, by=by),
    "refuse_hold": lambda o, by, c, n: waits.refuse_hold(o, reason="不必", by=by),
    "release_hold": lambda o, by, c, n: waits.release_hold(o, by=by),
    "dispose": lambda o, by, c, n: dispose.dispose(
        o,
        result=["solved", "unsolved", "explained"][n % 3],
        fact="true",
        words=WORDS,
        basis="市容环境卫生管理条例",
        by=by,
    ),
    "pass_disposal": lambda o, by, c, n: dispose.pass_disposal(o, by=by),
    "refuse_disposal": lambda o, by, c, n: dispose.refuse_disposal(o, reason="照片缺", by=by),
    "reply": lambda o, by, c, n: dispose.reply(o, words="已告知处置情况", by=by),
    "draft_reply": lambda o, by, c, n: secret.draft_reply(o, words="已处置并值守", by=by),
    "convey_reply": lambda o, by, c, n: secret.convey_reply(
        o, reached=n % 3 > 0, reason="无人接听", by=by
    ),
    "attach": lambda o, by, c, n: attach.attach(o, words="补充:摊位编号", by=by),
    "release_files": lambda o, by, c, n: attach.release_files(o, by=by),
    "ask_withdraw": lambda o, by, c, n: attach.ask_withdraw(o, reason="不要了", by=by),
    "transfer": lambda o, by, c, n: transfer.transfer(
        o, to=[c.street, c.squad, c.other_squad][n % 3], reason="归属街道", by=by
    ),
    "ask_co": lambda o, by, c, n: co.ask_co(
        o, unit=[c.street, c.other_squad, c.squad][n % 3], reason="协助清运", by=by
    ),
    "grant_co": lambda o, by, c, n: co.grant_co(o, by=by),
    "refuse_co": lambda o, by, c, n: co.refuse_co(o, reason="不必", by=by),
    "answer_co": lambda o, by, c, n: co.answer_co(o, words="已清运两车", by=by),
    "merge": lambda o, by, c, n: links.merge(o, master=_another(o, n), reason="同一件事", by=by),
    "unmerge": lambda o, by, c, n: links.unmerge(o, reason="并错了", by=by),
    "split": lambda o, by, c, n: links.split(
        o, title="另一件", content="同一通电话里说的另一件事", paraphrase="另一件", by=by
    ),
    "to_petition": lambda o, by, c, n: exits.to_petition(o, reason="属信访事项", by=by),
    "to_discipline": lambda o, by, c, n: exits.to_discipline(
        o, reason="反映违纪", accused=[None, c.squad][n % 2], by=by
    ),
    "ask_force": lambda o, by, c, n: pairs.ask_force(o, reason="无法再办", evidence="函", by=by),
    "grant_force": lambda o, by, c, n: pairs.grant_force(o, by=by),
    "refuse_force": lambda o, by, c, n: pairs.refuse_force(o, reason="再办", by=by),
    "mark_difficult": lambda o, by, c, n: pairs.mark_difficult(o, reason="跨区", by=by),
    "clear_difficult": lambda o, by, c, n: pairs.clear_difficult(o, reason="已会诊", by=by),
    "supervise": lambda o, by, c, n: pairs.supervise(o, reason="拖得久", by=by),
    "unsupervise": lambda o, by, c, n: pairs.unsupervise(o, reason="好了", by=by),
    "ask_out_of_remit": lambda o, by, c, n: pairs.ask_out_of_remit(o, reason="属他部门", by=by),
    "grant_out_of_remit": lambda o, by, c, n: pairs.grant_out_of_remit(o, by=by),
    "refuse_out_of_remit": lambda o, by, c, n: pairs.refuse_out_of_remit(o, reason="仍属", by=by),
    "ask_unreasonable": lambda o, by, c, n: pairs.ask_unreasonable(o, reason="无依据", by=by),
    "grant_unreasonable": lambda o, by, c, n: pairs.grant_unreasonable(o, by=by),
    "refuse_unreasonable": lambda o, by, c, n: pairs.refuse_unreasonable(o, reason="有理", by=by),
    "review": lambda o, by, c, n: verify.review(o, by=by),
    "verify_first": lambda o, by, c, n: verify.verify(o, OUTCOMES[n % 5], by=by),
    "verify_second": lambda o, by, c, n: verify.verify(o, OUTCOMES[n % 5], by=by),
    "rework": lambda o, by, c, n: verify.rework(o, reason="没有办好", by=by),
    "close": lambda o, by, c, n: verify.close(o, by=by),
    "archive": lambda o, by, c, n: verify.archive(o.pk, by=by),
    "reopen": lambda o, by, c, n: reopen.reopen(o, reason="又来了", by=by),
    "withdraw": lambda o, by, c, n: reopen.withdraw(o, reason="不要了", by=by),
    "urge": lambda o, by, c, n: dispatch.urge(o, reason="催", by=by),
    "name_leader": lambda o, by, c, n: leader.name_leader(
        o, leader=actor_named(f"leader{1 + n % 2}").id, section=c.squad, by=by
    ),
    "sign_acceptance": lambda o, by, c, n: leader.sign_acceptance(o, words="当天派", by=by),
    "report_plan": lambda o, by, c, n: leader.report_plan(o, words="先约谈,再值守", by=by),
    "sign_plan": lambda o, by, c, n: leader.sign_plan(o, words="照办", by=by),
    "return_plan": lambda o, by, c, n: leader.return_plan(o, reason="写明责任人", by=by),
    "sign_off": lambda o, by, c, n: leader.sign_off(o, words="同意", by=by),
    "protect": lambda o, by, c, n: draft.protect(o, paraphrase="某路口摊贩占道", by=by),
    "set_urgency": lambda o, by, c, n: dispatch.set_urgency(
        o, urgency=["一般", "较急", "紧急"][n % 3], by=by
    ),
}


def _another(order: Order, n: int) -> Order:
    """The order itself, or another one of the house."""
    rows = list(Order.objects.order_by("pk")[:9])
    return rows[n % len(rows)] if rows else order


def people(city: City) -> list[Actor]:
    """All who might try, some with two posts that no one person should use on one order."""
    centre = city.callback_officer.posts
    return [
        *(city.call_taker, city.dispatcher, city.callback_officer, city.inspector, city.leader),
        *(city.hub, city.handler, city.head, city.outsider),
        *(actor_named("leader2"), actor_named("dispatcher2"), actor_named("auditor")),
        Actor("person:900001", city.handler.posts | centre),
        Actor("person:900002", city.head.posts | city.hub.posts | city.dispatcher.posts),
        Actor("person:900003"),
        system("clock"),
    ]
