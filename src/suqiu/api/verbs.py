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
from suqiu.orders.models import Order
from suqiu.orders.queries import get_for

Do = Callable[[Order, Any, Actor], Order]
# Deliberately not for machines, and why.
ABSENT = {
    "release_files": "someone of the centre must have looked at each file with his own eyes",
    "sign_off": "the principal leader signs himself",
    "grant_force": "the second of two people who must agree decides himself",
    "grant_unreasonable": "the second of two people who must agree decides himself",
}


@dataclass(frozen=True)
class Way:
    body: type[schemas.Body]
    do: Do


def _bare(action: Callable[..., Order]) -> Way:
    return Way(schemas.Nothing, lambda order, given, by: action(order, by=by))


def _with(body: type[schemas.Body], action: Callable[..., Order]) -> Way:
    """The body's fields are the action's arguments."""
    return Way(body, lambda order, given, by: action(order, **given.model_dump(), by=by))


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


_MAY_BE_NOTHING = {"category", "region", "street", "occurred_at"}


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


WAYS: dict[str, Way] = {
    "correct": Way(schemas.Correct, _correct),
    "register": _bare(draft.register),
    "void": _with(schemas.Reason, accept.void),
    "answer": _with(schemas.Answer, accept.answer),
    "reject": Way(schemas.Reject, _reject),
    "accept": _bare(accept.accept),
    "send_back": _with(schemas.Reason, accept.send_back),
    "dispatch": Way(schemas.Dispatch, _dispatch),
    "acknowledge": _bare(dispatch.acknowledge),
    "sign": _bare(dispatch.sign),
    "ask_return": _with(schemas.AskReturn, returns.ask_return),
    "uphold_return": _with(schemas.Noted, returns.uphold_return),
    "refuse_return": _with(schemas.Reason, returns.refuse_return),
    "contact": _with(schemas.Contact, dispose.contact),
    "be_on_site": _with(schemas.Noted, dispose.be_on_site),
    "report_interim": _with(schemas.Told, dispose.report_interim),
    "ask_extension": _with(schemas.AskExtension, waits.ask_extension),
    "grant_extension": _with(schemas.Noted, waits.grant_extension),
    "refuse_extension": _with(schemas.Reason, waits.refuse_extension),
    "ask_hold": _with(schemas.AskHold, waits.ask_hold),
    "grant_hold": _with(schemas.Noted, waits.grant_hold),
    "refuse_hold": _with(schemas.Reason, waits.refuse_hold),
    "release_hold": _bare(waits.release_hold),
    "dispose": _with(schemas.Dispose, dispose.dispose),
    "pass_disposal": _bare(dispose.pass_disposal),
    "refuse_disposal": _with(schemas.Reason, dispose.refuse_disposal),
    "reply": _with(schemas.Reply, dispose.reply),
    "draft_reply": _with(schemas.Told, secret.draft_reply),
    "convey_reply": _with(schemas.Convey, secret.convey_reply),
    "review": _bare(verify.review),
    "verify_first": Way(schemas.Callback, _call),
    "verify_second": Way(schemas.Callback, _call),
    "rework": _with(schemas.Reason, verify.rework),
    "close": _bare(verify.close),
    "reopen": _with(schemas.Reason, reopen.reopen),
    "withdraw": _with(schemas.Reason, reopen.withdraw),
    "urge": _with(schemas.Reason, dispatch.urge),
    "name_leader": Way(schemas.NameLeader, _name_leader),
    "transfer": Way(schemas.Transfer, _transfer),
    "ask_co": Way(schemas.AskCo, _ask_co),
    "grant_co": _with(schemas.Noted, co.grant_co),
    "refuse_co": _with(schemas.Reason, co.refuse_co),
    "answer_co": _with(schemas.Told, co.answer_co),
    "merge": Way(schemas.Merge, _merge),
    "unmerge": _with(schemas.Reason, links.unmerge),
    "split": Way(schemas.Split, _split),
    "to_petition": _with(schemas.Reason, exits.to_petition),
    "to_discipline": Way(schemas.Discipline, _to_discipline),
    "ask_force": _with(schemas.Force, pairs.ask_force),
    "refuse_force": _with(schemas.Reason, pairs.refuse_force),
    "supervise": _with(schemas.Reason, pairs.supervise),
    "unsupervise": _with(schemas.Reason, pairs.unsupervise),
    "ask_unreasonable": _with(schemas.Reason, pairs.ask_unreasonable),
    "refuse_unreasonable": _with(schemas.Reason, pairs.refuse_unreasonable),
    "protect": _with(schemas.Protect, draft.protect),
    "attach": _with(schemas.Attach, attach.attach),
    "ask_withdraw": _with(schemas.Reason, attach.ask_withdraw),
    "set_urgency": _with(schemas.SetUrgency, dispatch.set_urgency),
}
