"""Take the README's pictures from a served demo: python scripts/screenshots.py http://127.0.0.1:8000

Needs the developers' tools and a Chromium; pictures go to docs/img.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "img"
PASSWORD = "suqiu-demo-2026"  # noqa: S105 - the demo's, printed by it
WIDTHS = {"wide": (1440, 1000), "phone": (390, 844)}


def logged_in(browser: Browser, base: str, username: str, width: str) -> Page:
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    page = browser.new_page(viewport=size, locale="zh-CN")
    page.goto(f"{base}/login")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def take(page: Page, url: str, name: str, folder: Path) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(folder / f"{name}.png"))


def main(base: str, folder: Path = IMAGES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        leader = logged_in(browser, base, "leader1", "wide")
        take(leader, f"{base}/leader", "leader", folder)
        inspector = logged_in(browser, base, "inspector1", "wide")
        inspector.goto(f"{base}/callbacks")
        link = inspector.locator("a[href*='/orders/']").first
        href = link.get_attribute("href") if link.count() else None
        if href:
            take(inspector, f"{base}{href}", "order", folder)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
