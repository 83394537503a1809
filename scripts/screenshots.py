"""Take the README's pictures from a demo that is being served.

python scripts/screenshots.py http://127.0.0.1:8000
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

INTO = Path(__file__).parents[1] / "docs" / "img"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# A picture's name, who sees it, where it is; an order is the first row of that list.
PICTURES = (
    ("order", "dispatcher1", "/queue?view=dispatched", True, DESK),
    ("queue", "dispatcher1", "/queue", False, DESK),
    ("register", "calltaker1", "/register", False, DESK),
    ("leader", "leader1", "/leader", False, DESK),
    ("phone-queue", "handler.310000-ZH", "/queue", False, PHONE),
    ("phone-order", "handler.310000-ZH", "/queue", True, PHONE),
)


def main(base: str, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        for name, username, path, opened, size in PICTURES:
            page = _logged_in(browser, base, username, size)
            page.goto(base + path)
            if opened and page.locator("a[data-open]").count():
                page.goto(base + str(page.locator("a[data-open]").first.get_attribute("href")))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=into / f"{name}.png")
            page.context.close()
        browser.close()


def _logged_in(browser: Browser, base: str, username: str, size: dict[str, int]) -> Page:
    """The login page of a demo carries its public password; nothing of it is written here."""
    page = browser.new_context(viewport=size, locale="zh-CN").new_page()  # type: ignore[arg-type]
    page.goto(f"{base}/login")
    password = page.locator("[data-fill-password]").first.get_attribute("data-fill-password")
    page.fill('input[name="username"]', username)
    page.fill('input[name="password"]', password or "")
    page.click('form[data-login] button[type="submit"]')
    page.wait_for_url(lambda url: "/login" not in url)
    return page


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]) if len(sys.argv) > 2 else INTO)
