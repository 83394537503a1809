"""A pack is read strictly, refused with its line, and never changed under a version."""

import datetime as dt
import re
from pathlib import Path
from typing import Literal

import pytest
from django.utils import translation
from pydantic import BaseModel, Field, ValidationError

from suqiu.audit.queries import chain
from suqiu.base import clock
from suqiu.base.actors import system
from suqiu.base.errors import Invalid, Refused
from suqiu.policy import actions, faults, models, queries
from suqiu.policy.rules import read
from suqiu.policy.signals import BEFORE
from tests.city import City

BY = system("demo")
TEXT = (Path(actions.__file__).parent / "data" / "sh-lhsr-2013.yaml").read_text("utf-8")
PACK = read(TEXT)
NEXT = PACK.version + 1


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def refused(text: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        read(text, "try.yaml")
    assert refusal.value.message.startswith(f"try.yaml 第 {refusal.value.data['line']} 行")
    return refusal.value


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("stop: [dispatched, answered", "stop: [teleported, answered", "id: transfer", "teleported"),
        ("start: [disposal_passed]", "start: disposal_pased", "id: reply", "disposal_pased"),
        ("unit: natural_hour}, metric: transfer", "unit: fortnight}, metric: transfer", "id: transfer", "limit.unit"),
        ("owes: callback", "owes: nobody", "id: first_callback", "owes"),
        ("second_rate: 0.2", "second_rate: 1.2", "second_rate", "second_rate"),
        ("ack_minutes: 30}\n  - {to: duty", "ack_minutes: 0}\n  - {to: duty", "to: lead_unit, via", "ack_minutes"),
        ("  C2: W", "  C2: maybe", "C2: maybe", "content.C2"),
        ("version: 4", "version: 0", "version: 0", "version"),
        ("reply: left_out", "reply: forgiven", "exempted: {timely", "exempted.reply"),
        ("reply: left_out", "politeness: met", "exempted: {timely", "no rate is called politeness"),
        ("gap: 2, within_days: 14", "gap: 4, within_days: 14", "opposed: {gap: 4", "signals.opposed.gap"),
        ("gap: 2, within_days: 14", "gap: 2", "opposed: {gap: 2}", "signals.opposed.within_days"),
        ("  flipped: {within_hours: 120}\n", "", "verdict_days", "signals.flipped"),
        ("tries: 2, spread", "tries: 1, spread", "silent: {tries: 1", "one call is not spread over anything"),
        ("last_share: 0.15", "last_share: 15", "last_share: 15", "signals.late_ask.last_share"),
        ("same_place_hours: 24", "same_place_hours: 2161", "same_place_hours: 2161", "longer than days"),
        ("praise: {times: 4", "praise: {mood: good, times: 4", "mood: good", "signals.praise.mood"),
        ("hold: {max: 1,", "hold: {most: 3, max: 1,", "most: 3", "hold.most"),
        ("effective_from: 2013-01-01T00:00:00+08:00", "effective_from: soon", "effective_from", "effective_from"),
        ("已受理，编号{number}", "{name}，已受理", "已受理", "{name}"),
        ("编号{number}", "编号{number.owner}", "event: accepted", "number.owner"),
        ("编号{number}", "编号{number", "event: accepted", "notifications.0.text"),
        ("event: accepted", "event: excepted", "event: excepted", "notifications.0.event"),
        ("to: duty_officer", "to: anybody", "to: anybody", "transmissions.1.to"),
        ("id: transfer, name", "id: reply, name", "id: reply, name: 受理移送", "twice: reply"),
        ("{urgency: 紧急}, id: transfer", "{urgency: 紧急}, id: transfr", "when: {category: \"C02*\"}", "transfr"),
        ("{urgency: 紧急}, id: transfer", "{moon: full}, id: transfer", "moon: full", "moon"),
        ("when: {urgency: 紧急}, id: transfer", "when: {}, id: transfer", "when: {}", "when"),
        ("lengths: {title: [10, 25],", "lengths: {title: [10],", "lengths:", "lengths.title"),
        ("{id: plan, before: dispose", "{id: plan, before: dispatch", "id: plan, before", "plan cannot"),
        ("{id: close, before: close}", "{id: accept, before: close}", "{id: accept, before: dispatch", "twice: accept"),
    ],
)  # fmt: skip
def test_a_wrong_part_is_refused_with_its_line(old: str, new: str, where: str, said: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    refusal = refused(text)
    assert refusal.code == "pack.invalid"
    assert refusal.data["line"] == line_of(text, where), refusal.message
    assert said in refusal.data["said"]
    _where, wrong = refusal.message.split("：", 1)
    assert re.search(r"[\u4e00-\u9fff]", wrong) and not re.search(r"[a-z]+ [a-z]+ [a-z]+", wrong)


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ("max: 1,", "max: 1, colour: 3,", "没有这一项", "There is no such part"),
        (", metric: reply, ", ", ", "没有写", "missing"),
        ("version: 4", "version: 0", "不能小于 1", "at least 1"),
        ("second_rate: 0.2", "second_rate: 1.2", "不能大于 1", "at most 1"),
        ("ack_minutes: 30}\n  - {to: duty", "ack_minutes: 0}\n  - {to: duty", "要大于 0", "more than 0"),
        ("version: 4", "version: four", "要写整数", "whole number"),
        ("version: 4", "version: 4.5", "要写整数，不带小数", "whole number"),
        ("owes: callback", "owes: nobody", "只能是", "one of"),
        ("when: {urgency: 紧急}, id: transfer", "when: {}, id: transfer", "至少 1 项", "at least 1"),
        ("id: transfer, name", "id: reply, name", "写了两次：reply", "Written twice: reply"),
        ("stop: [dispatched, answered", "stop: [teleported, answered", "没有这个事件：teleported", "teleported"),
    ],
)  # fmt: skip
def test_a_refusal_speaks_the_language_of_its_reader(old: str, new: str, zh: str, en: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    assert zh in refused(text).message
    with translation.override("en"), pytest.raises(Invalid) as refusal:
        read(text, "try.yaml")
    assert en in refusal.value.message
    assert not re.search(r"[\u4e00-\u9fff]", refusal.value.message)


def test_every_kind_has_its_sentence_and_what_it_names_is_there() -> None:
    for kind, (english, said) in faults.OWN.items():
        named = re.findall(r"\{(\w+)\}", english)
        told = faults.fault(kind, **dict.fromkeys(named, "x"))
        assert str(said) % told.context and told.message()
    unknown = {"type": "moon_phase", "loc": (), "msg": "The moon is full", "input": None}
    assert "The moon" not in faults.worded(unknown)


class _All(BaseModel):
    """One field of each sort that a pack has."""

    whole: int = Field(gt=0, lt=5)
    text: str = Field(min_length=2, max_length=3, pattern="^[a-z]+$")
    some: list[int] = Field(min_length=1, max_length=2)
    sort: Literal["a", "b", "c"]
    at: dt.datetime
    yes: bool
    part: float


@pytest.mark.parametrize(
    "wrong",
    [
        {"whole": 0}, {"whole": 9}, {"whole": "x"}, {"whole": None}, {"text": "a"}, {"text": "abcd"},
        {"text": "A1"}, {"text": 3}, {"some": []}, {"some": [1, 2, 3]}, {"some": 1}, {"sort": "d"},
        {"at": "soon"}, {"at": None}, {"yes": "perhaps"}, {"yes": None}, {"part": "x"}, {"part": None},
    ],
)  # fmt: skip
def test_the_libraries_kinds_are_all_worded(wrong: dict[str, object]) -> None:
    good = {
        "whole": 1,
        "text": "ab",
        "some": [1],
        "sort": "a",
        "at": "2026-01-01",
        "yes": True,
        "part": 1,
    }
    with pytest.raises(ValidationError) as refusal:
        _All.model_validate({**good, **wrong})
    (error,) = refusal.value.errors()
    assert error["type"] in faults.KINDS
    said = faults.worded(error)
    assert said and "%(" not in said
    if error["type"] == "literal_error":
        assert said == "只能是 a、b、c"


def test_a_missing_field_of_an_obligation_is_told_at_the_obligation() -> None:
    text = TEXT.replace(", metric: reply, ", ", ", 1)
    refusal = refused(text)
    assert "metric" in refusal.message
    assert refusal.data["line"] == line_of(text, "id: reply, name")


def test_a_missing_field_of_the_pack_is_told_at_its_beginning() -> None:
    text = re.sub(r"^callback:\n(  .*\n)+", "", TEXT, flags=re.MULTILINE)
    refusal = refused(text)
    assert "callback" in refusal.message and refusal.data["line"] == 1


def test_an_unknown_field_is_refused() -> None:
    refusal = refused(TEXT + "colour: red\n")
    assert "colour" in refusal.message
    assert refusal.data["line"] == len(TEXT.splitlines()) + 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id: a\nversion: ]\n", 2),
        ("id: a\n  version: 1\n", 2),
        ("id: 'a\n", 2),
        ("id: !!python/object/apply:os.getcwd []\n", 1),
        ("id: a\n---\nid: b\n", 2),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, line: int) -> None:
    refusal = refused(text)
    assert (refusal.code, refusal.data["line"]) == ("pack.syntax", line)


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words\n", "- a\n- b\n", "3\n"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    assert refused(text).data["line"] == 1


def test_the_last_override_that_fits_wins() -> None:
    dispose = next(spec for spec in PACK.obligations if spec.id == "dispose")

    def limit(urgency: str = "一般", category: str = "C0101") -> tuple[float, str]:
        found = PACK.limit(dispose, urgency=urgency, category=category, conduct=False)
        assert found
        return found.n, found.unit

    assert limit() == (2, "work_day")
    assert limit(category="C0203") == (20, "work_day")
    assert limit(urgency="紧急", category="C0203") == (24, "natural_hour")


def test_a_pack_does_not_change_in_the_hand() -> None:
    with pytest.raises(ValueError, match="frozen"):
        PACK.version = 9  # type: ignore[misc]


# Putting one into force


def version(number: int, since: str = "2013-01-01", **replaced: str) -> str:
    text = TEXT.replace(f"version: {PACK.version}", f"version: {number}")
    text = text.replace("effective_from: 2013-01-01", f"effective_from: {since}")
    for old, new in replaced.items():
        text = text.replace(f"{old}: ", f"{old}: {new}", 1)
    return text


def test_the_same_text_again_changes_nothing(city: City) -> None:
    before = models.Pack.objects.count(), len(chain("pack:sh-lhsr-2013"))
    assert actions.publish(TEXT, by=BY).version == PACK.version
    assert (models.Pack.objects.count(), len(chain("pack:sh-lhsr-2013"))) == before


def test_another_text_under_the_same_version_is_refused(city: City) -> None:
    with pytest.raises(Refused, match="升版") as refusal:
        actions.publish(TEXT.replace("second_rate: 0.2", "second_rate: 0.3"), by=BY)
    assert refusal.value.code == "pack.pinned"
    row = models.Pack.objects.get(code="sh-lhsr-2013")
    assert queries.pack(row.pk).callback.second_rate == 0.2


def test_a_wrong_pack_is_not_published(city: City) -> None:
    before = models.Pack.objects.count()
    with pytest.raises(Invalid):
        actions.publish(version(NEXT) + "colour: red\n", by=BY)
    assert models.Pack.objects.count() == before


def test_a_new_version_comes_into_force_on_its_day_and_orders_keep_theirs(city: City) -> None:
    order, first = city.accepted(), queries.in_force()
    second = actions.publish(version(NEXT, since="2026-09-15"), by=BY)
    assert queries.in_force() == first, "its day has not come"
    told = chain("pack:sh-lhsr-2013")[-1]
    assert (told.kind, told.data["version"]) == ("pack.published", NEXT)
    clock.set_to(dt.datetime(2026, 9, 15, 0, 0, tzinfo=clock.LOCAL))
    assert queries.in_force() == second
    order.refresh_from_db()
    assert order.pack_id == first.pk
    assert city.draft().pack_id == second.pk


def test_what_is_stored_is_what_was_read(city: City) -> None:
    assert queries.pack(queries.in_force().pk) == PACK


def test_without_a_pack_nothing_is_in_force(city: City) -> None:
    clock.set_to(dt.datetime(2012, 12, 31, 23, 59, tzinfo=clock.LOCAL))
    with pytest.raises(Refused) as refusal:
        queries.in_force()
    assert refusal.value.code == "pack.none"


def test_the_shipped_packs_say_every_threshold_and_older_ones_mean_what_they_meant() -> None:
    for file in (*actions.SHIPPED.glob("*.yaml"), *actions.readings()):
        text = file.read_text("utf-8")
        assert "\nsignals:\n" in text
        # Written down, not changed: what is found stays what was measured.
        assert read(text).signals == BEFORE
    older = TEXT[: TEXT.index("signals:\n")]
    assert read(older).signals == BEFORE
