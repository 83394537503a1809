"""What each verb asks on a page, and how it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from suqiu.base.actors import Actor
from suqiu.desk import forms, leading, linking, waiting
from suqiu.desk.views.calling import call
from suqiu.orders.actions import attach, dispatch, dispose, secret
from suqiu.orders.actions.table import ACTIONS
from suqiu.orders.models import Order

Given = dict[str, Any]
Do = Callable[[Order, Given, Actor], Order]


@dataclass(frozen=True)
class Way:
    form: type[forms.VerbForm]
    do: Do


def _plain(verb: str) -> Do:
    action = ACTIONS[verb]
    return lambda order, given, by: action(order, **given, by=by)


def _dispatch(order: Order, given: Given, by: Actor) -> Order:
    return dispatch.dispatch(order, to=given["to"], note=given["note"], by=by)


def _contact(order: Order, given: Given, by: Actor) -> Order:
    return dispose.contact(order, **{**given, "reached": given["reached"] == "yes"}, by=by)


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


# What each verb asks; the fields are the action's arguments.
ASKED: dict[str, type[forms.VerbForm]] = {
    "correct": forms.Correct,
    "register": forms.Plain,
    "void": forms.Reason,
    "answer": forms.Answer,
    "reject": forms.Reject,
    "accept": forms.Plain,
    "send_back": forms.Reason,
    "acknowledge": forms.Plain,
    "sign": forms.Plain,
    "ask_return": forms.AskReturn,
    "uphold_return": forms.Noted,
    "refuse_return": forms.Reason,
    "be_on_site": forms.OnSite,
    "report_interim": forms.Words,
    "ask_extension": waiting.AskExtension,
    "grant_extension": forms.Noted,
    "refuse_extension": forms.Reason,
    "ask_hold": waiting.AskHold,
    "grant_hold": forms.Noted,
    "refuse_hold": forms.Reason,
    "release_hold": forms.Plain,
    "pass_disposal": forms.Plain,
    "refuse_disposal": forms.Reason,
    "draft_reply": forms.Words,
    "review": forms.Plain,
    "rework": forms.Reason,
    "close": forms.Plain,
    "reopen": forms.Reason,
    "withdraw": forms.Reason,
    "urge": forms.Reason,
    "name_leader": leading.NameLeader,
    "sign_acceptance": forms.Words,
    "report_plan": forms.Words,
    "sign_plan": forms.Words,
    "return_plan": forms.Reason,
    "sign_off": forms.Words,
    "transfer": linking.Transfer,
    "ask_co": linking.AskCo,
    "grant_co": forms.Noted,
    "refuse_co": forms.Reason,
    "answer_co": forms.Words,
    "merge": linking.Merge,
    "unmerge": forms.Reason,
    "split": linking.Split,
    "to_petition": forms.Reason,
    "to_discipline": linking.Discipline,
    "ask_force": linking.Force,
    "grant_force": forms.Noted,
    "refuse_force": forms.Reason,
    "mark_difficult": forms.Reason,
    "clear_difficult": forms.Reason,
    "supervise": forms.Reason,
    "unsupervise": forms.Reason,
    "ask_unreasonable": forms.Reason,
    "grant_unreasonable": forms.Noted,
    "refuse_unreasonable": forms.Reason,
    "ask_out_of_remit": forms.Reason,
    "grant_out_of_remit": forms.Noted,
    "refuse_out_of_remit": forms.Reason,
    "protect": forms.Protect,
    "release_files": forms.Noted,
    "ask_withdraw": forms.Reason,
    "set_urgency": forms.Urgency,
}
# Those whose fields must be turned into arguments first.
OWN: dict[str, Way] = {
    "dispatch": Way(forms.Dispatch, _dispatch),
    "contact": Way(forms.Contact, _photographed(_contact, "evidence")),
    "dispose": Way(
        forms.Dispose,
        _photographed(_plain("dispose"), "before", "after"),
    ),
    "reply": Way(forms.Reply, _reply),
    "convey_reply": Way(forms.ConveyReply, _convey),
    "verify_first": Way(forms.Verify, call),
    "verify_second": Way(forms.Verify, call),
    "attach": Way(forms.Attach, _attach),
}
VERB_FORMS = {**{verb: Way(form, _plain(verb)) for verb, form in ASKED.items()}, **OWN}
