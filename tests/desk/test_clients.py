"""The page of machine clients: the token is there once, and only its keeper may make one."""

import re

import pytest

from suqiu.accounts import queries
from suqiu.accounts.models import Client
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
TOKEN = re.compile(r"sq_[a-z2-7]{10}_[\w-]{43}")


def test_a_token_is_shown_once_works_and_is_taken_back(city: City) -> None:
    keeper = client_of(queries.actor_named("secadmin"))
    given = {
        "name": "某平台", "role": "handler", "unit": city.squad.pk, "scopes": ["read", "verbs"],
        "days": "30", "per_minute": "90",
    }  # fmt: skip
    made = keeper.post("/clients/add", given)
    token = TOKEN.search(made.content.decode())
    assert made.status_code == 200 and token and "no-store" in made["Cache-Control"]
    client = queries.client_of(token.group())
    assert client and client.scopes == ["read", "verbs"] and client.per_minute == 90
    again = keeper.get("/clients").content.decode()
    assert "某平台" in again and "每分钟最多 90 次" in again and not TOKEN.search(again)
    keeper.post(f"/clients/{client.pk}/revoke")
    assert queries.client_of(token.group()) is None
    assert "已停用" in keeper.get("/clients").content.decode()


def test_rights_that_do_not_go_together_are_told_on_the_form(city: City) -> None:
    keeper = client_of(queries.actor_named("secadmin"))
    given = {
        "name": "甲",
        "role": "handler",
        "unit": city.squad.pk,
        "scopes": ["intake"],
        "days": "9",
    }
    said = keeper.post("/clients/add", given)
    assert said.status_code == 422 and "交件须是" in said.content.decode()
    assert not Client.objects.exists()
