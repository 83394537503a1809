"""suqiu clients: what each does, and that a token stands nowhere but where it was printed."""

import datetime as dt
import re
from contextlib import nullcontext

import pytest
from click.testing import CliRunner, Result
from django.test import Client as Http

from suqiu.accounts import queries
from suqiu.accounts.models import Client
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.cli import house
from suqiu.cli.main import main
from tests.city import City

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
TOKEN = re.compile(r"sq_[a-z2-7]{10}_[\w-]{43}")


@pytest.fixture(autouse=True)
def _in_this_database(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction instead of a database of the command's."""
    monkeypatch.setattr("suqiu.cli.processes.raise_on_signals", lambda: None)
    monkeypatch.setattr(house, "opened", nullcontext)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["clients", *words])


def added(*words: str) -> tuple[Client, str]:
    said = run(
        "add", "某平台", "--role", "call_taker", "--source", "12345", "--scope", "read", *words
    )
    assert said.exit_code == 0, said.output
    token = said.stdout.strip()
    assert TOKEN.fullmatch(token), "the output is the token alone, to be sent into a file"
    client = queries.client_of(token)
    assert client is not None
    return client, token


def opens(token: str) -> int:
    heads = {"Authorization": f"Bearer {token}"}
    return Http().get("/api/v1/sources", headers=heads).status_code


def test_a_client_is_made_listed_and_revoked() -> None:
    client, token = added("--days", "30")
    assert (client.role, client.source, client.scopes) == ("call_taker", "12345", ["read"])
    assert client.per_minute == 1200 and opens(token) == 200
    assert client.expires_at == clock.now() + dt.timedelta(days=30)
    assert token not in client.token_hash and token[15:] not in repr(chain(client.actor_id))
    listed = run("list").output
    assert client.prefix in listed and not TOKEN.search(listed)
    assert run("revoke", client.prefix).exit_code == 0
    assert opens(token) == 401
    assert [e.kind for e in chain(client.actor_id)] == ["client.added", "client.revoked"]


def test_a_new_token_ends_the_one_before() -> None:
    client, old = added()
    said = run("rotate", client.prefix)
    new = said.stdout.strip()
    assert said.exit_code == 0 and TOKEN.fullmatch(new) and new != old
    assert (opens(old), opens(new)) == (401, 200)
    same = queries.client_of(new)
    assert same is not None and (same.pk, same.expires_at) == (client.pk, client.expires_at)
    assert [e.kind for e in chain(client.actor_id)] == ["client.added", "client.rotated"]


def test_what_has_ended_gets_a_token_only_with_a_new_end() -> None:
    client, old = added("--days", "1")
    clock.set_to(clock.now() + dt.timedelta(days=2))
    assert opens(old) == 401
    refused = run("rotate", client.prefix)
    assert refused.exit_code == 1 and "已停用或到期" in refused.output
    new = run("rotate", client.prefix, "--days", "9").stdout.strip()
    assert (opens(old), opens(new)) == (401, 200)
    run("revoke", client.prefix)
    assert run("rotate", client.prefix, "--days", "9").exit_code == 1 and opens(new) == 401


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--role", "call_taker", "--scope", "read"), "选定来源"),
        (("--role", "sysadmin", "--scope", "read"), "没有这个岗位"),
        (("--role", "handler", "--scope", "read"), "对不上"),
        (("--role", "handler", "--scope", "read", "--unit", "NONE"), "no unit 'NONE'"),
        (("--role", "call_taker", "--scope", "read", "--source", "x"), "no source 'x'"),
        (("--role", "call_taker", "--scope", "all", "--source", "12345"), "至少选一项"),
    ],
)
def test_what_does_not_go_together_is_said_and_nobody_made(
    words: tuple[str, ...], said: str
) -> None:
    refused = run("add", "某平台", *words)
    assert refused.exit_code == 1 and said in refused.output
    assert not Client.objects.exists()


def test_an_unknown_prefix_is_named() -> None:
    for verb in ("revoke", "rotate"):
        refused = run(verb, "nosuchxxxx")
        assert refused.exit_code == 1 and "nosuchxxxx" in refused.output
