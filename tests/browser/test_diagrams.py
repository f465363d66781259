"""Every shipped diagram in the real viewer: names can be read, in both languages."""

import re
from datetime import timedelta
from itertools import combinations, product
from typing import Any

import msgspec
import pytest
from lxml import etree
from playwright.sync_api import expect

import bpmn
from engine.workflow.drawing import told
from tests.support.browser import PHONE, WIDE
from tests.support.installation import load_customer

FILES = {name: content for name, content in bpmn.deployment().items() if name.endswith(".bpmn")}
#: Texts and shapes as they are drawn, in pixels of the drawing: left, top, right, bottom.
DRAWN = """() => {
    const svg = document.querySelector(".djs-container svg");
    const back = svg.querySelector(".viewport").getScreenCTM().inverse();
    const box = (node) => {
        const {left, top, right, bottom} = node.getBoundingClientRect();
        const [a, b] = [new DOMPoint(left, top), new DOMPoint(right, bottom)]
            .map((point) => point.matrixTransform(back));
        return [a.x, a.y, b.x, b.y];
    };
    return [...svg.querySelectorAll("g.djs-element > .djs-visual")].map((drawn) => {
        const text = drawn.querySelector(":scope > text");
        const shape = drawn.querySelector(
            ":scope > rect, :scope > circle, :scope > polygon");
        return {
            id: drawn.parentNode.dataset.elementId,
            lines: [...(text ? text.querySelectorAll("tspan") : [])].map((one) =>
                one.textContent.trim()).filter(Boolean),
            text: text && text.textContent ? box(text) : null,
            shape: shape ? box(shape) : null,
            kind: shape ? shape.tagName : "",
        };
    });
}"""


class Drawn(msgspec.Struct):
    """Something on the canvas."""

    id: str
    lines: list[str]
    text: tuple[float, float, float, float] | None
    shape: tuple[float, float, float, float] | None
    kind: str

    @property
    def is_label(self) -> bool:
        return self.id.endswith("_label") and self.text is not None


@pytest.fixture(scope="module")
def number(life):
    load_customer(life.application)
    return life.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001").number


def overlap(one, other):
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


def lies_over(text, drawn):
    """Whether a text covers a shape; gateways are rhombs, events are round."""
    left, top, right, bottom = drawn.shape
    if not overlap(text, drawn.shape):
        return False
    if drawn.kind == "rect":
        return right - left < 110
    x, y = (left + right) / 2, (top + bottom) / 2
    across = abs(min(max(x, text[0]), text[2]) - x) / ((right - left) / 2)
    along = abs(min(max(y, text[1]), text[3]) - y) / ((bottom - top) / 2)
    return bool(across + along < 0.95 if drawn.kind == "polygon" else across**2 + along**2 < 0.9)


def words(*lines):
    """Words in Latin letters; Chinese may be broken anywhere."""
    return [word for line in lines for word in re.findall(r"[A-Za-z0-9]+", line)]


def misread(drawn, name):
    """What is wrong with a name by itself."""
    if words(*drawn.lines) != words(name):
        yield f"{drawn.id}: {drawn.lines} breaks a word of {name!r}"
    if "".join(drawn.lines).replace(" ", "") != name.replace(" ", ""):
        yield f"{drawn.id}: {drawn.lines} is not all of {name!r}"


def sticks_out(drawn):
    """Whether a text is larger than the box it stands in."""
    if drawn.text is None or drawn.shape is None or drawn.kind != "rect":
        return False
    left, _, right, bottom = drawn.shape
    return drawn.text[0] < left - 1 or drawn.text[2] > right + 1 or drawn.text[3] > bottom + 1


def problems(found, names):
    for one in found:
        name = names.get(one.id.removesuffix("_label"), "")
        if one.lines and name:
            yield from misread(one, name)
    yield from (f"{one.id}: {one.lines} sticks out" for one in found if sticks_out(one))
    labels = [one for one in found if one.is_label]
    for one, other in combinations(labels, 2):
        if overlap(one.text, other.text):
            yield f"{one.id}: {one.lines} over {other.lines}"
    for one, other in product(labels, found):
        if other.shape is not None and lies_over(one.text, other):
            yield f"{one.id}: {one.lines} over {other.id}"


def names_of(content):
    return {
        str(one.get("id")): " ".join(str(one.get("name")).split())
        for one in etree.fromstring(content).iter()
        if one.get("id") and one.get("name")
    }


def show(page, number, content):
    """An order's page with another diagram on it."""
    page.unroute_all()
    page.route(
        "**/diagram?**",
        lambda route: route.fulfill(body=content, content_type="application/xml"),
    )
    page.goto(f"/orders/{number}")
    expect(page.locator(".bpmn .zoom")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_name_can_be_read(visit, number, language):
    page = visit("li.desk", language=language)
    found: list[Any] = []
    for name, content in FILES.items():
        drawing = told(content, language)
        show(page, number, drawing)
        drawn = msgspec.convert(page.evaluate(DRAWN), list[Drawn])
        assert sum(one.is_label for one in drawn) > 2, name
        found += [f"{name} {problem}" for problem in problems(drawn, names_of(drawing))]
    assert not found, "\n".join(found)


#: What of the drawing is within its frame: elements by id, and how large they are drawn.
IN_SIGHT = """() => {
    const frame = document.querySelector(".bpmn").getBoundingClientRect();
    const shapes = [...document.querySelectorAll(".djs-shape")].filter((one) => {
        const drawn = one.querySelector(".djs-visual");
        const {left, top, right, bottom} = drawn.getBoundingClientRect();
        return left >= frame.left && right <= frame.right
            && top >= frame.top && bottom <= frame.bottom;
    });
    const viewport = document.querySelector(".djs-container svg .viewport");
    return {scale: viewport.getCTM().a, ids: shapes.map((one) => one.dataset.elementId)};
}"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_present_step_is_in_sight_with_what_is_around_it(visit, number, size):
    page = visit("li.desk", size=size)
    page.goto(f"/orders/{number}")
    expect(page.locator(".bpmn .zoom")).to_be_visible()
    seen = page.evaluate(IN_SIGHT)
    assert seen["scale"] >= 0.8
    around = {"choose_sla", "classify_customer"} if size is WIDE else {"choose_sla"}
    assert {"file_contract", *around} <= set(seen["ids"])


def test_of_what_ended_the_end_is_in_sight(visit, life, number):
    case = life.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001")
    case.task("合同登记备案", by="li.desk").complete()
    case.task("资源核查/勘查", by="sun.network").complete(
        feasible="no", infeasible_reason="无管道"
    )
    case.task("告知业务部门", by="wang.sales").complete()
    page = visit("li.desk")
    page.goto(f"/orders/{case.number}")
    expect(page.locator(".bpmn .zoom")).to_be_visible()
    seen = page.evaluate(IN_SIGHT)
    assert seen["scale"] >= 0.8
    assert "inform_sales" in seen["ids"]


def test_badges_of_what_is_done_make_room_in_the_whole_diagram(visit, life):
    case = life.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001")
    life.wait_until(life.clock.now() + timedelta(hours=1))
    case.task("合同登记备案", by="li.desk").complete()
    page = visit("li.desk", size=PHONE)
    page.goto(f"/orders/{case.number}")
    expect(page.locator(".ov.done", has_text="1 小时")).to_be_visible()
    page.locator(".bpmn [data-zoom=fit]").click()
    expect(page.locator(".ov.done:visible")).to_have_count(0)
