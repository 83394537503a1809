"""Who sits at the pages on a new house's first day. Run as a program, in production's settings.

python -m tests.cli.first_day people      administrators log in, people and posts are made
python -m tests.cli.first_day tour        every role at every page, before there is an order
python -m tests.cli.first_day appeal      the first appeal: taken, accepted, dispatched
"""

import json
import os
import re
import sys
import time
from typing import Any

PASSWORD = "ladder-violet-88-quay"
TEAM = {
    "taker": ("call_taker", "YZ"),
    "sender": ("dispatcher", "YZ"),
    "squad": ("handler", "DH-01-Z"),
}


def visitor() -> Any:
    from django.test import Client

    return Client(SERVER_NAME=os.environ["SUQIU_HOSTS"], headers={"x-forwarded-proto": "https"})


def shown(pattern: str, answer: Any) -> str:
    text = answer.content.decode()
    found = re.search(pattern, text)
    assert found, (
        f"{answer.status_code} {answer.headers} " + re.sub(r"<[^>]+>|\s+", " ", text)[:3000]
    )
    return found[1]


def administrator(login: str) -> Any:
    """Password, authenticator, in: production asks the three administrators for both."""
    import pyotp

    client = visitor()
    answer = client.post("/login", {"username": login, "password": PASSWORD}, secure=True)
    assert answer["Location"] == "/login/enrol", answer
    page = client.get("/login/enrol", secure=True)
    secret = shown(r'login-secret">([A-Z2-7 ]+)<', page).replace(" ", "")
    code = pyotp.TOTP(secret).at(int(time.time()))
    assert client.post("/login/enrol", {"code": code}, secure=True).status_code == 200
    assert client.get("/people", secure=True).status_code == 200
    return client


def people() -> dict[str, str]:
    """One opens the accounts, another gives the posts: {login: one-time password}."""
    from suqiu.accounts.models import Person
    from suqiu.organisations.models import Unit

    opener, poster, told = administrator("root.sys"), administrator("root.sec"), {}
    for login, (role, code) in TEAM.items():
        answer = opener.post("/people/open", {"username": login, "name": login}, secure=True)
        told[login] = shown(r'one-time" readonly value="([^"]+)"', answer)
        pk = Person.objects.get(username=login).pk
        unit = Unit.objects.get(code=code).pk
        given = poster.post(f"/people/{pk}/post", {"role": role, "unit": unit}, secure=True)
        assert given.status_code == 302, given
        assert (
            opener.post(f"/people/{pk}/post", {"role": role, "unit": unit}, secure=True).status_code
            == 403
        )
    return told


def newcomer(login: str, told: str) -> Any:
    client = visitor()
    answer = client.post("/login", {"username": login, "password": told}, secure=True)
    assert answer["Location"] == "/login/password", answer
    mine = {"new": PASSWORD, "again": PASSWORD}
    answer = client.post("/login/password", mine, secure=True)
    assert answer["Location"] == "/", answer.content.decode()
    return client


def appeal(told: dict[str, str]) -> dict[str, Any]:
    from suqiu.base import clock
    from suqiu.orders.models import Order
    from suqiu.organisations.models import Unit

    taker, sender = newcomer("taker", told["taker"]), newcomer("sender", told["sender"])
    assert taker.get("/register", secure=True).status_code == 200
    form = {
        "source": "YZ-HOT", "kind": "投诉", "name": "王试", "phone": "13900000001",
        "title": "青禾路口每晚流动摊贩占道油烟扰民", "category": "C0101", "urgency": "一般",
        "content": "青禾路口每晚六点起有七八辆推车摆夜排档,占住人行道和盲道,油烟大,收摊后满地油污。",
        "demand": "固定值守到二十二点", "region": "990101",
        "occurred_at": f"{clock.local(clock.now()):%Y-%m-%dT00:05}",
        "street": Unit.objects.get(code="DH-01").pk, "address": "青禾路128弄北门", "do": "accept",
    }  # fmt: skip
    answer = taker.post("/register", form, secure=True)
    assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[:3000]
    number = answer["Location"].removeprefix("/orders/")
    page = sender.get(f"/orders/{number}/dispatch", secure=True)
    squad = Unit.objects.get(code="DH-01-Z")
    assert squad.name in page.content.decode()
    answer = sender.post(f"/orders/{number}/dispatch", {"to": squad.pk}, secure=True)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    order = Order.objects.get(number=number)
    holder = newcomer("squad", told["squad"])
    assert number in holder.get("/queue", secure=True).content.decode()
    return {"number": number, "state": order.state}


def tour() -> dict[str, list[int]]:
    """Every role at every page before there is one order: what each was answered."""
    from suqiu.accounts import actions
    from suqiu.accounts.models import ROLES
    from suqiu.base.actors import system
    from suqiu.organisations.models import Unit
    from tests.permissions.situations import routes

    by, said = system("cli"), {}
    inside = {"hub": "DH", "handler": "DH-01-Z", "head": "DH-01-Z"}
    # Without a worker /readyz says so, with 503.
    pages = [path for path in routes().values() if "<" not in path and path != "readyz"]
    for role in ROLES:
        one = actions.open_account(username=role, name="试", password=PASSWORD, by=by)
        unit = Unit.objects.get(code=inside.get(role, "YZ"))
        actions.give_post(one, unit=unit, role=role, by=by)
        client = visitor()
        client.force_login(one, backend="django.contrib.auth.backends.ModelBackend")
        # What only takes forms answers 405; what goes wrong raises.
        said[role] = sorted({client.get(f"/{path}", secure=True).status_code for path in pages})
    return said


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "suqiu.config.settings"
    django.setup()
    acts = {"people": people, "tour": tour, "appeal": lambda: appeal(json.loads(sys.argv[2]))}
    done = acts[sys.argv[1]]()
    sys.stdout.write(json.dumps(done) + "\n")
