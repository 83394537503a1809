"""One table: what each verb asks, and the action that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from suqiu.base.actors import Actor
from suqiu.desk import forms, linking
from suqiu.desk.views.calling import call
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

Given = dict[str, Any]
Do = Callable[[Order, Given, Actor], Order]


@dataclass(frozen=True)
class Way:
    form: type[forms.VerbForm]
    do: Do


def _bare(action: Callable[..., Order]) -> Way:
    return Way(forms.Plain, lambda order, given, by: action(order, by=by))


def _with(form: type[forms.VerbForm], action: Callable[..., Order]) -> Way:
    """The form's fields are the action's arguments."""
    return Way(form, lambda order, given, by: action(order, **given, by=by))


def _dispatch(order: Order, given: Given, by: Actor) -> Order:
    return dispatch.dispatch(order, to=given["to"], note=given["note"], by=by)


def _reached(action: Callable[..., Order]) -> Do:
    return lambda order, given, by: action(
        order, **{**given, "reached": given["reached"] == "yes"}, by=by
    )


def _reply(order: Order, given: Given, by: Actor) -> Order:
    said = given["citizen_said"]
    return dispose.reply(
        order,
        words=given["words"],
        reached=given["reached"] == "yes",
        citizen_said="" if said == "none" else said,
        by=by,
    )


def _convey(order: Order, given: Given, by: Actor) -> Order:
    said = given["citizen_said"]
    return secret.convey_reply(
        order,
        words=given["words"],
        way=given["way"],
        reached=given["reached"] == "yes",
        reason=given["reason"],
        citizen_said="" if said == "none" else said,
        by=by,
    )


def _photographed(do: Do, *kinds: str) -> Do:
    """What came with the form goes to the order first, in the same transaction."""

    def both(order: Order, given: Given, by: Actor) -> Order:
        rest = {k: v for k, v in given.items() if k not in kinds and k != "public"}
        with transaction.atomic():
            for kind in kinds:
                if given.get(kind):
                    public = kind == "after" and bool(given.get("public"))
                    attach.attach(order, files=given[kind], kind=kind, public=public, by=by)
            return do(order, rest, by)

    return both


def _attach(order: Order, given: Given, by: Actor) -> Order:
    return attach.attach(
        order, files=given["photos"], kind=given["kind"], words=given["words"], by=by
    )


VERB_FORMS: dict[str, Way] = {
    "correct": _with(forms.Correct, draft.correct),
    "register": _bare(draft.register),
    "void": _with(forms.Reason, accept.void),
    "answer": _with(forms.Answer, accept.answer),
    "reject": _with(forms.Reject, accept.reject),
    "accept": _bare(accept.accept),
    "send_back": _with(forms.Reason, accept.send_back),
    "dispatch": Way(forms.Dispatch, _dispatch),
    "acknowledge": _bare(dispatch.acknowledge),
    "sign": _bare(dispatch.sign),
    "ask_return": _with(forms.AskReturn, returns.ask_return),
    "uphold_return": _with(forms.Noted, returns.uphold_return),
    "refuse_return": _with(forms.Reason, returns.refuse_return),
    "contact": Way(forms.Contact, _photographed(_reached(dispose.contact), "evidence")),
    "be_on_site": _with(forms.Noted, dispose.be_on_site),
    "report_interim": _with(forms.Words, dispose.report_interim),
    "ask_extension": _with(forms.AskExtension, waits.ask_extension),
    "grant_extension": _with(forms.Noted, waits.grant_extension),
    "refuse_extension": _with(forms.Reason, waits.refuse_extension),
    "ask_hold": _with(forms.AskHold, waits.ask_hold),
    "grant_hold": _with(forms.Noted, waits.grant_hold),
    "refuse_hold": _with(forms.Reason, waits.refuse_hold),
    "release_hold": _bare(waits.release_hold),
    "dispose": Way(
        forms.Dispose,
        _photographed(_with(forms.Dispose, dispose.dispose).do, "before", "after"),
    ),
    "pass_disposal": _bare(dispose.pass_disposal),
    "refuse_disposal": _with(forms.Reason, dispose.refuse_disposal),
    "reply": Way(forms.Reply, _reply),
    "draft_reply": _with(forms.Words, secret.draft_reply),
    "convey_reply": Way(forms.ConveyReply, _convey),
    "review": _bare(verify.review),
    "verify_first": Way(forms.Verify, call),
    "verify_second": Way(forms.Verify, call),
    "rework": _with(forms.Reason, verify.rework),
    "close": _bare(verify.close),
    "reopen": _with(forms.Reason, reopen.reopen),
    "withdraw": _with(forms.Reason, reopen.withdraw),
    "urge": _with(forms.Reason, dispatch.urge),
    "name_leader": _with(forms.NameLeader, leader.name_leader),
    "sign_off": _with(forms.Words, leader.sign_off),
    "transfer": _with(linking.Transfer, transfer.transfer),
    "ask_co": _with(linking.AskCo, co.ask_co),
    "grant_co": _with(forms.Noted, co.grant_co),
    "refuse_co": _with(forms.Reason, co.refuse_co),
    "answer_co": _with(forms.Words, co.answer_co),
    "merge": _with(linking.Merge, links.merge),
    "unmerge": _with(forms.Reason, links.unmerge),
    "split": _with(linking.Split, links.split),
    "to_petition": _with(forms.Reason, exits.to_petition),
    "to_discipline": _with(linking.Discipline, exits.to_discipline),
    "ask_force": _with(linking.Force, pairs.ask_force),
    "grant_force": _with(forms.Noted, pairs.grant_force),
    "refuse_force": _with(forms.Reason, pairs.refuse_force),
    "supervise": _with(forms.Reason, pairs.supervise),
    "unsupervise": _with(forms.Reason, pairs.unsupervise),
    "ask_unreasonable": _with(forms.Reason, pairs.ask_unreasonable),
    "grant_unreasonable": _with(forms.Noted, pairs.grant_unreasonable),
    "refuse_unreasonable": _with(forms.Reason, pairs.refuse_unreasonable),
    "protect": _with(forms.Protect, draft.protect),
    "attach": Way(forms.Attach, _attach),
    "release_files": _with(forms.Noted, attach.release_files),
    "ask_withdraw": _with(forms.Reason, attach.ask_withdraw),
    "set_urgency": _with(forms.Urgency, dispatch.set_urgency),
}
