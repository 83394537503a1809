"""Every route × role × whose order, over HTTP, against a table that people read (expected.yaml).

After a deliberate change: `PERMISSIONS_WRITE=1 pytest tests/permissions`, then read the difference.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from suqiu.accounts.models import ROLES
from tests.city import DISTRICT, City
from tests.permissions.situations import WHOSE, Cast, cast
from tests.permissions.situations import routes as every_route

TABLE = Path(__file__).with_name("expected.yaml")
EVERYONE = (*ROLES, "anonymous")
POSTED = {
    "desk:absence_end",
    "desk:absence_instead",
    "desk:absence_state",
    "desk:charge_put",
    "desk:logout",
    "desk:street_send",
    "desk:dispatch_suggested",
    "desk:register_check",
    "desk:caller",
    "desk:people_open",
    "desk:person_post",
    "desk:person_active",
    "desk:person_end",
    "desk:reveal",
    "desk:code",
    "portal:leave",
    "portal:look",
    "desk:clients_add",
    "desk:client_revoke",
    "desk:receipts_sms",
    "desk:advice_answer",
    "desk:pack_publish",
    "desk:units_keep",
    "desk:calendar_preview",
    "desk:calendar_import",
    "desk:messages_read",
    "desk:message_read",
    "desk:message_retry",
    "desk:roster_keep",
    "desk:roster_copy",
    "desk:roster_drop",
    "desk:publications_approve",
    "desk:report_draft",
    "desk:report_edit",
    "desk:report_act",
    "desk:report_instruct",
    "desk:instruction_do",
    "desk:account_sessions",
    "desk:people_factors",
    "desk:person_factor",
    "desk:person_password",
    "desk:person_unlock",
    "desk:case_start",
    "desk:case_do",
    "desk:inspection_plan",
    "desk:inspection_do",
    "desk:visit_plan",
    "desk:visit_do",
    "desk:meeting_plan",
    "desk:meeting_do",
    "desk:assessment_make",
    "desk:assessment_do",
    "desk:assessment_simulate",
    "desk:recheck_hour",
    "desk:recheck_look",
    "desk:signal_rule",
    "desk:finding_mend",
    "desk:trial_ask",
    "desk:external_appoint",
    "desk:external_end",
    "desk:external_invite",
    "desk:external_do",
    "desk:external_act",
    "desk:wall_open",
    "desk:wall_revoke",
    "set_language",
}
# One verb of each kind stands for the rest: verbs × states × roles is test_verbs.
VERB = "urge"


def routes() -> dict[str, str]:
    """Those of people; the machines' have a table of their own (test_machines)."""
    return {name: path for name, path in every_route().items() if not name.startswith("api:")}


def _table() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text("utf-8")) if TABLE.exists() else {}


def _is_of_order(pattern: str) -> bool:
    return "<str:number>" in pattern


def address(pattern: str, cast: Cast, whose: str) -> str:
    number = cast.orders[whose].number if whose else ""
    target = cast.people["trainer"]
    return "/" + (
        pattern.replace("<str:number>", number)
        .replace("<slug:verb>", VERB)
        .replace("<slug:inspection>", cast.inspection)
        .replace("<slug:meeting>", cast.meeting)
        .replace("<slug:visit>", cast.visit)
        .replace("<slug:region>", DISTRICT)
        .replace("<slug:way>", "close")
        .replace("<int:photo>", "0")
        .replace("<slug:board>", "leader")
        .replace("<slug:act>", "call")
        .replace("<slug:case>", cast.case)
        .replace("<slug:deed>", "raise_level")
        .replace("<slug:step>", "seal")
        .replace("<slug:what>", "scheme")
        .replace("<int:row>", "0")
        .replace("<int:sheet>", "0")
        .replace("<int:item>", "0")
        .replace("<int:recheck>", "0")
        .replace("<int:entry>", "0")
        .replace("<int:evidence>", "0")
        .replace("<str:token>", "x" * 43)
        .replace("<int:signal>", "0")
        .replace("<int:invitation>", str(cast.invitation))
        .replace("<int:opinion>", str(cast.opinion))
        .replace("<int:term>", str(cast.term))
        .replace("<int:attachment>", str(cast.files[whose] if whose else 0))
        .replace("<str:form>", "original")
        .replace("<int:pk>", str(target.pk))
        .replace("<int:posting>", str(target.postings.get().pk))
    )


def _ask(client: Client, name: str, address: str) -> int:
    if name in POSTED:
        return client.post(
            address, {"reason": "callback"}, headers={"Accept": "text/html"}
        ).status_code
    return client.get(address).status_code


def _answers(cast: Cast) -> dict[str, Any]:
    from django.db import transaction

    said: dict[str, Any] = {}
    for name, pattern in sorted(routes().items()):
        kinds = WHOSE if _is_of_order(pattern) else ("",)
        for role in EVERYONE:
            codes = []
            for whose in kinds:
                client = Client(raise_request_exception=False)
                if role != "anonymous":
                    client.force_login(
                        cast.people[role], backend="django.contrib.auth.backends.ModelBackend"
                    )
                with transaction.atomic():
                    codes.append(_ask(client, name, address(pattern, cast, whose)))
                    transaction.set_rollback(True)
            row = dict(zip(kinds, codes, strict=True)) if kinds != ("",) else codes[0]
            said.setdefault(name, {})[role] = row
    return said


def _grouped(said: dict[str, Any]) -> dict[str, Any]:
    """Whoever is answered alike stands on one line, so that people can read the table."""
    table: dict[str, Any] = {}
    for name, by_role in said.items():
        lines: dict[str, Any] = {}
        for role, row in by_role.items():
            lines.setdefault(repr(row), ([], row))[0].append(role)
        table[name] = [{"who": " ".join(who), "answer": row} for who, row in lines.values()]
    return table


def _spread(table: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {role: line["answer"] for line in lines for role in line["who"].split()}
        for name, lines in table.items()
    }


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_route_answers_every_role_as_written(city: City) -> None:
    said = _answers(cast(city))
    if os.environ.get("PERMISSIONS_WRITE"):
        TABLE.write_text(
            "# Who gets which answer where. 302: to the login, or on to one's own page; 404: not yours or not there.\n"
            + yaml.safe_dump(_grouped(said), allow_unicode=True, sort_keys=False, width=100),
            "utf-8",
        )
    assert said == _spread(_table())


def test_every_route_is_in_the_table() -> None:
    assert set(routes()) == set(_table())


def test_the_table_keeps_orders_from_those_they_are_not_for() -> None:
    """What must hold whatever is generated: read, not produced."""
    table = _spread(_table())
    for route in ("desk:order", "desk:preview", "desk:verb", "desk:reveal"):
        for role in ("trainer", "external_supervisor", "sysadmin", "secadmin", "auditadmin"):
            assert set(table[route][role].values()) == {404}, (route, role)
        for role in ("handler", "head", "hub"):
            assert table[route][role]["foreign"] == 404, (route, role)
        for role in ("handler", "head"):
            assert table[route][role]["accused"] == 404, (route, role)
        assert set(table[route]["anonymous"].values()) == {302}
    for role in ("handler", "head", "hub"):
        assert table["desk:reveal"][role]["confidential"] == 403
