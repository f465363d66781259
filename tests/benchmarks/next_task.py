"""From the click on "complete" to the first frame with the next form, in a real browser."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from forms.pages.session import COOKIE
from tests.benchmarks.figures import Figure
from tests.support.browser import chromium
from tests.support.installation import PASSWORD, load_customer
from tests.support.life import World

_TASKS = 25
_WARM_UP = 5
_MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
_WHO = "li.desk"
#: Milliseconds; two frames, because the first one only begins to draw.
_COMPLETE = """() => new Promise((done) => {
  const before = document.getElementById("detail").dataset.task;
  const began = performance.now();
  const look = () => {
    const now = document.getElementById("detail");
    if (now.dataset.task !== before && now.querySelector("#taskform input")) {
      requestAnimationFrame(() => done(performance.now() - began));
    } else requestAnimationFrame(look);
  };
  document.getElementById("complete").click();
  look();
})"""


def figures() -> list[Figure]:
    """Wall time in the browser, and CPU of the whole server process meanwhile."""
    with tempfile.TemporaryDirectory() as home, World(Path(home), None, _MONDAY) as world:
        load_customer(world.application)
        tasks = [_contract(world) for _ in range(_TASKS)]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(base_url=f"http://127.0.0.1:{world.port}", locale="zh-CN")
            _, issued = world.application.identity.sign_in(_WHO, PASSWORD)
            url = f"http://127.0.0.1:{world.port}"
            page.context.add_cookies([{"name": COOKIE, "value": issued.token, "url": url}])
            page.goto(f"/tasks/{tasks[0]}")
            taken = [_completed(page) for _ in tasks[:-1]][_WARM_UP:]
            browser.close()
    wall = [one for one, _ in taken]
    cpu = [one for _, one in taken]
    return [
        Figure.at_most("click to the next form, median", statistics.median(wall), "ms", 150),
        Figure(name="click to the next form, slowest", value=max(wall), unit="ms"),
        Figure(name="click to the next form, CPU of the server", value=statistics.median(cpu),
               unit="ms"),
    ]  # fmt: skip


def _contract(world: World) -> int:
    case = world.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001")
    return case.task("合同登记备案", by=_WHO).claim().id


def _completed(page: Page) -> tuple[float, float]:
    page.locator("[name=filing_no]").fill("BA-2026-001")
    page.locator("[name=signed_on]").fill("2026-03-01")
    page.locator("#draft-state button").wait_for()
    began = time.process_time()
    wall: float = page.evaluate(_COMPLETE)
    return wall, (time.process_time() - began) * 1000
