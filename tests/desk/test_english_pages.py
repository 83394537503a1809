"""Every page that a role may open, read in English: no Chinese but data.

Routes and who may open them come from the permission table, so that a new page is read as well.
Data is what the city's tables hold (names, categories, what people wrote) or what stands within
`lang="zh"`; nothing else is let through.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import yaml
from django.db import transaction
from django.test import Client
from django.utils import translation

from suqiu.accounts.models import Person
from suqiu.audit.models import Statement
from suqiu.base.language import CHINESE
from suqiu.catalogue.models import Category, Door, Source
from suqiu.desk.views.verb_forms import VERB_FORMS
from suqiu.orders.access import Denied
from suqiu.orders.models import Obligation, Order
from suqiu.orders.queries import menu
from suqiu.orders.states import VERBS
from suqiu.organisations.models import Region, Unit
from tests.architecture.test_language import marked
from tests.city import City
from tests.permissions.situations import Cast, cast
from tests.permissions.test_routes import POSTED, TABLE, address, routes
from tests.portal.test_portal import submitted

BACKEND = "django.contrib.auth.backends.ModelBackend"
PATTERNS = routes()
# Columns and values of sheets are the sheet's own words, whatever language explains them.
SHEETS = re.compile("日期,类型,名称|日期|工作日|休息日|值班人|副班|电话|[起止休班]")
ABOUT_SHEETS = frozenset({"desk:calendar", "desk:roster"})
MASKED = re.compile(f"{CHINESE.pattern}[*＊]+")
SHOWN = frozenset({"title", "placeholder", "aria-label", "alt"})
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]


class Reader(HTMLParser):
    """What a page says in Chinese outside `lang="zh"`, text fields and the sign beside a name."""

    EMPTY = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[bool] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in {"script", "style", "textarea"} or "avatar" in (given.get("class") or "")
        other = (given.get("lang") or "").startswith("zh") or silent or any(self.inside[-1:])
        if not other:
            self.said += [given[name] or "" for name in SHOWN & given.keys()]
        if tag not in self.EMPTY:
            self.inside.append(other)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.EMPTY:
            self.inside.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and self.inside:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.inside[-1:]):
            self.said.append(data)


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The client leaves its language behind."""
    before = translation.get_language()
    yield
    translation.activate(before)


def data_words() -> list[str]:
    """Names and texts of the tables, the longest first; a word of the house is never one."""
    found: set[str] = set()
    for model, names in (
        (Unit, ("name",)),
        (Region, ("name", "short")),
        (Person, ("name",)),
        (Category, ("name", "line_name", "group_name")),
        (Door, ("name", "tell")),
        (Source, ("name",)),
        (Obligation, ("name",)),
        (Order, ("title", "content", "demand", "address", "paraphrase", "frequency")),
    ):
        for row in model.objects.values_list(*names):
            found |= {str(one) for one in row if one}
    whole = {str(one) for one in Category.objects.all()}  # its line may be called as a word is
    for words in Statement.objects.values_list("words", flat=True):
        found |= {str(one) for one in (words or {}).values()}
    return sorted(
        (one for one in found - marked() | whole if CHINESE.search(one)), key=len, reverse=True
    )


def chinese_in(page: str, data: list[str], sheets: re.Pattern[str] | None = None) -> list[str]:
    reader = Reader()
    reader.feed(page)
    found = []
    for whole in filter(CHINESE.search, reader.said):
        said = MASKED.sub("", whole)
        if sheets and ("CSV" in said or "First line" in said):
            said = sheets.sub("", said)
        for one in data:
            said = said.replace(one, "")
        if CHINESE.search(said):
            found.append(" ".join(said.split())[:100])
    return found


def client_of(person: Person | None) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    if person:
        client.force_login(person, backend=BACKEND)
    return client


def opened(people: Cast) -> Iterator[tuple[str, str, str]]:
    """Route, role and address of every page that the permission table says is answered with 200."""
    for name, lines in yaml.safe_load(TABLE.read_text("utf-8")).items():
        for line in lines:
            answers = line["answer"]
            kinds = (
                [k for k, v in answers.items() if v == 200] if isinstance(answers, dict) else [""]
            )
            if name in POSTED or (not isinstance(answers, dict) and answers != 200):
                continue
            for role in line["who"].split():
                for whose in kinds:
                    yield name, role, address(PATTERNS[name], people, whose)


@pytest.mark.slow
def test_every_page_of_every_role_is_english(city: City) -> None:
    city.replied(title="青禾路口另一处夜间摊贩占道扰民")
    people, found = cast(city), set()
    data = data_words()
    clients = {role: client_of(people.people.get(role)) for role in (*people.people, "anonymous")}
    for name, role, where in opened(people):
        with transaction.atomic():
            answer = clients[role].get(where)
            transaction.set_rollback(True)
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            page = answer.content.decode()
            assert 'lang="en"' in page or "<html" not in page, where
            sheets = SHEETS if name in ABOUT_SHEETS else None
            found |= {(name, one) for one in chinese_in(page, data, sheets)}
    assert "\n".join(sorted(map(str, found))) == ""


def test_every_form_of_a_verb_and_what_it_refuses_is_english(city: City) -> None:
    """Labels, choices, help, and what is wrong with one sent empty."""
    order, found = city.signed(), set()
    by, data = city.handler, data_words()
    with translation.override("en"):
        for verb, way in VERB_FORMS.items():
            for form in (way.form(order=order, by=by), way.form({}, {}, order=order, by=by)):
                found |= {(verb, one) for one in chinese_in(form.as_p(), data)}
    assert "\n".join(sorted(map(str, found))) == ""


def test_every_reason_of_a_verb_is_english(city: City) -> None:
    """Why a verb is there, and why it may not be done: read by whoever looks at the bar."""
    orders = [city.draft(), city.dispatched(), city.replied()]
    with translation.override("en"):
        said = {
            (verb.name, str(word)) for verb in VERBS.values() for word in (verb.label, verb.why)
        }
        for by in (city.call_taker, city.handler, city.dispatcher, city.leader):
            for order in orders:
                for verb, answer in menu(order, by):
                    said |= {(verb.name, answer.reason)} if isinstance(answer, Denied) else set()
    assert sorted(one for one in said if CHINESE.search(one[1])) == []


def test_an_appellants_pages_are_english(city: City) -> None:
    order, code = submitted(city)
    client = client_of(None)
    client.post("/portal/follow", {"number": order.number, "code": code})
    found, data = set(), data_words()
    for part in ("", "/looks", "/add", "/withdraw", "/survey", "/reopen"):
        answer = client.get(f"/portal/mine/{order.number}{part}")
        found |= {(part, one) for one in chinese_in(answer.content.decode(), data)}
    wrong = client.post("/portal/", {"next": "1"})
    found |= {("wrong", one) for one in chinese_in(wrong.content.decode(), data)}
    assert "\n".join(sorted(map(str, found))) == ""


def test_the_reader_finds_what_it_should() -> None:
    page = '<p title="标题">话</p><p lang="zh">名字<b>也是</b></p><br><i>后</i><input placeholder="填">'
    assert chinese_in(page, []) == ["标题", "话", "后", "填"]
