"""Every file of rules that a person writes is refused in the reader's language, with line and part.

Packs have their own, longer test: tests/policy/test_packs.py.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from suqiu.assessment import scheme
from suqiu.assessment.shadow import upstream
from suqiu.base.errors import Invalid
from suqiu.base.language import CHINESE
from suqiu.intake import mapping
from suqiu.reports import actions as reports
from suqiu.reports import templates
from suqiu.retention import actions as retention
from suqiu.retention import rules as schedules

SCHEME = scheme.shipped()
UPSTREAM = (upstream.FOLDER / "sh-town-2018.yaml").read_text("utf-8")
SCHEDULE = (retention.SHIPPED / "keeping-2026.yaml").read_text("utf-8")
TEMPLATE = (reports.SHIPPED / "monthly-2026.yaml").read_text("utf-8")
MAPPING = "source: WEB\ncolumns:\n  content: 内容\n  title: 标题\nzone: Asia/Shanghai\n"
# A sentence, and not the name of a part or a code.
ENGLISH = re.compile("[a-z]+ [a-z]+ [a-z]+")
Read = Callable[[str], object]


@pytest.fixture
def readers(tmp_path: Path) -> dict[str, tuple[str, Read]]:
    """Of each kind of file one that is well, and what reads it."""

    def mapped(text: str) -> object:
        file = tmp_path / "mine.yaml"
        file.write_text(text, "utf-8")
        return mapping.read(file)

    return {
        "scheme": (SCHEME, scheme.read),
        "upstream": (UPSTREAM, upstream.read),
        "schedule": (SCHEDULE, lambda text: schedules.read(text, "mine.yaml")),
        "template": (TEMPLATE, lambda text: templates.read(text, "mine.yaml")),
        "mapping": (MAPPING, mapped),
    }


# fmt: off
WRONG = [
    ("scheme", "rate: timely", "rate: haste", "measures.0", "没有叫 haste 的指标", "No rate is called haste"),
    ("scheme", "zero: 0.6, full: 0.95", "zero: 0.9, full: 0.9", "measures.0", "分数无从增长", "no points grow"),
    ("scheme", "rate: satisfaction", "rate: timely", "", "写了两次：timely", "Written twice: timely"),
    ("scheme", "weight: 30, zero: 0.5", "weight: 130, zero: 0.5", "measures.1.weight", "不能大于 100", "at most 100"),
    ("scheme", "least: 30", "least: many", "least", "要写整数", "whole number"),
    ("scheme", "bonus: 5\n", "", "bonus", "没有写", "missing"),
    ("scheme", "experts: true", "expert: true", "works.expert.expert", "没有这一项", "no such part"),
    ("upstream", "ours: solved", "ours: nothing", "measures.2", "没有叫 nothing 的指标", "called nothing"),
    ("upstream", "id: solve,", "id: contact,", "", "写了两次：contact", "twice: contact"),
    ("upstream", "explained: 0}", "explained: 2}", "measures.2.weights.explained", "不能大于 1", "at most 1"),
    ("upstream", "explained: 0}", "guessed: 0}", "measures.2", "没有叫 guessed 的答案", "called guessed"),
    ("upstream", "asks: volume}", "asks: volume, weights: {a: 1}}", "measures.0", "volume 是受理量",
     "volume has no weights"),
    ("upstream", "weights: {solved: 1, explained: 0}, ", "", "measures.2", "要给答案写 weights",
     "answers need weights"),
    ("upstream", "since: 2018-01-01", "since: soon", "since", "要写日期", "Write a date"),
    ("schedule", "{identity: {n: 3,", "{when: {kind: 投诉}, identity: {n: 3,", "", "不写 when", "no “when”"),
    ("schedule", "n: 3, unit: year}, words: {n: 5", "n: 0, unit: year}, words: {n: 5",
     "rules.0.identity.n", "要大于 0", "more than 0"),
    ("schedule", "unit: day}, words", "unit: decade}, words", "rules.3.identity.unit", "只能是",
     "one of day, month, year"),
    ("template", "[leader,", "[nobody,", "recipients.0.role", "没有叫 nobody 的岗位", "No post is called nobody"),
    ("template", "units: region", "units: somewhere", "recipients.3.units", "只能是", "one of"),
    ("template", "version: 5", "version: five", "version", "要写整数", "whole number"),
    ("mapping", "Asia/Shanghai", "Moon/Base", "zone", "没有这个时区：Moon/Base", "no such time zone: Moon/Base"),
    ("mapping", "  title:", "  moon:", "columns.moon.[key]", "只能是", "one of"),
    ("mapping", "source: WEB\n", "", "source", "没有写", "missing"),
]
# fmt: on


@pytest.mark.parametrize(("kind", "old", "new", "where", "zh", "en"), WRONG)
def test_a_wrong_part_is_told_in_either_language(
    readers: dict[str, tuple[str, Read]],
    kind: str,
    old: str,
    new: str,
    where: str,
    zh: str,
    en: str,
) -> None:
    good, read = readers[kind]
    assert read(good) and old in good
    text = good.replace(old, new, 1)
    with pytest.raises(Invalid) as refused:
        read(text)
    told = refused.value
    line = told.data["line"]
    assert zh in told.message and where in told.message and f"第 {line} 行" in told.message
    assert not ENGLISH.search(told.message)
    if new and where and "\n" not in new:
        assert line == next(n for n, row in enumerate(text.splitlines(), 1) if new in row)
    with translation.override("en"), pytest.raises(Invalid) as again:
        read(text)
    assert en in again.value.message and f"line {line}" in again.value.message
    assert not CHINESE.search(again.value.message)
    assert told.data["said"] == again.value.data["said"] and not CHINESE.search(told.data["said"])


@pytest.mark.parametrize("kind", ["scheme", "upstream", "schedule", "template", "mapping"])
def test_what_is_no_yaml_or_no_mapping_is_told_in_either_language(
    readers: dict[str, tuple[str, Read]], kind: str
) -> None:
    _good, read = readers[kind]
    for text, zh, en in (
        ("a: 1\nb: [\n", "不是 YAML", "not YAML"),
        ("- a\n- b\n", "要写成各带名字的几项", "Write parts, each with its name"),
        ("", "要写成各带名字的几项", "Write parts, each with its name"),
    ):
        with pytest.raises(Invalid) as refused:
            read(text)
        assert zh in refused.value.message and not ENGLISH.search(refused.value.message)
        assert refused.value.data["line"] >= 1
        with translation.override("en"), pytest.raises(Invalid) as again:
            read(text)
        assert en in again.value.message and not CHINESE.search(again.value.message)
