"""Passwords: given once and changed at once, chosen by their owner, and the door that shut."""

import datetime as dt
import re
from typing import Any

import pyotp
import pytest
from django.test import Client

from suqiu.accounts import actions, factors, passwords, queries
from suqiu.accounts.models import Person
from suqiu.audit.models import Entry
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.demo.city import PASSWORD
from tests.city import City
from tests.permissions.situations import routes

BY = system("test")
NEW = "kettle-orchard-19-moon"
OPEN = {
    *("desk:healthz", "desk:readyz", "desk:login", "desk:login_code", "desk:login_enrol"),
    # The street's shell knows nobody: what it shows, it fetches, and that is refused here.
    *("desk:street", "desk:street_manifest", "desk:street_worker"),
}


def person(username: str = "dispatcher1") -> Person:
    return queries.by_username(username)


def logged_in(username: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/login", {"username": username, "password": password})
    return client


def gives(client: Client, password: str, username: str = "dispatcher1") -> Any:
    return client.post("/login", {"username": username, "password": password})


def chooses(client: Client, new: str, again: str | None = None) -> Any:
    return client.post("/login/password", {"new": new, "again": new if again is None else again})


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def wrong(username: str = "dispatcher1", times: int = 5) -> Any:
    client = Client()
    for _ in range(times):
        answer = gives(client, "not-this-one", username)
    return answer


# A password given by another


def test_a_reset_ends_every_session_and_the_new_password_opens_one_page(city: City) -> None:
    before = logged_in("dispatcher1")
    given = passwords.reset(person(), reason="忘了", by=queries.actor_named("sysadmin"))
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", given)
    assert not is_in(before)
    client = Client()
    assert gives(client, PASSWORD).status_code == 422
    assert gives(client, given)["Location"] == "/login/password"
    opened = {
        name
        for name, pattern in routes().items()
        if name.startswith("desk:") and "<" not in pattern and name not in OPEN
        and client.get("/" + pattern).status_code == 200
    }  # fmt: skip
    assert opened == {"desk:login_password"}
    assert chooses(client, NEW)["Location"] == "/"
    assert is_in(client)
    assert gives(Client(), NEW)["Location"] == "/"  # its owner's now: no further step
    assert gives(Client(), given).status_code == 422


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short-1", None, "密码太短，至少 10 个字符"),
        ("1234567890", None, "这个密码太常见；密码不能全是数字"),
        ("dispatcher1", None, "密码和账号、姓名或邮箱太像"),
        (NEW, "another-thing-7", "两次"),
    ],
)
def test_what_he_chooses_is_held_to_the_house_s_rules(
    city: City, new: str, again: str | None, said: str
) -> None:
    given = passwords.reset(person(), reason="忘了", by=BY)
    client = Client()
    gives(client, given)
    answer = chooses(client, new, again)
    assert answer.status_code == 422 and re.search(said, answer.content.decode())
    assert not is_in(client)
    assert "一样" in chooses(client, given).content.decode()  # nor the one that another knows


def test_after_its_days_it_opens_nothing(city: City) -> None:
    given = passwords.reset(person(), reason="忘了", by=BY)
    clock.set_to(clock.now() + passwords.ONE_TIME - dt.timedelta(seconds=1))
    assert gives(Client(), given).status_code == 302
    clock.set_to(clock.now() + dt.timedelta(seconds=1))
    answer = gives(Client(), given)
    assert answer.status_code == 422 and "过期" in answer.content.decode()


def test_the_second_factor_comes_first_and_is_not_walked_round(city: City) -> None:
    one = person("leader1")
    secret = factors.prepare(one, by=city.leader)
    factors.enrol(one, code=pyotp.TOTP(secret).at(int(clock.now().timestamp())), by=city.leader)
    given = passwords.reset(one, reason="忘了", by=queries.actor_named("sysadmin"))
    client = Client()
    assert gives(client, given, "leader1")["Location"] == "/login/code"
    assert chooses(client, NEW)["Location"] == "/login"
    one.refresh_from_db()
    assert not one.check_password(NEW)
    clock.set_to(clock.now() + dt.timedelta(seconds=30))
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    assert client.post("/login/code", {"code": code})["Location"] == "/login/password"
    assert not is_in(client)
    assert chooses(client, NEW)["Location"] == "/"
    assert is_in(client)


def test_who_must_enrol_does_so_before_he_chooses(city: City) -> None:
    factors.require_second_factor("dispatcher", True, by=BY)
    given = passwords.reset(person(), reason="忘了", by=BY)
    client = Client()
    assert gives(client, given)["Location"] == "/login/enrol"
    page = client.get("/login/enrol").content.decode()
    found = re.search(r'login-secret">([A-Z2-7 ]+)<', page)
    assert found
    code = pyotp.TOTP(found[1].replace(" ", "")).at(int(clock.now().timestamp()))
    page = client.post("/login/enrol", {"code": code}).content.decode()
    assert 'href="/login/password"' in page
    chooses(client, NEW)
    assert is_in(client)


# Who may


def test_nobody_resets_himself_nor_those_who_hold_him_in_check(city: City) -> None:
    by = queries.actor_named("sysadmin")
    for username, code in (
        ("sysadmin", "password.self"),
        ("secadmin", "password.guarded"),
        ("auditadmin", "password.guarded"),
        ("auditor", "password.guarded"),
    ):
        for act in (
            lambda one: passwords.reset(one, reason="忘了", by=by),
            lambda one: passwords.unlock(one, by=by),
        ):
            with pytest.raises(NotAllowed) as refused:
                act(person(username))
            assert refused.value.code == code
        assert person(username).check_password(PASSWORD)
    # A guarded post that begins next week guards from today.
    actions.give_post(
        person(), unit=city.squad, role="auditor", by=BY, since=clock.today() + dt.timedelta(7)
    )
    with pytest.raises(NotAllowed):
        passwords.reset(person(), reason="忘了", by=by)


@pytest.mark.parametrize("who", ["secadmin", "auditadmin", "auditor", "leader1", "dispatcher1"])
def test_nobody_else_resets_or_unlocks(city: City, who: str) -> None:
    by, one = queries.actor_named(who), person("calltaker1")
    with pytest.raises(NotAllowed):
        passwords.reset(one, reason="忘了", by=by)
    with pytest.raises(NotAllowed):
        passwords.unlock(one, by=by)
    with pytest.raises(NotAllowed):
        passwords.choose(one, new=NEW, by=by)
    assert person("calltaker1").check_password(PASSWORD)


def test_a_reset_says_why_and_the_journal_keeps_no_password(city: City) -> None:
    by = queries.actor_named("sysadmin")
    with pytest.raises(Invalid, match="为什么"):
        passwords.reset(person(), reason=" ", by=by)
    given = passwords.reset(person(), reason="本人来电说忘了", by=by)
    entry = chain(person().chain)[-1]
    assert (entry.kind, entry.actor) == ("password.reset", by.id)
    assert given not in repr(list(Entry.objects.values()))
    actions.set_active(person(), False, by=by)
    with pytest.raises(WrongState):
        passwords.reset(person(), reason="忘了", by=by)


# The pages


def test_the_system_administrator_opens_and_resets_and_sees_the_password_once(city: City) -> None:
    client = logged_in("sysadmin")
    page = client.post("/people/open", {"username": "newcomer", "name": "新试"}).content.decode()
    found = re.search(r'class="input mono one-time" readonly value="([^"]+)"', page)
    one = person("newcomer")
    assert found and one.check_password(found[1]) and one.one_time_until
    assert found[1] not in client.get(f"/people/{one.pk}").content.decode()
    page = client.post(f"/people/{one.pk}/password", {"reason": "没收到"}).content.decode()
    again = re.search(r'class="input mono one-time" readonly value="([^"]+)"', page)
    assert again and again[1] != found[1] and "重置密码" in page
    assert gives(Client(), again[1], "newcomer")["Location"] == "/login/password"
    guarded = client.get(f"/people/{person('secadmin').pk}").content.decode()
    assert "suqiu admin reset" in guarded and "/password" not in guarded


def test_one_changes_one_s_own_and_is_logged_out_elsewhere(city: City) -> None:
    here, there = logged_in("dispatcher1"), logged_in("dispatcher1")
    given = {"old": PASSWORD, "new": NEW, "again": NEW}
    answer = here.post("/account/password", {**given, "old": "not-this-one"})
    assert answer.status_code == 422 and "现在的密码不对" in answer.content.decode()
    assert here.post("/account/password", {**given, "again": "x"}).status_code == 422
    assert here.post("/account/password", {**given, "new": "1", "again": "1"}).status_code == 422
    assert person().check_password(PASSWORD)
    assert here.post("/account/password", given)["Location"] == "/account"
    assert person().check_password(NEW) and is_in(here) and not is_in(there)
    assert chain(person().chain)[-1].kind == "password.changed"


def test_a_stolen_session_does_not_guess_the_old_password_for_long(city: City) -> None:
    client = logged_in("dispatcher1")
    for _ in range(5):
        answer = client.post("/account/password", {"old": "not-this-one", "new": NEW, "again": NEW})
    assert answer.status_code == 429
    right = client.post("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert right.status_code == 429 and person().check_password(PASSWORD)


# The door that shut


def test_a_door_that_shut_is_seen_and_opened(city: City) -> None:
    assert wrong(times=4).status_code == 422 and not passwords.is_locked(person())
    assert wrong().status_code == 429 and passwords.is_locked(person())
    assert gives(Client(), PASSWORD).status_code == 429
    client, pk = logged_in("sysadmin"), person().pk
    assert "锁着" in client.get(f"/people/{pk}").content.decode()
    client.post(f"/people/{pk}/unlock")
    assert "锁着" not in client.get(f"/people/{pk}").content.decode()
    assert gives(Client(), PASSWORD).status_code == 302
    assert chain(person().chain)[-1].kind == "account.unlocked"
    with pytest.raises(WrongState):
        passwords.unlock(person(), by=BY)


def test_wrong_codes_shut_it_too(city: City) -> None:
    one = person("leader1")
    secret = factors.prepare(one, by=city.leader)
    factors.enrol(one, code=pyotp.TOTP(secret).at(int(clock.now().timestamp())), by=city.leader)
    for _ in range(factors.GUESSES):
        factors.check(one, code="000000", by=city.leader)
    assert passwords.is_locked(one)
    passwords.unlock(one, by=BY)
    clock.set_to(clock.now() + dt.timedelta(seconds=30))
    assert factors.check(
        one, code=pyotp.TOTP(secret).at(int(clock.now().timestamp())), by=city.leader
    )
