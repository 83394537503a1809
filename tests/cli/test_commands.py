"""The command `suqiu` itself."""

import socket
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from django.conf import LazySettings

from suqiu.cli import health, web
from suqiu.cli.main import COMMANDS, main
from suqiu.notifications.gateway import described


@pytest.fixture(autouse=True)
def _signals_stay_pytests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqiu.cli.processes.raise_on_signals", lambda: None)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_does(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output


def test_help_needs_neither_django_nor_a_database() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from suqiu.cli.main import main\n"
        "assert CliRunner().invoke(main, ['serve', '--help']).exit_code == 0\n"
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_taken_port_is_named_and_the_next_one_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert web.free_port("127.0.0.1", port) > port
        with pytest.raises(click.ClickException, match=f"Port {port} is taken"):
            web.serve("127.0.0.1", port)


@pytest.mark.django_db
def test_the_doctor_says_a_line_for_each_look_even_if_one_breaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: str) -> health.Line:
        raise RuntimeError("out of order")

    monkeypatch.setattr(health, "LOOKS", (broken, *health.LOOKS))
    first, *others = health.looked_at("postgresql://suqiu:secret@127.0.0.1:1/suqiu")
    assert (first.well, first.said) == (False, "RuntimeError: out of order")
    said = {line.what: line for line in others}
    assert said["database"].well
    assert "secret" not in said["database"].said
    assert said["migrations"].well
    assert said["icons"].well


def test_the_doctor_says_when_nothing_leads_to_citizens(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    assert not health._texts("").well
    settings.SMS = described(
        {"url": "https://sms.example/send", "body": '{"to": "{phone}", "text": "{text}"}'},
        production=True,
    )
    line = health._texts("")
    assert line.well and "sms.example" in line.said
