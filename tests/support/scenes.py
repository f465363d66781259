"""Everything there is to see at the desk, as scenes of the demonstration a browser can go to.

Looked at for accessibility and language in every size and colour, and taken as pictures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec
import pytest
from playwright.sync_api import Page

DESK, ENGINEER, SUPERVISOR, MANAGER = "guxiaotong", "hanzhuoran", "shenruolan", "lumingyuan"
OPERATOR, AGENT, AUDITOR = "xuxing", "bailu", "zhongzheng"


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Something to look at.

    Attributes:
        who: Login; None for nobody.
        path: Where it begins.
        then: What is done there to see it.
    """

    name: str
    who: str | None
    path: str
    then: Callable[[Page], None] | None = None

    def show(self, page: Page) -> None:
        """Bring it to the screen."""
        page.goto(self.path)
        if self.then is not None:
            self.then(page)
        if page.locator("[data-diagram], .bpmn").count():
            page.locator(".djs-container svg").first.wait_for()


def _first_task(page: Page) -> None:
    """Open the first task of the list, as a page of its own."""
    page.goto(str(page.locator("#rows .row a").first.get_attribute("href")))


def _part(name: str) -> Callable[[Page], None]:
    def open_part(page: Page) -> None:
        _first_task(page)
        joint = "&" if "?" in page.url else "?"
        page.goto(f"{page.url}{joint}part={name}")

    return open_part


def _refused(page: Page) -> None:
    """Complete with nothing filled in."""
    _first_task(page)
    for field in page.locator("#taskform input:not([type=hidden]), #taskform textarea").all():
        if field.is_editable() and field.get_attribute("type") not in (
            "radio",
            "checkbox",
            "file",
        ):
            field.fill("")
    page.locator("#taskform, .foot").get_by_role("button").last.click()
    page.locator("#errsum").wait_for()


#: Address of an order, without a part.
_ORDER: Final = re.compile(r"/orders/(?:\d+|[A-Z]+\d+)")


def _first_order(page: Page) -> None:
    links = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    page.goto(next(link for link in links if link and _ORDER.fullmatch(link)))


def _order(part: str) -> Callable[[Page], None]:
    def open_part(page: Page) -> None:
        _first_order(page)
        page.goto(f"{page.url.partition('?')[0]}{part}")

    return open_part


def _act(name: str) -> Callable[[Page], None]:
    def open_act(page: Page) -> None:
        # Not every task has every act: more time is asked for before the deadline only.
        rows = page.locator("#rows .row a").evaluate_all("all => all.map(a => a.href)")
        for row in rows:
            page.goto(row)
            link = page.locator(f"main a[href*='/acts/{name}']")
            if link.count():
                page.goto(str(link.first.get_attribute("href")))
                return
        pytest.fail(f"Expected a task that offers {name}, but there is none.")

    return open_act


def _ended_order(page: Page) -> None:
    page.goto(str(page.locator("main td a.t").first.get_attribute("href")))


def _exported(page: Page) -> None:
    page.goto("/exports")
    if page.locator("#exports li").count():
        # Nobody writes them here, and a person may have only a few that wait.
        return
    page.goto("/orders")
    menu = page.locator("details", has=page.locator("form[action='/exports']"))
    menu.locator("summary").click()
    menu.locator("button").first.click()
    page.locator("#exports li").first.wait_for()


def _first_customer(page: Page) -> None:
    page.goto(str(page.locator("main a[href^='/customers/']").first.get_attribute("href")))


def _start(page: Page) -> None:
    page.goto(str(page.locator("main a[href^='/start/']").first.get_attribute("href")))


def _start_refused(page: Page) -> None:
    _start(page)
    page.locator("main form").get_by_role("button").last.click()
    page.locator("#errsum").wait_for()


def _saved_views(page: Page) -> None:
    page.locator(".lh summary").last.click()


def _ticked(page: Page) -> None:
    for place in range(2):
        page.locator("#rows input[name=task]").nth(place).check()


def _at_once(page: Page) -> None:
    _ticked(page)
    page.locator("#bulk [value=transfer]").click()
    page.locator(".sheet [name=role]").wait_for()


def _some_refused(page: Page) -> None:
    page.locator("#rows input[name=task]").first.evaluate("box => { box.value = '1'; }")
    page.locator("#rows input[name=task]").first.check()
    page.locator("#bulk [value=claim]").click()
    page.locator(".outcomes").wait_for()


def _start_similar(page: Page) -> None:
    """Open a second complaint of a customer who has one."""
    page.goto("/start/complaint_escalation?customer=1")
    for field, value in (("channel", "phone"), ("category", "network"), ("severity", "medium")):
        page.locator(f"#f-{field}").select_option(value)
    page.locator("#f-description").fill("专线中断，客户要求今天恢复")
    page.locator(".foot button").last.click()
    page.locator("#similar").wait_for()


def _looks(page: Page) -> None:
    _first_customer(page)
    page.goto(f"{page.url}/looks")


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette [role=combobox]").fill("a")
    page.locator("#palette [role=option]").first.wait_for()


def _keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()


def _wrong_password(page: Page) -> None:
    page.locator("#f-login").fill("nobody")
    page.locator("#f-password").fill("guess")
    page.locator("main form button").first.click()
    page.locator("#errsum").wait_for()


#: Acts whose small forms are looked at on the first task of an engineer who holds it.
_ACTS: Final = (
    "transfer", "delegate", "return", "hold", "extend", "urge", "add-signers", "snooze", "copy",
)  # fmt: skip

SCENES: Final = (
    Scene(name="sign-in", who=None, path="/login"),
    Scene(name="sign-in-refused", who=None, path="/login", then=_wrong_password),
    *(
        Scene(name=f"inbox-{tab}", who=SUPERVISOR, path=f"/inbox?tab={tab}")
        for tab in ("mine", "group", "escalated", "snoozed", "copied", "done", "team")
    ),
    Scene(name="inbox-nothing-found", who=DESK, path="/inbox?text=zzzz"),
    Scene(name="inbox-filters", who=SUPERVISOR, path="/inbox/filters?tab=team&grade=A"),
    Scene(name="inbox-menu", who=SUPERVISOR, path="/inbox?tab=team", then=_saved_views),
    Scene(name="inbox-ticked", who=SUPERVISOR, path="/inbox?tab=team", then=_ticked),
    Scene(name="inbox-at-once", who=SUPERVISOR, path="/inbox?tab=team", then=_at_once),
    Scene(name="inbox-refused", who=SUPERVISOR, path="/inbox?tab=team", then=_some_refused),
    Scene(name="view", who=SUPERVISOR, path="/views/new?page=inbox&query=tab%3Dteam"),
    Scene(name="task", who=ENGINEER, path="/inbox", then=_first_task),
    Scene(name="task-refused", who=ENGINEER, path="/inbox", then=_refused),
    *(
        Scene(name=f"task-{part}", who=ENGINEER, path="/inbox", then=_part(part))
        for part in ("progress", "timeline", "files", "related", "talk")
    ),
    Scene(name="task-to-claim", who=DESK, path="/inbox?tab=group", then=_first_task),
    Scene(name="task-supervision", who=SUPERVISOR, path="/inbox?tab=escalated", then=_first_task),
    *(Scene(name=f"act-{name}", who=ENGINEER, path="/inbox", then=_act(name)) for name in _ACTS),
    *(
        Scene(name=f"act-{name}", who=MANAGER, path="/inbox?tab=team", then=_act(name))
        for name in ("assign", "instruct", "supervise", "jump", "remove-copy")
    ),
    Scene(name="orders", who=SUPERVISOR, path="/orders"),
    Scene(name="orders-found", who=SUPERVISOR, path="/orders?q=专线"),
    *(
        Scene(name=f"order-{name}", who=SUPERVISOR, path="/orders", then=_order(path))
        for name, path in (
            ("progress", ""),
            ("timeline", "/timeline"),
            ("everything", "/timeline?kind=all&proof=1"),
            ("data", "/data"),
            ("talk", "/talk"),
            ("related", "/related"),
            ("clocks", "/clocks"),
            ("incidents", "/incidents"),
        )
    ),
    Scene(name="start", who=AGENT, path="/start"),
    Scene(name="start-form", who=AGENT, path="/start", then=_start),
    Scene(name="start-refused", who=AGENT, path="/start", then=_start_refused),
    Scene(name="start-similar", who=SUPERVISOR, path="/start", then=_start_similar),
    Scene(name="orders-filters", who=SUPERVISOR, path="/orders/filters"),
    Scene(name="customers", who=SUPERVISOR, path="/customers"),
    Scene(name="customer", who=SUPERVISOR, path="/customers", then=_first_customer),
    Scene(name="customer-looks", who=SUPERVISOR, path="/customers", then=_looks),
    Scene(name="exports", who=SUPERVISOR, path="/exports"),
    Scene(name="exports-waiting", who=SUPERVISOR, path="/orders", then=_exported),
    Scene(name="orders-nothing-found", who=SUPERVISOR, path="/orders?q=99999999"),
    Scene(name="order-ended", who=SUPERVISOR, path="/orders?status=ended", then=_ended_order),
    Scene(name="order-retry", who=OPERATOR, path="/orders/1/incidents/1/retry"),
    Scene(name="customers-nothing-found", who=SUPERVISOR, path="/customers?q=zzzz"),
    Scene(name="escalations-none", who=SUPERVISOR, path="/escalations?level_min=9"),
    Scene(name="notifications-all", who=SUPERVISOR, path="/notifications?tab=all"),
    Scene(name="wallboard-light", who=MANAGER, path="/wallboard?look=light"),
    Scene(name="escalations", who=SUPERVISOR, path="/escalations"),
    Scene(name="wallboard", who=MANAGER, path="/wallboard"),
    Scene(name="notifications", who=SUPERVISOR, path="/notifications"),
    Scene(name="me", who=SUPERVISOR, path="/me"),
    Scene(name="menu", who=DESK, path="/menu"),
    Scene(name="palette", who=SUPERVISOR, path="/inbox", then=_palette),
    Scene(name="keys", who=DESK, path="/inbox", then=_keys),
    Scene(name="nothing-here", who=DESK, path="/nothing-here"),
)
