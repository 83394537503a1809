"""The packs' page: what is in force, what differs, and a bad file refused with its line."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suqiu.accounts.queries import actor_named
from suqiu.audit.queries import chain
from suqiu.base.actors import system
from suqiu.base.errors import NotAllowed
from suqiu.policy import actions, queries
from suqiu.policy.models import Pack
from tests.city import City
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
FILE = next(actions.SHIPPED.glob("*2013.yaml"))
THIRD = (
    FILE.read_text("utf-8")
    .replace("version: 4", "version: 5", 1)
    .replace("second_rate: 0.2", "second_rate: 0.3")
)


def send(text: str | bytes, who: str = "sysadmin"):  # type: ignore[no-untyped-def]
    content = text.encode() if isinstance(text, str) else text
    return client_of(actor_named(who)).post(
        "/packs/publish", {"file": SimpleUploadedFile("third.yaml", content)}
    )


def test_the_list_says_what_is_in_force_and_how_many_orders_keep_it(city: City) -> None:
    city.registered()
    text = client_of(city.dispatcher).get("/packs").content.decode()
    pack = queries.in_force()
    assert all(word in text for word in (pack.code, pack.fingerprint[:12], "推定", "在用"))
    assert 'data-label="按它办的工单">1</td></tr>' in text
    assert "发布一版" not in text


def test_a_version_is_published_compared_and_journalled(city: City) -> None:
    first = Pack.objects.get(version=4, body__callback__second_rate=0.2)
    assert send(THIRD).status_code == 302
    third = Pack.objects.get(code=first.code, version=5)
    assert chain(f"pack:{first.code}")[-1].actor == actor_named("sysadmin").id
    client = client_of(city.leader)
    text = client.get(f"/packs/{third.pk}?with={first.pk}").content.decode()
    assert "callback.second_rate" in text
    assert queries.differences(first, third) == [
        ("callback.second_rate", "0.2", "0.3"),
        ("version", "4", "5"),
    ]
    assert actor_named("sysadmin").id in chain(f"pack:{first.code}")[-1].actor
    assert client.get("/packs/999999").status_code == 404


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (THIRD.replace("second_rate: 0.3", "second_rate: 3"), "third.yaml 第 "),
        (THIRD + "\tx: [", "第 "),
        (FILE.read_text("utf-8").replace("second_rate: 0.2", "second_rate: 0.3"), "改动须升版"),
        ("名称".encode("gb18030"), "第 1 行不是 UTF-8"),
        ("just words", "pack"),
    ],
)
def test_a_bad_file_is_refused_and_says_where(city: City, text: str | bytes, said: str) -> None:
    count = Pack.objects.count()
    answer = send(text)
    assert answer.status_code in {400, 422}
    assert said in answer.content.decode()
    assert Pack.objects.count() == count


def test_only_the_system_administrator_publishes(city: City) -> None:
    assert send(THIRD, "dispatcher1").status_code == 403
    with pytest.raises(NotAllowed):
        actions.publish(THIRD, by=city.dispatcher)
    actions.publish(THIRD, by=system("test"))


def test_the_page_says_by_what_each_signal_is_raised(city: City) -> None:
    text = FILE.read_text("utf-8").replace("version: 4", "version: 5", 1)
    text = text.replace("gap: 2, within_days: 14", "gap: 3, within_days: 21")
    actions.publish(text, by=system("test"))
    page = client_of(city.leader).get(f"/packs/{Pack.objects.get(version=5).pk}")
    assert page.context["signals"][0][0] == "两次回访说法相反"
    body = page.content.decode()
    assert "低 3 级" in body and "21 天" in body and "没经手的人 5 个工作日内作结论" in body
    # Once, in words: not again among the lines of the rest.
    assert "signals.opposed" not in body
