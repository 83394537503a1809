"""What no person types: every page answers it with a refusal, none with a fault."""

import pytest
from django.test import Client

from tests.city import City
from tests.desk.test_pages import call, client_of
from tests.supervision import work

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
NUL = "a\x00b"
ENDS = ("0001-01-01", "9999-12-31")


@pytest.mark.parametrize(
    ("who", "path", "field"),
    [
        ("dispatcher", "/search", "q"),
        ("dispatcher", "/roster", "unit"),
        ("call_taker", "/register/streets", "region"),
        ("call_taker", "/register", "phone"),
        ("leader", "/figures", "source"),
        ("leader", "/figures/orders", "rate"),
        ("leader", "/figures/orders", "reason"),
        ("dispatcher", "/queue", "after"),
    ],
)
def test_a_character_that_no_column_holds(city: City, who: str, path: str, field: str) -> None:
    assert client_of(getattr(city, who)).get(path, {field: NUL}).status_code < 500


@pytest.mark.parametrize("path", ["/orders/a%00b", "/queue/preview/%00", "/orders/%00/urge"])
def test_a_number_that_is_none(city: City, path: str) -> None:
    assert client_of(city.dispatcher).get(path).status_code in {404, 422}


@pytest.mark.parametrize("path", ["/figures", "/leader", "/figures/orders"])
@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("day", ENDS)
def test_the_ends_of_time_are_no_period(city: City, path: str, field: str, day: str) -> None:
    assert client_of(city.leader).get(path, {field: day}).status_code == 200


@pytest.mark.parametrize("day", ENDS)
def test_an_inspection_is_not_planned_beyond_time(city: City, day: str) -> None:
    given = {"theme": "测试", "checklist": "three-twos", "since": day, "until": day}
    answer = client_of(city.inspector).post("/inspections/plan", {**given, "per_stratum": "1"})
    assert answer.status_code == 422


@pytest.mark.parametrize("value", ["²", "٣", "9" * 30, "-1", "NaN"])
@pytest.mark.parametrize(
    ("who", "path", "field"),
    [
        ("dispatcher", "/search", "after"),
        ("dispatcher", "/queue", "after"),
        ("dispatcher", "/packs/1", "with"),
        ("dispatcher", "/messages", "before"),
        ("leader", "/figures/orders", "after"),
        ("leader", "/figures", "unit"),
        ("leader", "/figures", "street"),
        ("leader", "/calendar", "year"),
    ],
)
def test_what_is_no_key(city: City, who: str, path: str, field: str, value: str) -> None:
    client: Client = client_of(getattr(city, who))
    assert client.get(path, {field: value, "q": "青禾路"}).status_code < 500


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_no_moment_beyond_time_is_written_down(city: City, moment: str) -> None:
    """A row that the database takes and nobody can read again would break every list it stands in."""
    answer = client_of(city.call_taker).post("/register", call(occurred_at=moment))
    assert answer.status_code == 422
    given = {"content": "每晚流动摊贩占道油烟扰民", "region": "310104", "address": "青禾路128弄"}
    page = Client().post("/portal/", {**given, "occurred_at": moment})
    assert page.status_code == 422
    at = {"kind": "study", "title": "会", "at": moment, "place": ""}
    assert client_of(city.inspector).post("/meetings/plan", at).status_code == 422
    order = city.signed()
    case = work.opened(city, order)
    named = {"hour": moment, "inspector": city.inspector.id}
    answer = client_of(city.inspector).post(f"/cases/{case.number}/do/name_hour", named)
    assert answer.status_code < 500
    case.refresh_from_db()
    assert case.hour is None
    until = {"until": moment[:10], "reason": "条件不具备"}
    answer = client_of(city.handler).post(f"/orders/{order.number}/ask_hold", until)
    assert answer.status_code == 422
    assert client_of(city.handler).get(f"/orders/{order.number}").status_code == 200


class _Flood:
    """A body that must not be read."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("the flood was read")

    readline = read


@pytest.mark.parametrize("path", ["/login", "/portal/", "/portal/follow", "/language", "/queue/x"])
@pytest.mark.parametrize("length", [str(2**40), "-5", "²"])
def test_a_flood_is_refused_before_it_is_read(path: str, length: str) -> None:
    answer = Client().generic(
        "POST",
        path,
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": length, "wsgi.input": _Flood()},
    )
    assert answer.status_code == 413
