"""One table: what each verb asks of a machine, and the action that does it.

A verb of people that stands neither here nor in ABSENT fails a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from suqiu.accounts.queries import people_as
from suqiu.api import codes, schemas
from suqiu.base.actors import Actor
from suqiu.base.errors import Invalid
from suqiu.callbacks.actions import AnswerGiven, record
from suqiu.orders.actions import accept, co, dispatch, draft, exits, leader, links, transfer
from suqiu.orders.actions.table import ACTIONS
from suqiu.orders.models import Order
from suqiu.orders.queries import get_for
from suqiu.orders.states import VERBS

Do = Callable[[Order, Any, Actor], Order]
# Deliberately not for machines, and why.
ABSENT = {
    "release_files": "someone of the centre must have looked at each file with his own eyes",
    "sign_acceptance": "the principal leader signs himself",
    "sign_plan": "the principal leader signs himself",
    "return_plan": "the principal leader reads the plan himself",
    "sign_off": "the principal leader signs himself",
    "grant_force": "the second of two people who must agree decides himself",
    "grant_unreasonable": "the second of two people who must agree decides himself",
    "grant_out_of_remit": "the second of two people who must agree decides himself",
}


@dataclass(frozen=True)
class Way:
    body: type[schemas.Body]
    do: Do


def _plain(verb: str) -> Do:
    action = ACTIONS[verb]
    return lambda order, given, by: action(order, **given.model_dump(), by=by)


def _correct(order: Order, given: schemas.Correct, by: Actor) -> Order:
    changes = given.model_dump(exclude_unset=True)
    for name, find in (("category", codes.category), ("region", codes.region)):
        if changes.get(name) is not None:
            changes[name] = find(changes[name])
    if changes.get("street") is not None:
        changes["street"] = codes.unit(changes["street"], "street")
    empty = [k for k, v in changes.items() if v is None and k not in _MAY_BE_NOTHING]
    if empty or not changes:
        raise Invalid("correct.empty", _("没有可改的内容，或必填项给了空"), fields=empty)
    return draft.correct(order, by=by, **changes)


_MAY_BE_NOTHING = {"category", "region", "street", "occurred_at", "lon", "lat"}


def _reject(order: Order, given: schemas.Reject, by: Actor) -> Order:
    return accept.reject(order, door=codes.door(given.door), note=given.note, by=by)


def _dispatch(order: Order, given: schemas.Dispatch, by: Actor) -> Order:
    return dispatch.dispatch(order, to=codes.unit(given.to, "to"), note=given.note, by=by)


def _name_leader(order: Order, given: schemas.NameLeader, by: Actor) -> Order:
    found = {p.username: p.actor_id for p in people_as("leader")}
    if given.leader not in found:
        raise codes.unknown("leader", given.leader)
    section = codes.unit(given.section, "section")
    return leader.name_leader(order, leader=found[given.leader], section=section, by=by)


def _transfer(order: Order, given: schemas.Transfer, by: Actor) -> Order:
    return transfer.transfer(order, to=codes.unit(given.to, "to"), reason=given.reason, by=by)


def _ask_co(order: Order, given: schemas.AskCo, by: Actor) -> Order:
    return co.ask_co(order, unit=codes.unit(given.unit, "unit"), reason=given.reason, by=by)


def _merge(order: Order, given: schemas.Merge, by: Actor) -> Order:
    # By the one door: into an order that he may not see nobody merges anything.
    return links.merge(order, master=get_for(by, given.master), reason=given.reason, by=by)


def _split(order: Order, given: schemas.Split, by: Actor) -> Order:
    said = given.model_dump(exclude={"category"})
    leaf = codes.category(given.category) if given.category else None
    return links.split(order, **said, category=leaf, by=by)


def _to_discipline(order: Order, given: schemas.Discipline, by: Actor) -> Order:
    accused = codes.unit(given.accused, "accused") if given.accused else None
    return exits.to_discipline(order, reason=given.reason, accused=accused, by=by)


def _call(order: Order, given: schemas.Callback, by: Actor) -> Order:
    said = {"yes": True, "no": False}
    answer = AnswerGiven(
        solved=given.solved or "",
        efficiency=given.efficiency,
        attitude=given.attitude,
        result=given.result,
        satisfaction=given.satisfaction,
        disposal_true=said.get(given.disposal_true),
        feedback_true=said.get(given.feedback_true),
        wants=given.wants,
        advice=given.advice,
    )
    reached = given.outcome == "reached"
    record(order, by=by, outcome=given.outcome, answer=answer if reached else None, note=given.note)
    order.refresh_from_db()
    return order


# What each verb asks; the body's fields are the action's arguments.
ASKED: dict[str, type[schemas.Body]] = {
    "register": schemas.Nothing,
    "void": schemas.Reason,
    "answer": schemas.Answer,
    "accept": schemas.Nothing,
    "send_back": schemas.Reason,
    "acknowledge": schemas.Nothing,
    "sign": schemas.Nothing,
    "ask_return": schemas.AskReturn,
    "uphold_return": schemas.Noted,
    "refuse_return": schemas.Reason,
    "contact": schemas.Contact,
    "be_on_site": schemas.OnSite,
    "report_interim": schemas.Told,
    "ask_extension": schemas.AskExtension,
    "grant_extension": schemas.Noted,
    "refuse_extension": schemas.Reason,
    "ask_hold": schemas.AskHold,
    "grant_hold": schemas.Noted,
    "refuse_hold": schemas.Reason,
    "release_hold": schemas.Nothing,
    "dispose": schemas.Dispose,
    "report_plan": schemas.Told,
    "pass_disposal": schemas.Nothing,
    "refuse_disposal": schemas.Reason,
    "reply": schemas.Reply,
    "draft_reply": schemas.Told,
    "convey_reply": schemas.Convey,
    "review": schemas.Nothing,
    "rework": schemas.Reason,
    "close": schemas.Nothing,
    "reopen": schemas.Reason,
    "withdraw": schemas.Reason,
    "urge": schemas.Reason,
    "grant_co": schemas.Noted,
    "refuse_co": schemas.Reason,
    "answer_co": schemas.Told,
    "unmerge": schemas.Reason,
    "to_petition": schemas.Reason,
    "ask_force": schemas.Force,
    "refuse_force": schemas.Reason,
    "mark_difficult": schemas.Reason,
    "clear_difficult": schemas.Reason,
    "supervise": schemas.Reason,
    "unsupervise": schemas.Reason,
    "ask_unreasonable": schemas.Reason,
    "refuse_unreasonable": schemas.Reason,
    "ask_out_of_remit": schemas.Reason,
    "refuse_out_of_remit": schemas.Reason,
    "protect": schemas.Protect,
    "attach": schemas.Attach,
    "ask_withdraw": schemas.Reason,
    "set_urgency": schemas.SetUrgency,
}
# Those whose codes and numbers must be looked up first.
OWN: dict[str, Way] = {
    "correct": Way(schemas.Correct, _correct),
    "reject": Way(schemas.Reject, _reject),
    "dispatch": Way(schemas.Dispatch, _dispatch),
    "verify_first": Way(schemas.Callback, _call),
    "verify_second": Way(schemas.Callback, _call),
    "name_leader": Way(schemas.NameLeader, _name_leader),
    "transfer": Way(schemas.Transfer, _transfer),
    "ask_co": Way(schemas.AskCo, _ask_co),
    "merge": Way(schemas.Merge, _merge),
    "split": Way(schemas.Split, _split),
    "to_discipline": Way(schemas.Discipline, _to_discipline),
}
WAYS = {
    verb: OWN.get(verb) or Way(ASKED[verb], _plain(verb))
    for verb in VERBS
    if verb in ASKED or verb in OWN
}
