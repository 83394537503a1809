"""The second step: what opens, what does not, and that half a login is no login."""

import datetime as dt
import re
from typing import Any

import pyotp
import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client

from suqiu.accounts import actions, factors, queries, rules
from suqiu.accounts.models import Person, RecoveryCode, SecondFactor
from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, NotAllowed, WrongState
from suqiu.demo.city import PASSWORD
from suqiu.organisations.queries import centre
from tests.city import City
from tests.concurrency.threads import Together
from tests.permissions.situations import routes

BY = system("demo")


def person(username: str = "leader1") -> Person:
    return queries.by_username(username)


def code(secret: str, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + ahead)


def enrolled(username: str = "leader1") -> tuple[Person, str, list[str]]:
    one = person(username)
    by = queries.actor_for(one)
    secret = factors.prepare(one, by=by)
    return one, secret, factors.enrol(one, code=code(secret), by=by)


def later(seconds: int = 30) -> None:
    clock.set_to(clock.now() + dt.timedelta(seconds=seconds))


def password_given(client: Client, username: str = "leader1", **more: str) -> Any:
    return client.post("/login", {"username": username, "password": PASSWORD, **more})


def kinds(one: Person) -> list[str]:
    return [e.kind for e in chain(one.chain) if e.kind.startswith(("factor", "account.sess"))]


# The rules


def test_the_code_of_this_step_and_of_the_ones_beside_it_and_no_other() -> None:
    secret, now = rules.new_secret(), 1_790_000_000
    good = [
        ahead
        for ahead in range(-120, 121, 30)
        if rules.step_of(secret, pyotp.TOTP(secret).at(now + ahead), now, 0)
    ]
    assert good == [-30, 0, 30]


@pytest.mark.parametrize(
    "wrong", ["", "12345", "1234567", "abcdef", "１２３４５６", "²²²²²²", "-12345", "000000\x00"]
)
def test_what_is_no_code_is_refused_and_not_an_error(wrong: str) -> None:
    assert rules.step_of(rules.new_secret(), wrong, 1_790_000_000, 0) is None


def test_known_values_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1: the last six of its eight figures.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for now, said in (
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (20000000000, "353130"),
    ):
        assert rules.step_of(secret, f" {said[:3]} {said[3:]} ", now, 0) == now // 30


# Enrolling


def test_the_secret_is_sealed_and_the_codes_are_hashed(city: City) -> None:
    one, secret, codes = enrolled()
    row = SecondFactor.objects.get(person=one)
    assert secret.encode() not in bytes(row.sealed)
    assert len(set(codes)) == 10 and all(re.fullmatch(r"(\w{4}-){3}\w{4}", c) for c in codes)
    kept = repr(list(RecoveryCode.objects.values()))
    assert not any(c in kept or c.replace("-", "") in kept for c in codes)
    assert kinds(one) == ["factor.enrolled"]
    with pytest.raises(WrongState):
        factors.prepare(one, by=queries.actor_for(one))


def test_a_wrong_first_code_enrols_nobody(city: City) -> None:
    one = person()
    by = queries.actor_for(one)
    secret = factors.prepare(one, by=by)
    with pytest.raises(Invalid):
        factors.enrol(one, code=code(secret, 600), by=by)
    assert queries.enrolled(one) is None and not RecoveryCode.objects.exists()
    assert factors.prepare(one, by=by) == secret  # the picture shown before is still good


def test_nobody_enrols_or_answers_for_another(city: City) -> None:
    one, secret, codes = enrolled()
    for act in (
        lambda: factors.prepare(person("dispatcher1"), by=city.leader),
        lambda: factors.enrol(person("dispatcher1"), code="1", by=city.leader),
        lambda: factors.check(one, code=codes[0], by=city.dispatcher),
        lambda: factors.end_sessions(one, by=city.dispatcher),
    ):
        with pytest.raises(NotAllowed):
            act()


# Checking


def test_the_same_code_twice_is_refused_and_an_older_one_too(city: City) -> None:
    one, secret, _ = enrolled()
    by = queries.actor_for(one)
    assert not factors.check(one, code=code(secret), by=by)  # enrolling used it
    later()
    assert factors.check(one, code=code(secret, 30), by=by)
    assert not factors.check(one, code=code(secret, 30), by=by)
    assert not factors.check(one, code=code(secret), by=by)
    later(60)
    assert factors.check(one, code=code(secret), by=by)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_code_one_comes_in(city: City) -> None:
    one, secret, codes = enrolled()
    by = queries.actor_for(one)
    later()
    for given in (code(secret), codes[0]):
        said = Together(*[lambda given=given: factors.check(one, code=given, by=by)] * 2).finish()
        assert sorted(said) == [False, True]


def test_guessing_has_an_end_and_then_a_beginning(city: City) -> None:
    one, secret, codes = enrolled()
    by = queries.actor_for(one)
    later()
    for _ in range(factors.GUESSES):
        assert not factors.check(one, code="000000", by=by)
    for right in (code(secret), codes[0]):
        with pytest.raises(NotAllowed, match="15"):
            factors.check(one, code=right, by=by)
    assert queries.recovery_codes_left(one) == 10
    clock.set_to(clock.now() + factors.CLOSED)
    assert factors.check(one, code=code(secret), by=by)


def test_a_recovery_code_opens_once(city: City) -> None:
    one, _, codes = enrolled()
    by = queries.actor_for(one)
    assert factors.check(one, code=codes[3].upper().replace("-", " "), by=by)
    assert not factors.check(one, code=codes[3], by=by)
    assert queries.recovery_codes_left(one) == 9
    (used,) = [e for e in chain(one.chain) if e.kind == "factor.recovery_used"]
    assert used.data == {"left": 9}


def test_keys_rotate(city: City, settings: LazySettings) -> None:
    one, secret, _ = enrolled()
    settings.IDENTITY_KEYS += ",k9:" + "a" * 43 + "="
    assert (factors.rotate_keys(by=BY), factors.rotate_keys(by=BY)) == (1, 0)
    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS.split(",")[1]
    later()
    assert factors.check(one, code=code(secret), by=queries.actor_for(one))


# Resetting


def test_only_the_security_administrator_resets_with_a_reason_and_not_himself(city: City) -> None:
    one, _, _ = enrolled()
    keeper, _, _ = enrolled("secadmin")
    by = queries.actor_for(keeper)
    for who in (city.leader, city.dispatcher, queries.actor_named("sysadmin")):
        with pytest.raises(NotAllowed):
            factors.reset(one, reason="手机丢了", by=who)
    with pytest.raises(NotAllowed):
        factors.reset(keeper, reason="手机丢了", by=by)
    with pytest.raises(Invalid):
        factors.reset(one, reason=" ", by=by)
    factors.reset(one, reason="手机丢了", by=by)
    assert queries.enrolled(one) is None and not RecoveryCode.objects.filter(person=one).exists()
    entry = [e for e in chain(one.chain) if e.kind == "factor.reset"][0]
    assert entry.actor == by.id and entry.statement.words == {"reason": "手机丢了"}
    with pytest.raises(WrongState):
        factors.reset(one, reason="再来一次", by=by)


# The way in


def test_with_an_authenticator_the_password_alone_opens_nothing(city: City) -> None:
    one, secret, _ = enrolled()
    later()
    client = Client()
    answer = password_given(client, next="/figures")
    assert (answer.status_code, answer["Location"]) == (302, "/login/code")
    before = client.session.session_key
    assert client.post("/login/code", {"code": "000000"}).status_code == 422
    answer = client.post("/login/code", {"code": code(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/figures")
    assert client.session.session_key != before
    assert client.get("/leader").status_code == 200


def test_half_a_login_reaches_no_route(city: City) -> None:
    """Whatever the route: it answers half a login as it answers nobody."""
    enrolled()
    order = city.dispatched()
    half = Client(raise_request_exception=False)
    password_given(half)
    own = {"desk:login_code", "desk:login_enrol", "desk:login"}
    asked = 0
    for name, pattern in routes().items():
        if name in own:
            continue
        address = "/" + re.sub(r"<str:\w+>", order.number, pattern)
        address = re.sub(r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "sign", address))
        for method in ("get", "post"):
            nobody = Client(raise_request_exception=False)
            first, second = (getattr(c, method)(address) for c in (nobody, half))
            assert first.status_code == second.status_code, (method, address)
            assert first.get("Location") == second.get("Location"), (method, address)
            asked += 1
            if name == "desk:logout":
                password_given(half)
    assert asked > 40


def test_who_must_enrol_does_so_on_the_way_in(city: City) -> None:
    factors.require_second_factor("leader", True, by=BY)
    client = Client()
    assert password_given(client)["Location"] == "/login/enrol"
    assert client.get("/leader").status_code == 302
    page = client.get("/login/enrol").content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    assert client.post("/login/enrol", {"code": "1"}).status_code == 422
    assert client.get("/leader").status_code == 302
    page = client.post("/login/enrol", {"code": code(secret)}).content.decode()
    codes = re.findall(r"(?:\w{4}-){3}\w{4}", page)
    assert len(set(codes)) == 10 and client.get("/leader").status_code == 200
    # The codes are shown once: there is no way back to them.
    assert not re.findall(r"(?:\w{4}-){3}\w{4}", client.get("/account").content.decode())
    again = Client()
    assert password_given(again)["Location"] == "/login/code"
    assert again.get("/login/enrol")["Location"] == "/login/code"
    assert again.post("/login/code", {"code": codes[0]}).status_code == 302
    assert again.get("/leader").status_code == 200


def test_half_a_login_ends_after_five_minutes_and_with_the_account(city: City) -> None:
    one, secret, codes = enrolled()
    later()
    client = Client()
    password_given(client)
    later(301)
    assert client.post("/login/code", {"code": code(secret)})["Location"] == "/login"
    password_given(client)
    factors.end_sessions(one, by=queries.actor_for(one))
    assert client.post("/login/code", {"code": codes[0]})["Location"] == "/login"
    assert queries.recovery_codes_left(one) == 10


def test_too_many_codes_and_the_page_says_until_when(city: City) -> None:
    _, secret, _ = enrolled()
    later()
    client = Client()
    password_given(client)
    said = [client.post("/login/code", {"code": "000000"}).status_code for _ in range(6)]
    assert said == [422] * 5 + [429]
    other = Client()  # from elsewhere it is closed as well
    password_given(other)
    assert other.post("/login/code", {"code": code(secret)}).status_code == 429


def test_no_code_and_no_secret_stays_in_a_session(city: City) -> None:
    one, secret, codes = enrolled()
    client = Client()
    password_given(client)
    client.post("/login/code", {"code": codes[0]})
    held = repr([s.get_decoded() for s in Session.objects.all()])
    assert secret not in held and codes[0] not in held


# Sessions


def test_out_everywhere_but_here(city: City) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        password_given(client)
        assert client.get("/account").status_code == 200
    assert here.post("/account/sessions").status_code == 302
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    assert kinds(person()) == ["account.sessions_ended"]


def test_a_reset_ends_the_sessions(city: City) -> None:
    one, _, codes = enrolled()
    client = Client()
    password_given(client)
    client.post("/login/code", {"code": codes[0]})
    factors.reset(one, reason="手机丢了", by=queries.actor_named("secadmin"))
    assert client.get("/account").status_code == 302


def test_a_post_that_asks_for_more_ends_the_session_that_had_less(city: City) -> None:
    factors.require_second_factor("leader", True, by=BY)
    client = Client()
    password_given(client, "dispatcher1")
    assert client.get("/account").status_code == 200
    one = person("dispatcher1")
    actions.give_post(one, unit=centre(), role="inspector", by=BY)
    assert client.get("/account").status_code == 200
    actions.give_post(one, unit=city.squad, role="leader", by=BY)
    assert client.get("/account").status_code == 302


def test_a_desk_that_was_left_is_closed(city: City, settings: LazySettings) -> None:
    client = Client()
    password_given(client)
    for _ in range(3):
        later(settings.IDLE_SECONDS - 60)
        assert client.get("/account").status_code == 200
    later(settings.IDLE_SECONDS + 61)
    assert client.get("/account").status_code == 302
    assert client.get("/account").status_code == 302


def test_which_roles_need_it_is_data(city: City) -> None:
    assert queries.second_factor_roles() == frozenset()  # the demo's city says so
    client = Client()
    password_given(client, "secadmin")
    client.post("/people/factors", {"role": ["leader", "hub"]})
    assert queries.second_factor_roles() == {"leader", "hub"}
    said = [e.data for e in chain("accounts") if e.data["required"]]
    assert said == [
        {"role": "hub", "required": True},
        {"role": "leader", "required": True},
    ] or said == [
        {"role": "leader", "required": True},
        {"role": "hub", "required": True},
    ]
    with pytest.raises(NotAllowed):
        factors.require_second_factor("hub", False, by=city.leader)


def test_a_house_that_said_nothing_asks_administrators_and_leaders(db: None) -> None:
    from suqiu.accounts.models import SecondFactorRule

    SecondFactorRule.objects.all().delete()
    asked = queries.second_factor_roles()
    assert asked >= {"sysadmin", "secadmin", "auditadmin", "leader"} and "call_taker" not in asked
