"""No page shows a number that its reader may not open.

Every page of figures that the permission table opens to a role is read as that role. A number with a dotted line
is opened: it must be answered, list as many orders as it says, and each of them must be one that this
reader finds at both doors. A bare number on a page of figures must be named below, with the reason.
"""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client

from suqiu.accounts.queries import actor_for
from suqiu.audit.jobs import seal
from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.figures import keeping
from suqiu.orders import queries as orders
from suqiu.orders.actions.reopen import withdraw
from tests.city import City
from tests.desk.test_english_pages import client_of, opened
from tests.figures.test_queries import YES, closed, closed_as
from tests.permissions.situations import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
# Where figures over orders stand: there a bare number has to be explained.
OF_FIGURES = frozenset(
    {"desk:leader", "desk:figures", "desk:unit_board", "desk:centre_board", "desk:assessment"}
)
# Of a bare number: the head of its column, or the class of what it stands in → why it does not open.
BARE: dict[str, str] = {
    "All": "the sum of a row of hours, each of which opens",
    "Month": "the row's name: which month it is",
    "said": "which of the three sentences it is",
}
LISTS = re.compile(r"^/(figures/orders|clocks|queue)$")
NUMBER = re.compile(r"/orders/([A-Z0-9-]+)\"")
# None at all opens into nothing, so a bare 0 is no secret.
WHOLE = re.compile(r"^[1-9][\d,]*$")
EMPTY = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass
class Page(HTMLParser):
    """`linked`: (address, what it says); `bare`: (where it stands, number) outside any link."""

    linked: list[tuple[str, str]] = field(default_factory=list)
    bare: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.path: list[tuple[str, str]] = []
        self.heads: list[str] = []
        self.cell = 0
        self.link: str | None = None
        self.said = ""
        self.reset()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in EMPTY:
            return
        hidden = "hidden " if given.get("aria-hidden") else ""
        self.path.append((tag, hidden + (given.get("class") or "")))
        if tag == "table":
            self.heads = []
        if tag == "tr":
            self.cell = -1
        if tag in {"td", "th"}:
            self.cell += 1
            if self._within("thead"):
                self.heads.append("")
        if tag == "a":
            self.link, self.said = given.get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link is not None:
            self.linked.append((self.link, " ".join(self.said.split())))
            self.link = None
        while self.path and tag not in EMPTY:
            if self.path.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self.said += data
        if self._within("thead") and self.heads:
            self.heads[-1] += data.strip()
        text = data.strip().removeprefix("n=")
        silent = any(
            tag in {"script", "style", "svg", "thead", "form"} or named.startswith("hidden ")
            for tag, named in self.path
        )
        if self.link is None and WHOLE.match(text) and self._within("main") and not silent:
            self.bare.append((self._where(), text))

    def _within(self, tag: str) -> bool:
        return any(tag == one for one, _class in self.path)

    def _where(self) -> str:
        if self._within("tbody") and self.cell < len(self.heads):
            return self.heads[self.cell]
        return next((name for _tag, name in reversed(self.path) if name), "")


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def shown(text: str) -> int | None:
    """The whole number that a link says: alone, or after what it counts ("待派单 3"); None for a
    percentage or a sentence."""
    found = re.search(r"(?:^|\s)(\d[\d,]*)$", text)
    return int(found.group(1).replace(",", "")) if found else None


def listed(client: Client, address: str) -> tuple[int, list[str]]:
    """(the answer, the numbers of all orders that it lists), to the last page."""
    numbers: list[str] = []
    where: str | None = address
    while where:
        answer = client.get(where)
        if answer.status_code != 200:
            return answer.status_code, numbers
        html = answer.content.decode()
        main = html[html.find("<main") : html.find("</main")]
        numbers += dict.fromkeys(NUMBER.findall(main))
        onward = re.search(r'class="pager">.*?href="(\?[^"]+)"', main, re.S)
        path = urlsplit(address).path
        where = path + onward.group(1).replace("&amp;", "&") if onward else None
    return 200, numbers


def may_open(by: Actor, number: str) -> bool:
    """Both doors: the set, and the one."""
    try:
        orders.get_for(by, number, log=False)
    except Refused:
        return False
    return orders.visible_to(by).filter(number=number).exists()


@dataclass
class Reader:
    """One role at its desk, and what was wrong with the numbers it was shown."""

    by: Actor
    client: Client
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    seen: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def read(self, name: str, where: str) -> None:
        html = self.client.get(where).content.decode()
        page = read(html)
        for address, text in page.linked:
            if not LISTS.match(urlsplit(address).path):
                continue
            if (said := shown(text)) != 0:
                self._open(name, address, said, text)
        if name in OF_FIGURES:
            self.wrong += [
                f"{name}: {text} stands bare at {at!r}" for at, text in page.bare if at not in BARE
            ]

    def _open(self, name: str, address: str, said: int | None, text: str) -> None:
        self.tried += 1
        if address not in self.seen:
            self.seen[address] = listed(self.client, address)
        status, numbers = self.seen[address]
        if status != 200:
            self.wrong.append(f"{name}: {text!r} is answered with {status}: {address}")
        elif said is not None and len(numbers) != said:
            self.wrong.append(f"{name}: {text!r} lists {len(numbers)}: {address}")
        self.wrong += [
            f"{name}: {text!r} lists {one}, which this reader may not open: {address}"
            for one in numbers
            if not may_open(self.by, one)
        ]


def populated(city: City) -> Cast:
    """A city in which each kind of number is more than none, and a person for each role."""
    closed(city)
    closed(city, replace(YES, satisfaction=""))
    closed(city, replace(YES, satisfaction="一般"))
    closed_as(city, confidential=True, paraphrase="反映某路段夜间设摊,请核查处置。")
    withdraw(city.dispatched(), reason="诉求人撤回", by=city.dispatcher)
    city.replied(title="青禾路口另一处夜间摊贩占道扰民")
    city.in_callback()
    city.wait(hours=3)
    return cast(city)


@pytest.mark.slow
def test_every_number_opens_into_as_many_orders_that_its_reader_may_open(city: City) -> None:
    people = populated(city)
    seal()
    keeping.follow()
    assert keeping.ready()
    readers = {
        role: Reader(actor_for(person), client_of(person)) for role, person in people.people.items()
    }
    for name, role, where in opened(people):
        if role in readers and name in OF_FIGURES:
            with transaction.atomic():
                readers[role].read(name, where)
                transaction.set_rollback(True)
    wrong = [f"{role}: {one}" for role, reader in readers.items() for one in reader.wrong]
    if wrong:
        pytest.fail("\n".join(sorted(set(wrong))))
    assert sum(reader.tried for reader in readers.values()) > 100


def test_a_bare_number_and_a_linked_one_are_told_apart() -> None:
    page = read('<main><p class="big">7</p><a href="/figures/orders?rate=x">3</a></main>')
    assert page.bare == [("big", "7")] and "big" not in BARE
    assert page.linked == [("/figures/orders?rate=x", "3")]
    assert [shown(one) for one in ("3", "To dispatch 12", "88.9", "n=4 of 5 orders")] == [
        3,
        12,
        None,
        None,
    ]
