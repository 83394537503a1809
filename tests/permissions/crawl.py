"""Reading a page's numbers, and opening each of them as its reader."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client

from suqiu.base.actors import Actor
from suqiu.base.errors import Refused
from suqiu.orders import queries as orders

LISTS = re.compile(r"^/(figures/orders|clocks|queue|rechecks/orders|assessment/shadow/orders)$")
NUMBER = re.compile(r"/orders/([A-Z0-9-]+)\"")
# None at all opens into nothing, so a bare 0 is no secret.
WHOLE = re.compile(r"^[1-9][\d,]*$|^\d+ ?/ ?[1-9]\d*$|\b[1-9][\d,]* orders?\b")
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
        self.said += " "
        if tag == "a":
            self.link, self.said = given.get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link is not None:
            if self._within("main"):  # what stands around it is no page's own
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
        if self.link is None and WHOLE.search(text) and self._within("main") and not silent:
            at = self._where() + (" (said)" if " order" in text else "")
            self.bare.append((at, text))

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
        onward = re.search(r'class="pager"[^>]*>.*?href="(\?[^"]*after=[^"]+)"', main, re.S)
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
    """One role at its desk, and what was wrong with the numbers it was shown. `bare`: which numbers
    need no opening, by (route, where it stands). `seen`: what each address listed, shared by those
    whose sight is the same; of each page's lists every reader opens one himself."""

    by: Actor
    client: Client
    bare: Mapping[tuple[str, str], object]
    seen: dict[str, tuple[int, list[str]]]
    tried: int = 0
    wrong: set[str] = field(default_factory=set)
    own: set[tuple[str, str]] = field(default_factory=set)
    may: dict[str, bool] = field(default_factory=dict)

    def read(self, name: str, where: str) -> None:
        """Opens what this page shows, and looks at what it shows bare."""
        answer = self.client.get(where)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            return
        page = read(answer.content.decode())
        for given, text in page.linked:
            address = urljoin(where, given)
            if LISTS.match(urlsplit(address).path) and (said := shown(text)) != 0:
                self._open(name, address, said, text)
        self._bare(name, page.bare)

    def _bare(self, name: str, found: Iterable[tuple[str, str]]) -> None:
        for at, text in found:
            if (name, at) not in self.bare and (name, "*") not in self.bare:
                self.wrong.add(f"{name}: {text} stands bare at {at!r}")

    def _open(self, name: str, address: str, said: int | None, text: str) -> None:
        self.tried += 1
        at = name, urlsplit(address).path
        if address not in self.seen or at not in self.own:
            self.seen[address] = listed(self.client, address)
            self.own.add(at)
        status, numbers = self.seen[address]
        if status != 200:
            self.wrong.add(f"{name}: {text!r} is answered with {status}: {address}")
        elif said is not None and len(numbers) != said:
            self.wrong.add(f"{name}: {text!r} lists {len(numbers)}: {address}")
        for one in numbers:
            if one not in self.may:
                self.may[one] = may_open(self.by, one)
            if not self.may[one]:
                self.wrong.add(
                    f"{name}: {text!r} lists {one}, which this reader may not open: {address}"
                )
