"""One word of the trade is one English word on every page: docs/glossary.md says which.

The other words that English has for it are named here, since each was once on some page, where its
reader took it for another thing.
"""

import re

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

from suqiu.assessment import states as assessment
from suqiu.cli.translations import LOCALE
from suqiu.orders import states as orders
from suqiu.supervision.cases import states as cases
from suqiu.supervision.external import states as external
from suqiu.supervision.inspections import states as inspections
from suqiu.supervision.meetings import states as meetings
from suqiu.supervision.visits import states as visits

# The word of the trade → what its English has to hold, and what it must not.
TERMS = {
    "诉求人": ("", "citizen"),
    "保密件": ("", "secret"),
    "登录": ("", "sign in|signed in"),
    "退出": ("", "sign out|signed out"),
    "签批": ("", "responsible leader"),
    "名次": ("", "place"),
    "合计": ("total|add up", ""),
    "退单(?!位)": ("return", "given back|refused by"),
    "挂账": ("hold", "suspend"),
    "复查|复核": ("", "re-check"),
    "照片": ("", "photograph"),
    "议题": ("", r"\bpoint"),
    "停用": ("", "revoke|stopped"),
    "督导": ("", "outside supervisor|outside supervision"),
    "整改": ("", r"\bmend"),
    "分管": ("", r"\bcharge"),
    "岗位": ("", r"\brole\b"),
    "剔除": ("", "left out|leave out|leaves out"),
    "策略包|规则包": ("pack", "pack of rules"),
    "考核表": ("", "sheet of scores|scoresheet"),
    "二次回访": ("", "second callback"),
    "作废": ("void|lapse", "discard|scrap|drop"),
    "不归您看|不归您": ("yours", "not for you"),
    "信号": ("signal", ""),
    "卷宗": ("dossier", ""),
    "值班表": ("roster", ""),
    "派单目录": ("catalogue", ""),
    "回潮": ("recur|recheck", ""),
    "指纹": ("fingerprint", ""),
    "督办件": ("case|supervised", ""),
    "同类": ("peer|of the same kind", r"\blike\b"),
}
STEPS = (assessment, orders, cases, external, inspections, meetings, visits)


def messages() -> list[tuple[str, str]]:
    """Chinese and English, each form of a plural by itself."""
    with (LOCALE / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        read = read_po(file, locale="en")
    return [
        (one.id if isinstance(one.id, str) else one.id[0], re.sub(r"%\(\w+\)s", "", form))
        for one in read
        if one.id
        for form in ([one.string] if isinstance(one.string, str) else one.string)
    ]


MESSAGES = messages()


@pytest.mark.parametrize("term", TERMS)
def test_a_word_of_the_trade_is_one_english_word(term: str) -> None:
    holds, never = TERMS[term]
    found = [(zh, en) for zh, en in MESSAGES if re.search(term, zh)]
    assert found
    assert [(zh, en) for zh, en in found if not re.search(holds, en, re.I)] == []
    assert [(zh, en) for zh, en in found if never and re.search(never, en, re.I)] == []


def test_no_sentence_stands_twice_in_one_message() -> None:
    """A merge once joined a sentence to its former selves."""
    assert [en for _zh, en in MESSAGES if re.search(r"(.{30,}).*\1", en)] == []


def test_every_button_of_a_step_begins_alike() -> None:
    with translation.override("en"):
        said = [str(verb.label) for package in STEPS for verb in package.VERBS.values()]
    assert [one for one in said if not one[0].isupper() or one.endswith(".")] == []
