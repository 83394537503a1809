"""Every route of the API × machine clients × whose order, over HTTP, against machines.yaml.

After a deliberate change: `PERMISSIONS_WRITE=1 pytest tests/permissions`, then read the difference.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from suqiu.api import schemas
from suqiu.api.verbs import WAYS
from tests.api.machines import Machine
from tests.city import DISTRICT, City
from tests.permissions.situations import WHOSE, Cast, cast, routes
from tests.pictures import photo

TABLE = Path(__file__).with_name("machines.yaml")
EVERY = ("intake", "read", "verbs", "files", "reveal", "figures")
# Just enough that the shape is right and the answer is about rights.
BODIES: dict[type[schemas.Body], dict[str, Any]] = {
    schemas.Correct: {"demand": "早点处理"},
    schemas.Reason: {"reason": "试一试"},
    schemas.Answer: {"answer": "已经答复"},
    schemas.Told: {"words": "办理情况如此这般"},
    schemas.Reject: {"door": "none"},
    schemas.Dispatch: {"to": f"{DISTRICT}-SQ01"},
    schemas.AskReturn: {"reason_code": "remit", "reason": "不属本单位"},
    schemas.Contact: {"way": "电话", "reached": True},
    schemas.AskExtension: {"days": 3, "reason": "等施工"},
    schemas.AskHold: {"until": "2026-09-20", "reason": "等施工"},
    schemas.Dispose: {
        "result": "solved",
        "fact": "true",
        "words": "当晚到场劝离摊贩八辆,安排值守。",
    },
    schemas.Reply: {"words": "已答复诉求人"},
    schemas.Convey: {"reached": True},
    schemas.Callback: {"outcome": "refused", "note": "不愿评价"},
    schemas.NameLeader: {"leader": "leader1", "section": "none"},
    schemas.Protect: {"paraphrase": "转述"},
    schemas.SetUrgency: {"urgency": "较急"},
    schemas.Attach: {"words": "补充说明"},
    schemas.Transfer: {"to": f"{DISTRICT}-ST01", "reason": "属该街道"},
    schemas.AskCo: {"unit": f"{DISTRICT}-ST01", "reason": "请配合劝导"},
    schemas.Merge: {"master": "SQ000000-0000", "reason": "同一件事"},
    schemas.Split: {"title": "另有路灯不亮需要修复", "content": "同一来电另说路口路灯不亮一周。"},
    schemas.Discipline: {"reason": "涉嫌以权谋私"},
    schemas.Force: {"reason": "已无法核实", "evidence": "三次上门记录"},
}
GIVEN = {"take": {"content": "油烟扰民", "source": "12345"}, "reveal": {"reason": "visit"}}
QUERIES = {"figures": "?since=2026-09-01&until=2026-09-30"}


def _machines(city: City, people: Cast) -> dict[str, Machine]:
    hub = people.people["hub"].postings.get().unit
    return {
        "source": Machine(scopes=EVERY, source="12345"),
        "other_source": Machine(scopes=EVERY, source="12319"),
        "call_taker": Machine(scopes=(*EVERY, "city")),
        "dispatcher": Machine("dispatcher", scopes=(*EVERY, "city")),
        "callback_officer": Machine("callback_officer", scopes=(*EVERY, "city")),
        "auditor": Machine("auditor", scopes=(*EVERY, "city")),
        "hub": Machine("hub", hub, scopes=EVERY),
        "handler": Machine("handler", city.squad, scopes=EVERY),
        "head": Machine("head", city.squad, scopes=EVERY),
        "reads_only": Machine(scopes=("read", "city")),
        "hands_in_only": Machine(scopes=("intake", "city")),
    }


def _routes() -> dict[str, str]:
    return {k: v for k, v in routes().items() if k.startswith("api:")}


def _ask(machine: Machine, name: str, path: str) -> int:
    plain = name.removeprefix("api:")
    verb = plain.removeprefix("verb_")
    if plain.startswith("verb_"):
        return machine.post(path, BODIES.get(WAYS[verb].body, {})).status_code  # type: ignore[no-any-return]
    if plain == "upload":
        return machine.upload(path, photo()).status_code  # type: ignore[no-any-return]
    if plain in GIVEN:
        return machine.post(path, GIVEN[plain]).status_code  # type: ignore[no-any-return]
    return machine.get(path + QUERIES.get(plain, "")).status_code  # type: ignore[no-any-return]


def _answers(city: City) -> dict[str, Any]:
    people = cast(city)
    said: dict[str, Any] = {}
    machines = _machines(city, people)
    for name, pattern in sorted(_routes().items()):
        path = "/" + pattern.removeprefix("api/v1/")
        kinds = WHOSE if "number" in path else ("",)
        for who, machine in machines.items():
            codes = {}
            for whose in kinds:
                number = people.orders[whose].number if whose else ""
                with transaction.atomic():
                    file = str(people.files[whose]) if whose else ""
                    asked = path.replace("<number>", number).replace("<attachment>", file)
                    codes[whose] = _ask(machine, name, asked.replace("<form>", "copy"))
                    transaction.set_rollback(True)
            said.setdefault(name, {})[who] = codes if kinds != ("",) else codes[""]
    return said


def _grouped(said: dict[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, by_machine in said.items():
        lines: dict[str, Any] = {}
        for who, row in by_machine.items():
            lines.setdefault(repr(row), ([], row))[0].append(who)
        table[name] = [{"who": " ".join(who), "answer": row} for who, row in lines.values()]
    return table


def _table() -> dict[str, Any]:
    read = yaml.safe_load(TABLE.read_text("utf-8")) if TABLE.exists() else {}
    return {
        name: {who: line["answer"] for line in lines for who in line["who"].split()}
        for name, lines in read.items()
    }


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_route_answers_every_machine_as_written(city: City) -> None:
    said = _answers(city)
    if os.environ.get("PERMISSIONS_WRITE"):
        TABLE.write_text(
            "# Which machine gets which answer where. 403: no such right; 404: not yours or not there;\n"
            "# 409: not now; 422: allowed, and the code in the test's body names nothing.\n"
            + yaml.safe_dump(_grouped(said), allow_unicode=True, sort_keys=False, width=100),
            "utf-8",
        )
    assert said == _table()


def test_every_machines_route_is_in_the_table() -> None:
    assert set(_routes()) == set(_table())


def test_the_table_keeps_orders_from_machines_they_are_not_for() -> None:
    """What must hold whatever is generated: read, not produced."""
    for name, rows in _table().items():
        if not isinstance(next(iter(rows.values())), dict):
            continue
        wanted = {"reveal": "reveal"}.get(name.removeprefix("api:"), "")
        for who in ("handler", "head", "hub"):
            assert rows[who]["foreign"] in {404, 422}, (name, who)
        for who in ("handler", "head"):
            assert rows[who]["accused"] in {404, 422}, (name, who)
        assert set(rows["other_source"].values()) <= {404, 422}, name
        assert set(rows["hands_in_only"].values()) == {403}, name
        if name.startswith("api:verb_") or wanted:
            assert set(rows["reads_only"].values()) == {403}, name
            assert set(rows["auditor"].values()) <= {403, 404, 422}, name
    revealed = _table()["api:reveal"]
    for who in ("handler", "head", "hub"):
        assert revealed[who]["confidential"] == 403
    assert set(revealed["source"].values()) == {403}
