"""Every scene of the desk: accessible, in one language, nothing cut off, the watermark in sight.

axe-core with the rules of WCAG 2.2 A and AA and its best practices.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, ViewportSize

from api.demonstration import operator
from engine.domain.facts import Stream
from engine.store import tables as t
from engine.store.chains import unpack
from tests.support.browser import PHONE, WIDE, Size, Windows
from tests.support.scenes import SCENES
from tests.support.showroom import Showroom

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: Of these the rules that colours decide: dark and light differ in nothing else.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
#: What is written in Latin letters in Chinese text, too; digests of the history last.
SAME = re.compile(
    r"\b(?:Ctrl|Enter|Esc|English|CSV|XLSX|Excel|CIDR|VLAN|IPv4|IPv6|IDC|VPN|MPLS|PTN|OTN|OLT|OTDR|"
    r"Powered by bpmn\.io|bpmn\.io|Mbit/s|API|SLA|BPMN|KPI|"
    r"Mbps|Mbit|CPE|ONU|PDF|JPEG|PNG|SHA|GPS|ISP|SDH|NAT|DNS|ICP|IMSI|"
    r"[0-9a-f]{8,})\b"
)
WORD = re.compile(r"[A-Za-z]{3,}")
#: A wide screen at 200 %.
_HALF = ViewportSize(width=WIDE.width // 2, height=WIDE.height // 2)
CHINESE = re.compile(r"[\u3400-\u9fff]+")
#: Everything a person reads or hears on the page.
TOLD = """() => {
    const told = [document.title, document.body.innerText];
    for (const found of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
        for (const name of ["aria-label", "title", "placeholder", "alt"]) {
            if (found.hasAttribute(name)) told.push(found.getAttribute(name));
        }
    }
    for (const label of document.querySelectorAll(".djs-container text")) {
        told.push(label.textContent);
    }
    return told.join("\\n");
}"""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with Showroom(tmp_path_factory.mktemp("showroom")) as room:
        yield room


@pytest.fixture(scope="module")
def data(room):
    """What people of the operator wrote: it is told in the language they wrote it in."""
    with room.application.database.read() as connection:
        told = [
            orjson.dumps(fact_values(body)).decode()
            for stream, body in connection.execute(
                sa.select(t.history_event.c.stream, t.history_event.c.body)
            )
            if stream != int(Stream.SETUP)
        ]
    return "\n".join(told)


def fact_values(body: bytes) -> list[dict[str, Any]]:
    """Facts of a row but for what definitions brought along."""
    found: list[dict[str, Any]] = msgspec.json.decode(unpack(body))
    return [
        {name: value for name, value in fact.items() if name not in ("name", "name_en")}
        if fact["kind"].startswith(("task.", "timer.", "job.", "message."))
        else fact
        for fact in found
    ]


@pytest.fixture
def windows(browser, room):
    windows = Windows(browser, room, operator.PASSWORD)
    yield windows
    windows.close()
    assert windows.complaints == []


def remarks(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe-core finds: rule, element, reason."""
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Elements that reach beyond the screen or whose text is cut without an ellipsis."""
    found: list[str] = page.evaluate("""() => {
        const wide = document.documentElement.scrollWidth - window.innerWidth;
        return wide > 1 ? [`the page is ${wide} px too wide`] : [];
    }""")
    return found


def too_wide_when_large(page: Page, size: Size) -> list[str]:
    """The same with letters twice as large, and on the narrowest screen. Source: WCAG 1.4.10."""
    narrow = ViewportSize(width=320, height=640) if size.is_phone else _HALF
    page.set_viewport_size(narrow)
    found = too_wide(page)
    page.set_viewport_size(ViewportSize(width=size.width, height=size.height))
    return [f"at {narrow['width']} px {each}" for each in found]


def foreign(page: Page, language: str, data: str) -> list[str]:
    """Words of the other language that are nobody's data."""
    told: str = page.evaluate(TOLD)
    if language == "en":
        words = set(CHINESE.findall(told.replace("中文", "")))
    else:
        words = set(WORD.findall(SAME.sub(" ", told)))
    return [f"foreign word: {word}" for word in sorted(words) if word not in data]


def remarks_in_the_dark(page: Page) -> list[str]:
    """The same of its colours when the device prefers dark ones."""
    page.emulate_media(color_scheme="dark")
    look = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    found = remarks(page, RULES_OF_COLOUR)
    page.emulate_media(color_scheme="light")
    is_dark = look == "dark" or "look=light" in page.url
    return [f"dark: {each}" for each in found] + ([] if is_dark else ["the dark is light"])


def look_at(windows, data, *, language, size):
    """Go to every scene; fails with all that is wrong anywhere."""
    found: list[str] = []
    pages: dict[str | None, Page] = {}
    for scene in SCENES:
        if scene.who not in pages:
            pages[scene.who] = windows(scene.who, size=size, language=language, look="auto")
            pages[scene.who].add_init_script(AXE)
        page = pages[scene.who]
        scene.show(page)
        problems = [
            *remarks(page, RULES),
            *too_wide(page),
            *too_wide_when_large(page, size),
            *foreign(page, language, data),
            *remarks_in_the_dark(page),
        ]
        found += [f"{scene.name}: {problem}" for problem in problems]
    assert not found, "\n".join(found)


BOTH_SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


# A class for each language, so that two processes share the work.
@BOTH_SIZES
class TestChinese:
    def test_every_scene(self, windows, data, size):
        look_at(windows, data, language="zh", size=size)


@BOTH_SIZES
class TestEnglish:
    def test_every_scene(self, windows, data, size):
        look_at(windows, data, language="en", size=size)


@pytest.mark.parametrize("name", ["inbox-team", "order-progress"])
def test_a_picture_is_the_same_every_time(windows, name):
    """To the byte, so that pictures of the documentation change with what they show alone."""
    (scene,) = (scene for scene in SCENES if scene.name == name)
    pictures = set()
    for _ in range(3):
        page = windows(scene.who)
        scene.show(page)
        page.wait_for_load_state("networkidle")
        pictures.add(page.screenshot(caret="initial"))
    assert len(pictures) == 1
