"""suqiu admin: the first administrators, and the way back in, from the machine itself."""

from contextlib import nullcontext

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from suqiu.accounts import factors, passwords, queries
from suqiu.accounts.models import Person
from suqiu.audit.queries import chain
from suqiu.cli import house
from suqiu.cli.main import main
from suqiu.organisations.queries import centre
from tests.accounts.test_passwords import NEW, wrong
from tests.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_this_database(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction instead of a database of the command's."""
    monkeypatch.setattr("suqiu.cli.processes.raise_on_signals", lambda: None)
    monkeypatch.setattr(house, "opened", nullcontext)


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["admin", *words], input=given)


def create(login: str = "first", role: str = "sysadmin", given: str = f"{NEW}\n") -> Result:
    return run("create", login, "--role", role, "--name", "首试", given=given)


def test_it_opens_one_account_with_one_duty_in_the_centre() -> None:
    said = create()
    assert said.exit_code == 0 and NEW not in said.output
    one = queries.by_username("first")
    assert one.check_password(NEW) and one.one_time_until is None
    assert queries.actor_for(one).posts == {("sysadmin", centre().pk)}
    assert [(e.kind, e.actor) for e in chain(one.chain)] == [
        ("account.opened", "system:cli"),
        ("post.given", "system:cli"),
    ]
    assert queries.names({"system:cli"}) == {"system:cli": "命令行"}


@pytest.mark.parametrize(
    ("login", "role", "given", "said"),
    [
        ("sysadmin", "sysadmin", NEW, "accounts.taken"),
        ("first", "sysadmin", "1234567890", "accounts.password"),
        ("firstofficer", "sysadmin", "firstofficer1", "accounts.password"),
        ("first", "sysadmin", "", "No password"),
        ("first", "dispatcher", NEW, "'dispatcher' is not one of"),
        ("first", "root", NEW, "'root' is not one of"),
        ("fir st", "sysadmin", NEW, "accounts.username"),
    ],
)
def test_what_it_refuses_leaves_nothing(login: str, role: str, given: str, said: str) -> None:
    before = Person.objects.count()
    answer = create(login, role, given)
    assert answer.exit_code != 0 and said in answer.output, answer.output
    assert Person.objects.count() == before


def test_a_password_is_no_argument() -> None:
    answer = run("create", "first", "--role", "sysadmin", "--name", "首试", "--password", NEW)
    assert answer.exit_code == 2 and not Person.objects.filter(username="first").exists()


def test_all_of_them_refuse_a_house_that_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "behind", lambda *_: 1)
    for words in (
        ("create", "first", "--role", "sysadmin", "--name", "首试"),
        ("unlock", "dispatcher1"),
        ("reset", "dispatcher1", "--reason", "忘了"),
    ):
        answer = run(*words, given=NEW)
        assert answer.exit_code == 1 and "suqiu migrate" in answer.output
    assert not Person.objects.filter(username="first").exists()


def test_reset_tells_a_password_on_stdout_alone_and_may_take_the_second_step() -> None:
    one = queries.by_username("secadmin")
    answer = run("reset", "secadmin", "--reason", "忘了", "--second-factor")
    assert answer.exit_code == 1 and "factor.none" in answer.output
    assert queries.by_username("secadmin").one_time_until is None  # all or nothing
    factors.prepare(one, by=queries.actor_for(one))
    answer = run("reset", "secadmin", "--reason", "忘了", "--second-factor")
    given = answer.stdout.strip()
    client = Client()
    got = client.post("/login", {"username": "secadmin", "password": given})
    assert got["Location"] == "/login/password"
    assert [(e.kind, e.actor) for e in chain(one.chain)][-2:] == [
        ("factor.reset", "system:cli"),
        ("password.reset", "system:cli"),
    ]
    assert "no account 'nobody'" in run("reset", "nobody", "--reason", "x").output


def test_unlock_opens_the_door() -> None:
    wrong("dispatcher1")
    assert run("unlock", "dispatcher1").exit_code == 0
    assert not passwords.is_locked(queries.by_username("dispatcher1"))
    answer = run("unlock", "dispatcher1")
    assert answer.exit_code == 1 and "accounts.unlocked" in answer.output
