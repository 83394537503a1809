"""A browser for the whole session, and people who sit at it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.people import People


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    # Playwright's loop runs in this thread; Django would otherwise refuse the database here.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-gpu",
                # A microphone that hums, for whoever records a voice note.
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        yield opened
        opened.close()


@pytest.fixture
def people(browser: Browser, live_server: LiveServer, settings: Any) -> Iterator[People]:
    """Who is asked for logs in; at the end nobody's console may have complained."""
    # The story's clock leaps over hours in which these people were not idle.
    settings.IDLE_SECONDS = 30 * 86400
    them = People(browser, live_server.url)
    yield them
    them.leave()
