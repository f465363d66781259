"""The desk in a real browser: Debian's Chromium, driven by Playwright.

def test_story(life, visit):
    page = visit("li.desk")                                  # signed in, 1440 x 900, Chinese
    page = visit("li.desk", size=PHONE, scripts=False)       # a phone, without scripts
    page.goto("/inbox")

After each test the browser must have reported no violation of the content security policy and no
error of a script.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from engine.bootstrap import Application
from engine.domain import commands as c
from forms.pages.session import COOKIE, LOOK_COOKIE
from tests.support.installation import PASSWORD
from tests.support.life import World

#: A Monday, 10:00 at the operator's place.
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


#: How htmx logs that there is no connection.
_LOST = "htmx:error: Failed to fetch"


class Size(msgspec.Struct, frozen=True):
    """A screen."""

    width: int
    height: int
    is_phone: bool = False


WIDE = Size(1440, 900)
PHONE = Size(390, 844, is_phone=True)
#: As root there is no sandbox; painted by one thread, and always as a whole, the same page gives
#: the same picture to the byte; the rest keeps the browser from calling home.
_FLAGS = (
    "--no-sandbox",
    "--num-raster-threads=1",
    "--disable-partial-raster",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)


def chromium() -> str:
    """Path of the browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return found
    pytest.fail(
        "Expected Chromium to be installed, but it is not. "
        "Run: apt-get install chromium fonts-noto-cjk"
    )


@contextmanager
def started() -> Iterator[Browser]:
    """A browser without windows."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(_FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running product of the module's own, on SQLite, whose time passes when told."""
    home: Path = tmp_path_factory.mktemp("desk")
    with World(home, None, MONDAY) as world:
        yield world


class Served(Protocol):
    """A product with an address."""

    application: Application

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        ...


class Windows:
    """Browser windows on a product, each signed in as somebody.

    Attributes:
        complaints: What browsers reported: violations of the policy, errors of scripts.
    """

    def __init__(self, browser: Browser, served: Served, password: str = PASSWORD) -> None:
        self._browser = browser
        self._served = served
        self._password = password
        self._opened: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __call__(
        self,
        login: str | None,
        *,
        size: Size = WIDE,
        language: str = "zh",
        look: str = "light",
        scripts: bool = True,
    ) -> Page:
        """A new window of a person; of nobody if the login is None."""
        address = f"http://127.0.0.1:{self._served.port}"
        context = self._browser.new_context(
            base_url=address,
            viewport=ViewportSize(width=size.width, height=size.height),
            is_mobile=size.is_phone,
            has_touch=size.is_phone,
            device_scale_factor=2 if size.is_phone else 1,
            java_script_enabled=scripts,
            color_scheme="dark" if look == "dark" else "light",
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        self._opened.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        if login is not None:
            application = self._served.application
            person, issued = application.identity.sign_in(login, self._password)
            chosen = c.SavePreferences(language=language, theme=look)
            application.dispatcher.execute(chosen, person)
            cookies = ((COOKIE, issued.token), (LOOK_COOKIE, look))
            context.add_cookies(
                [{"name": name, "value": value, "url": address} for name, value in cookies]
            )
        return page

    def close(self) -> None:
        """Close them all."""
        for context in self._opened:
            context.close()
        self._opened.clear()

    def _note(self, kind: str, text: str) -> None:
        # Refusals (422, 409) and lost connections show as failed; pages tell them: no error.
        if kind == "error" and "Failed to load resource" not in text and _LOST not in text:
            self.complaints.append(text)


@pytest.fixture
def visit(browser: Browser, life: World) -> Iterator[Windows]:
    """Opens browser windows on the module's product."""
    windows = Windows(browser, life)
    yield windows
    windows.close()
    assert windows.complaints == [], windows.complaints


def texts(page: Page, selector: str) -> list[str]:
    """Visible text of elements, blanks folded."""
    found: list[Any] = page.locator(selector).all_inner_texts()
    return [" ".join(text.split()) for text in found]
