"""The session in docs/api.md, run from its own blocks: the command, then curl against a server."""

import json
import os
import re
import shlex
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pytest_django.live_server_helper import LiveServer

from suqiu.cli import house
from suqiu.cli.main import main
from suqiu.orders.models import Order
from tests.city import City
from tests.pictures import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]
DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
COMMAND = re.compile(r"^    (?:suqiu|curl) (?:.*\\\n)*.*$", re.MULTILINE)


def commands() -> list[str]:
    return [found.group().strip() for found in COMMAND.finditer(DOCUMENT.read_text("utf-8"))]


def promised() -> dict[str, Any]:
    found = re.search(r"The first answers `(\{.*?\})`", DOCUMENT.read_text("utf-8"))
    assert found, "the document tells what the first call answers"
    answer: dict[str, Any] = json.loads(found.group(1))
    return answer


def curl(command: str, place: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["bash", "-euc", command], cwd=place, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "no_proxy": "*", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_documents_session_works_as_written(
    city: City, live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("curl") is None:
        pytest.fail("the session is curl's; apt-get install curl")
    monkeypatch.setattr("suqiu.cli.processes.raise_on_signals", lambda: None)
    monkeypatch.setattr(house, "opened", nullcontext)
    (tmp_path / "night.jpg").write_bytes(photo())
    answers: list[dict[str, Any]] = []
    number = ""
    for command in commands():
        if command.startswith("suqiu"):
            words, _, file = command.partition(" > ")
            said = CliRunner().invoke(main, shlex.split(words)[1:])
            assert said.exit_code == 0, said.output
            (tmp_path / file.strip()).write_text(said.stdout)
            continue
        asked = command.replace("https://HOST", live_server.url)
        asked = asked.replace(promised()["number"], number) if number else asked
        answers.append(curl(asked, tmp_path))
        number = number or answers[0]["number"]
    first, listed, uploaded = answers
    assert {**first, "number": promised()["number"]} == promised()
    assert [row["number"] for row in listed["items"]] == [number]
    assert uploaded["number"] == number and uploaded["file"]["kind"] == "appeal"
    order = Order.objects.get(number=number)
    assert order.source_no == "A-000123" and order.attachments.count() == 1
