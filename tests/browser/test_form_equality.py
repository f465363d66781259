"""The real form-js viewer and our own check judge the same values alike, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from engine.domain.forms import FormInvalidError
from forms.pages.assets import STATIC
from forms.standing import stand
from tests.support.form_cases import CASES, Case
from tests.support.sheets import drawn
from tests.unit.forms.builders import CATALOGUE

_JUDGE = (Path(__file__).parent / "viewer.js").read_text()


#: Forms open at the same time.
_TOGETHER = 30


@pytest.fixture(scope="module")
def judged(browser: Browser) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """What form-js says of every try of every case."""
    page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
    page.route("**/*", _serve)
    page.goto("http://forms.test/")
    found: list[list[dict[str, Any]]] = []
    for begin in range(0, len(CASES), _TOGETHER):
        asked = [
            {
                "schema": _schema(case),
                "variables": case.variables,
                "tries": [each.values for each in case.tries],
            }
            for case in CASES[begin : begin + _TOGETHER]
        ]
        found += page.evaluate(_JUDGE, asked)
    yield {case.name: tries for case, tries in zip(CASES, found, strict=True)}
    page.close()


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix("http://forms.test/")
    if path:
        route.fulfill(path=STATIC / path, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>forms</title>", content_type="text/html")


def _schema(case: Case) -> dict[str, Any]:
    return {"type": "default", "schemaVersion": 19, "components": case.components}


def _definition(case: Case) -> bytes:
    return json.dumps(_schema(case)).encode()


def _ours(case: Case, values: dict[str, Any]) -> set[str]:
    try:
        CATALOGUE.validate(_definition(case), values, variables=case.variables)
    except FormInvalidError as error:
        return set(error.problems)
    return set()


def test_there_are_enough():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_same_verdict_per_field(judged, case):
    for each, theirs in zip(case.tries, judged[case.name], strict=True):
        ours, refused = _ours(case, theirs["data"]), set(theirs["errors"])
        assert (ours - refused, refused - ours) == (set(each.ours), set(each.theirs)), theirs


@each_case
def test_same_fields_shown(judged, case):
    for each, theirs in zip(case.tries, judged[case.name], strict=True):
        sheet = drawn(_definition(case), variables=case.variables, values=theirs["data"])
        assert _paths(sheet.items) == {*theirs["shown"], *each.shown}, theirs


@each_case
def test_same_values_to_begin_with(judged, case):
    theirs = judged[case.name][0]["initial"]
    form = CATALOGUE.compiled(_definition(case))
    ours = stand(form, {}, {}, case.variables, is_drawn=True).seen
    assert {name: theirs.get(name) for name in ours} == ours


def _paths(items: Any) -> set[str]:
    found: set[str] = set()
    for item in items:
        if item.path and item.kind != "rows":
            found.add(item.path)
        found |= _paths(item.items)
        for row in item.rows:
            found |= _paths(row.items)
    return found
