"""People at a browser: each with cookies of their own, doing what a hand can do."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from suqiu.demo.city import PASSWORD

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


class Hand:
    """One person at one screen."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused load of the content policy is a console error too.
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url}: {response.status}")

    def log_in(self, username: str) -> None:
        self.give_password(username)
        expect(self.page.locator("form[data-forget]").first).to_be_attached()

    def give_password(self, username: str) -> None:
        self.go("/login")
        self.page.fill('input[name="username"]', username)
        self.page.fill('input[name="password"]', PASSWORD)
        self.page.click('form[data-login] button[type="submit"]')

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def check(self) -> None:
        """Nothing on this page shuts anybody out, and nothing sticks out sideways."""
        self.page.wait_for_load_state()  # a page that is still being built has nothing to look at
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await axe.run(document)).violations"
        )
        grave = [
            f"{self.page.url}: {one['id']} {node['target']} {node['failureSummary']}"
            for one in found
            if one["impact"] in GRAVE
            for node in one["nodes"]
        ]
        assert not grave, "\n".join(grave)
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")

    def choose(self, name: str, value: str) -> None:
        """A radio button, by the label that a hand can reach."""
        radio = self.page.locator(f'input[name="{name}"][value="{value}"]')
        radio.locator("xpath=ancestor::label").click()
        expect(radio).to_be_checked()

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def verb(self, name: str) -> Locator:
        """The way to a verb on an order's page; one that is folded away is unfolded."""
        found = self.page.locator(
            f'.verbs button[name="verb"][value="{name}"], .verbs a[href$="/{name}"]'
        ).first
        expect(found).to_be_attached()
        if not found.is_visible():
            self.page.locator("details.more", has=found).locator("summary").click()
        return found

    def begin(self, name: str) -> None:
        """Open a verb's form."""
        self.verb(name).click()
        expect(self.page.locator("form.verb-form")).to_be_visible()

    def send(self) -> None:
        """Send the form of a verb, and see that it was done."""
        self.page.locator('form.verb-form button[type="submit"]').click()
        self.done()

    def done(self) -> None:
        expect(self.page.locator(".alert-success")).to_be_visible()

    def at_once(self, name: str) -> None:
        """A verb that asks nothing."""
        self.verb(name).click()
        self.done()

    def state(self, words: str) -> None:
        expect(self.page.locator(".badge").first).to_contain_text(words)

    def open_from_queue(self, number: str) -> None:
        """Find the order where its work waits, and open it by hand."""
        self.go("/queue")
        row = self.page.locator(f'a[data-open][href="/orders/{number}"]')
        if not row.count():
            for view in self.page.locator(".views a").all():
                view.click()
                if row.count():
                    break
        row.first.click()
        expect(self.page.locator(".order-head")).to_contain_text(number)


class People:
    def __init__(self, browser: Browser, base: str) -> None:
        self._browser, self._base = browser, base
        self._hands: list[Hand] = []

    def come(self, username: str, *, phone: bool = False) -> Hand:
        hand = self.sit(phone=phone)
        hand.log_in(username)
        return hand

    def sit(self, *, phone: bool = False) -> Hand:
        """Someone before a browser, not logged in yet."""
        context = self._browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            is_mobile=phone,
            has_touch=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        # Before the page's own scripts and beside its content policy, which stays as it is.
        context.add_init_script(path=AXE)
        context.set_default_timeout(10_000)
        hand = Hand(context.new_page(), self._base)
        self._hands.append(hand)
        return hand

    def visitor(self, *, width: int = 390) -> Hand:
        """A citizen with a phone, who logs in nowhere."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 844},
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.add_init_script(path=AXE)
        context.set_default_timeout(10_000)
        hand = Hand(context.new_page(), self._base)
        self._hands.append(hand)
        return hand

    def leave(self) -> None:
        complaints = [line for hand in self._hands for line in hand.complaints]
        for hand in self._hands:
            hand.page.context.close()
        assert not complaints, "\n".join(complaints)
