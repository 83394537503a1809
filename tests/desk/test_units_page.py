"""The units as a page: who is missing where, and a unit founded or changed as a line of a sheet."""

import pytest

from suqiu.accounts.models import Posting
from suqiu.audit.queries import chain
from suqiu.organisations.models import Unit
from tests.city import DISTRICT, City, actor_named
from tests.desk.test_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


def given(city: City, **more: str) -> dict[str, str]:
    return {
        "code": "SQ-NEW",
        "name": "新设中队",
        "kind": "squad",
        "district": DISTRICT,
        "parent": str(city.street.pk),
        "trade": "",
        "email": "sq@example.org",
        **more,
    }


def test_a_unit_is_founded_once_and_then_changed(city: City) -> None:
    client = client_of(actor_named("sysadmin"))
    page = client.post("/units/keep", given(city), follow=True).content.decode()
    unit = Unit.objects.get(code="SQ-NEW")
    assert (unit.name, unit.parent, unit.region_id) == ("新设中队", city.street, DISTRICT)
    assert "已设单位 新设中队" in page and "没有承办人" in page
    assert "没有变化" in client.post("/units/keep", given(city), follow=True).content.decode()
    client.post("/units/keep", given(city, name="改名中队"))
    unit.refresh_from_db()
    assert unit.name == "改名中队"
    kinds = [entry.kind for entry in chain(f"unit:{unit.pk}")]
    assert kinds == ["unit.founded", "unit.changed"]
    assert chain(f"unit:{unit.pk}")[0].actor == actor_named("sysadmin").id


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"parent": ""}, "中队的上级须是街镇"),
        ({"district": ""}, "没有区"),
        ({"code": "有 空格"}, "代码只用字母"),
        ({"name": ""}, "这一项要填"),
        ({"email": "x"}, "不是邮箱地址"),
        ({"kind": "centre"}, "不在可选之列"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_founded(
    city: City, wrong: dict[str, str], said: str
) -> None:
    before = Unit.objects.count()
    answer = client_of(actor_named("sysadmin")).post("/units/keep", given(city, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "第 0 行" not in page
    assert Unit.objects.count() == before


def test_a_known_unit_does_not_become_another_kind(city: City) -> None:
    client = client_of(actor_named("sysadmin"))
    answer = client.post("/units/keep", given(city, code=city.squad.code, kind="department"))
    assert answer.status_code == 422 and "另一类单位" in answer.content.decode()
    assert Unit.objects.get(pk=city.squad.pk).kind == "squad"
    form = client.get("/units", {"unit": city.squad.code, "region": DISTRICT}).content.decode()
    assert f'value="{city.squad.code}"' in form and f"改 {city.squad.code}" in form


def test_who_is_missing_stands_beside_the_unit(city: City) -> None:
    client = client_of(city.dispatcher)
    whole = client.get("/units", {"q": str(city.squad)}).content.decode()
    assert str(city.squad) in whole and "没有承办单位负责人" not in whole
    Posting.objects.filter(unit=city.squad, role="head").delete()
    page = client.get("/units", {"q": str(city.squad)}).content.decode()
    assert "没有承办单位负责人" in page
    assert 'name="code"' not in page  # a dispatcher reads


def test_only_the_system_administrator_founds(city: City) -> None:
    for actor in (city.dispatcher, actor_named("secadmin"), actor_named("auditadmin")):
        assert client_of(actor).post("/units/keep", given(city)).status_code in {302, 403}
    assert not Unit.objects.filter(code="SQ-NEW").exists()


def test_a_try_out_begins_where_there_is_work(city: City) -> None:
    from suqiu.desk.queries import busiest

    city.dispatched()
    person = Posting.objects.get(person=busiest("handler"), until=None)
    assert person.unit == city.squad
    assert busiest("calltaker") is None
