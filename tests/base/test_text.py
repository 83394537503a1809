"""Cleaning what comes in, and hiding what must not be read."""

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqiu.base.text import clean, identities_in, mask_name, mask_phone, without_identities


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("油烟\u0003扰民", "油烟扰民"),
        ("\u0000\u0008\u000b\u000c\u000e\u001f\u007f", ""),
        ("两\t行\n字\r", "两\t行\n字"),
        ("\ufffe油\uffff烟\ud800", "油烟"),
        ("  油烟 \u0003 ", "油烟"),
        ("\u3000油烟\u3000", "油烟"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_what_no_xml_can_carry_is_taken_out(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@given(st.text(st.characters()))
def test_what_is_cleaned_stays_clean_and_xml_can_carry_it(value: str) -> None:
    text = clean(value)
    assert clean(text) == text
    assert text == text.strip() and unicodedata.is_normalized("NFC", text)
    element = ElementTree.Element("content")
    element.text = text
    read = ElementTree.fromstring(ElementTree.tostring(element, "utf-8")).text or ""
    assert read.replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n").replace(
        "\r", "\n"
    )


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ("打13900000001找我", "打■■■找我"),
        ("固话021-54321000", "固话■■■"),
        ("证件11010119900307001X。", "证件■■■。"),
        ("证件110101199003070012", "证件■■■"),
        ("门牌128弄3号,2026年9月14日", "门牌128弄3号,2026年9月14日"),
        ("单号20260914000012345678", "单号20260914000012345678"),
        ("12345和110", "12345和110"),
        ("一13900000001二13900000002", "一■■■二■■■"),
    ],
)
def test_numbers_of_people_are_blacked_out(value: str, hidden: str) -> None:
    assert without_identities(value) == hidden
    assert bool(identities_in(value)) == (value != hidden)


def test_where_they_stand() -> None:
    assert identities_in("打13900000001找我") == [(1, 12)]
    assert identities_in("没有") == []


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("021-54321000", "021****1000"),
        ("54321000", "****00"),
        ("5432100", "****00"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_masked_telephone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(("name", "masked"), [("王试验", "王**"), ("王", "王**"), ("", "")])
def test_a_masked_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    "text",
    [
        "请打１３９００００００１１",
        "请打139 0000 0011",
        "请打１３９－００００－００１１",
        "座机０２１－５５５５０００１",
        "证件１１０１０１１９９００３０７００１Ｘ的人",
        "证件110101199003070012的人",
    ],
)
def test_numbers_are_found_however_they_are_typed(text: str) -> None:
    ((start, end),) = identities_in(text)
    assert text[start:end] == text[2:].removesuffix("的人")
    assert without_identities(text) == f"{text[:2]}■■■{'的人' if text.endswith('的人') else ''}"


def test_wide_figures_that_are_no_number_stay() -> None:
    assert identities_in("青禾路１２８弄，２０２６年９月") == []
