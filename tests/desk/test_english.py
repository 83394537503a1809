"""In English the house speaks English: its name, its posts; what goes to a citizen does not."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from suqiu.accounts.actions import give_post
from suqiu.accounts.models import ROLES
from suqiu.accounts.queries import people_as
from suqiu.audit.jobs import seal
from suqiu.base.actors import system
from suqiu.notifications import channels, jobs
from suqiu.notifications.models import Message
from suqiu.organisations.queries import centre
from tests.city import City

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The client leaves its language behind."""
    before = translation.get_language()
    yield
    translation.activate(before)


@pytest.mark.parametrize("role", ROLES)
def test_ones_own_page_is_english_but_for_names(city: City, role: str) -> None:
    if not people_as(role):
        give_post(people_as("trainer")[0], unit=centre(), role=role, by=system("demo"))
    person = people_as(role)[0]
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/account").content.decode()
    assert "Suqiu</title>" in page and "Second step" in page
    # The person's own name, with its first sign, and the name of the other language are data.
    for known in (person.name, person.name[0], "中文"):
        page = page.replace(known, "")
    text = re.sub(r"<[^>]*>", " ", page)
    assert not CHINESE.search(text), CHINESE.findall(text)


def test_a_citizen_is_told_in_the_houses_language_whoever_runs_the_job(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setitem(channels.CHANNELS, "file", lambda message, text: said.append(text))
    city.replied()
    seal()
    jobs.follow()
    with translation.override("en"):
        jobs.deliver()
    assert Message.objects.filter(event="result").exists()
    assert any("已处理" in text for text in said)
