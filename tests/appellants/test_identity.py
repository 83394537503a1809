"""An identity is sealed, masked and found again without being opened."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from suqiu.appellants.actions import rotate_keys, take_in
from suqiu.appellants.models import Appellant
from suqiu.appellants.queries import opened, with_phone
from suqiu.appellants.rules import keys, normal_phone, phone_hash, seal, unseal
from suqiu.audit.queries import looks_at
from suqiu.base.actors import system

BY = system("import")
OLD = "k1:" + base64.b64encode(b"1" * 32).decode()
NEW = OLD + ",k2:" + base64.b64encode(b"2" * 32).decode()
PLAIN = {"name": "王试验", "phone": "13900000001", "home": "青禾路128弄3号"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ring(settings: object) -> None:
    settings.IDENTITY_KEYS = OLD  # type: ignore[attr-defined]


def taken(**changes: object) -> Appellant:
    row = take_in(**{**PLAIN, **changes}, by=BY)  # type: ignore[arg-type]
    return Appellant.objects.get(pk=row.pk)


def test_nothing_that_is_stored_has_the_plain_text() -> None:
    row = taken()
    # In a keyed hash, a moment or a key, a few digits stand by chance: there the whole is looked for.
    by_chance = {"id", "phone_hash", "created_at"}
    for name, value in Appellant.objects.values().get(pk=row.pk).items():
        plain = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
        parts = ["王试", "试验", "13900000001", "青禾路", "128弄"]
        for part in parts if name in by_chance else [*parts, "0000", "128"]:
            assert part.encode() not in plain, (name, part)
    assert (row.masked_name, row.masked_phone) == ("王**", "139****0001")


def test_the_same_identity_is_sealed_differently_each_time() -> None:
    one, other = taken(), taken()
    assert bytes(one.sealed or b"") != bytes(other.sealed or b"")
    assert one.phone_hash == other.phone_hash


def test_it_is_opened_to_the_letter_and_the_look_is_logged_first() -> None:
    row = taken()
    assert opened(row, by=BY, verb="reveal", subject="order:1", reason="回访核实") == PLAIN
    look = looks_at("order:1")[0]
    assert (look.actor, look.verb, look.reason) == (BY.id, "reveal", "回访核实")
    assert PLAIN["phone"] not in str(look.data)


@pytest.mark.parametrize(
    "asked",
    [
        "13900000001",
        "+8613900000001",
        "+86 139 0000 0001",
        "86-139-0000-0001",
        "008613900000001",
        " 139\t0000 0001 ",
        "139.0000.0001",
        "(139)00000001",
        "１３９００００００01",  # noqa: RUF001 - the full-width digits of a Chinese keyboard
    ],
)
def test_a_telephone_is_found_however_it_is_written(asked: str) -> None:
    row = taken()
    assert list(with_phone(asked)) == [row]
    assert taken(phone=asked).phone_hash == row.phone_hash


@pytest.mark.parametrize("asked", ["", "  ", "无", "13900000002", "3900000001", "02113900000001"])
def test_another_telephone_is_not(asked: str) -> None:
    taken()
    taken(phone="")
    assert not with_phone(asked).exists()


def test_86_is_cut_only_before_a_mobile_number() -> None:
    assert normal_phone("86543210") == "86543210"
    assert normal_phone("021-8654 3210") == "02186543210"


def test_who_gives_nothing_is_anonymous_and_may_be_without_telephone() -> None:
    nobody = take_in(by=BY)
    assert nobody.anonymous and not nobody.has_phone
    assert (nobody.masked_name, nobody.masked_phone) == ("", "")
    assert not taken(phone="").anonymous and not taken(phone="").has_phone


def test_the_hash_needs_the_key() -> None:
    assert phone_hash("13900000001", "a") != phone_hash("13900000001", "b")
    assert phone_hash("", "a") == ""


def test_keys_change_and_all_are_opened_as_before(settings: object) -> None:
    rows = [taken(name=f"王试{n}") for n in range(5)]
    before = {row.pk: bytes(row.sealed or b"") for row in rows}
    assert rotate_keys(by=BY) == 0
    settings.IDENTITY_KEYS = NEW  # type: ignore[attr-defined]
    opened(rows[0], by=BY, verb="reveal", subject="order:1", reason="回访核实")
    assert [rotate_keys(by=BY, batch=2) for _ in range(4)] == [2, 2, 1, 0]
    for n, row in enumerate(rows):
        row.refresh_from_db()
        assert row.key_id == "k2" and bytes(row.sealed or b"") != before[row.pk]
        plain = opened(row, by=BY, verb="reveal", subject="order:1", reason="回访核实")
        assert plain == PLAIN | {"name": f"王试{n}"}
    assert with_phone(PLAIN["phone"]).count() == 5
    settings.IDENTITY_KEYS = NEW.split(",")[1]  # type: ignore[attr-defined]
    assert opened(rows[0], by=BY, verb="reveal", subject="o", reason="其他")["name"] == "王试0"


def test_a_key_that_is_gone_opens_nothing(settings: object) -> None:
    row = taken()
    settings.IDENTITY_KEYS = NEW.split(",")[1]  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        opened(row, by=BY, verb="reveal", subject="order:1", reason="回访核实")


def test_a_changed_seal_or_another_key_opens_nothing() -> None:
    key, other = b"1" * 32, b"2" * 32
    sealed = seal(PLAIN, key)
    for at in (0, 12, len(sealed) - 1):
        with pytest.raises(InvalidTag):
            unseal(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], key)
    with pytest.raises(InvalidTag):
        unseal(sealed, other)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=40), max_size=4))
def test_what_is_sealed_comes_back(plain: dict[str, str]) -> None:
    key = b"1" * 32
    try:
        sealed = seal(plain, key)
    except UnicodeEncodeError:
        return  # a lone surrogate: clean() has taken such out before
    assert unseal(sealed, key) == plain


def test_a_ring_of_keys() -> None:
    assert list(keys(NEW)) == ["k1", "k2"]
    assert keys(f" {NEW} ,") == keys(NEW)
    assert keys("") == {}
