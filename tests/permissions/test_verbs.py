"""Every verb × state × role on the pure can(), against a committed table.

After a deliberate change: `PERMISSIONS_WRITE=1 pytest tests/permissions`, then read the difference.
"""

import os
from pathlib import Path

import yaml

from suqiu.accounts.models import ROLES
from suqiu.base.actors import Actor
from suqiu.orders.access import Allowed, Denied, Situation, can
from suqiu.orders.states import VERBS, State

TABLE = Path(__file__).with_name("verbs.yaml")
UNIT, HUB, CENTRE, SECTION = 1, 2, 3, 4
SIGNED = {"name_leader", "sign_acceptance", "report_plan", "sign_plan", "return_plan", "sign_off"}
UNITS = {"handler": UNIT, "head": UNIT, "hub": HUB}


def _actor(role: str) -> Actor:
    if role == "system":
        return Actor("system:clock")
    return Actor(f"person:{role}", frozenset({(role, UNITS.get(role, SECTION))}))


def _situation(state: State, verb: str) -> Situation:
    """One in which nothing but post and state stands in the verb's way."""
    return Situation(
        state=state,
        seats=((CENTRE, "centre", True), (UNIT, "lead", True), (HUB, "callback", True))
        + (((UNIT, "co", True),) if verb == "answer_co" else ()),
        conduct=verb in SIGNED,
        owed=frozenset({"accept", "plan", "close"}),
        plan="waits" if verb in {"sign_plan", "return_plan"} else "",
        waiting=frozenset()
        if verb.startswith("ask_")
        else frozenset(
            {"return", "extension", "hold", "co", "force", "unreasonable", "out_of_remit"}
        ),
        co_waits=frozenset({UNIT}),
        master_open=True,
        supervised=verb == "unsupervise",
        difficult=verb == "clear_difficult",
        on_hold=verb == "release_hold",
        files_withheld=verb == "release_files",
        unacknowledged=True,
        disposal="waits" if verb in {"pass_disposal", "refuse_disposal"} else "passed",
        replied=True,
        confidential=verb in {"draft_reply", "convey_reply"},
        reply_drafted=verb == "convey_reply",
        first="" if verb == "verify_first" else "ok",
        leader="person:leader",
    )


def _allowed(verb: str) -> dict[str, str]:
    """State → the roles that may, for the states in which anyone may."""
    found = {}
    for state in State:
        who = [r for r in (*ROLES, "system") if can(_actor(r), verb, _situation(state, verb))]
        if who:
            found[state.value] = " ".join(who)
    return found


def test_verbs_are_for_whom_the_table_says() -> None:
    said = {verb: _allowed(verb) for verb in VERBS}
    if os.environ.get("PERMISSIONS_WRITE"):
        TABLE.write_text(
            "# Verb → state → the roles that may, where nothing else stands in the way.\n"
            + yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100),
            "utf-8",
        )
    assert said == yaml.safe_load(TABLE.read_text("utf-8"))


def test_somebody_may_do_every_verb() -> None:
    assert [verb for verb in VERBS if not _allowed(verb)] == []


def test_the_accused_may_do_nothing() -> None:
    for verb in VERBS:
        for state in State:
            it = _situation(state, verb)
            accused = Situation(**{**it.__dict__, "accused": frozenset({UNIT, HUB, SECTION})})
            for role in ROLES:
                answer = can(_actor(role), verb, accused)
                assert isinstance(answer, Denied) and answer.code == "accused"


def test_no_keeper_touches_an_order() -> None:
    keepers = (
        "sysadmin",
        "secadmin",
        "auditadmin",
        "auditor",
        "trainer",
        "assessor",
        "external_supervisor",
    )
    for verb in VERBS:
        for state in State:
            for role in keepers:
                assert not isinstance(can(_actor(role), verb, _situation(state, verb)), Allowed)


def test_every_verb_of_people_has_a_form() -> None:
    from suqiu.desk.views.verb_forms import VERB_FORMS

    assert set(VERB_FORMS) == {name for name, row in VERBS.items() if row.who != ("system",)}
