"""The OpenAPI document, its page, the probes, and the tables of refusals."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from string import Formatter

import pytest

import api.refusals
import engine
import forms
from api.app import create_app
from api.refusals import Refusal
from api.schemas import fields
from engine import errors
from engine.errors import EngineError
from forms.sentences import CHINESE, FIELDS, field_remark
from forms.statuses import EXCEPTIONS, FAMILIES, TITLES, status_of

ROOT = Path(__file__).parents[3]
VERBS = {"get", "post", "put", "patch", "delete"}


def descendants(cls):
    for found in cls.__subclasses__():
        yield found
        yield from descendants(found)


def engine_errors():
    for package in (engine, api, forms):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name:
                importlib.import_module(found.name)
    return sorted(
        {
            error
            for error in descendants(EngineError)
            if hasattr(error, "code")
            and error.__module__.partition(".")[0] in ("engine", "api", "forms")
        },
        key=lambda error: error.code,
    )


ERRORS = engine_errors()
REFUSALS = sorted(descendants(Refusal), key=lambda refusal: refusal.code)


@pytest.fixture(scope="module")
def document(desk):
    return desk.get("/api/v1/openapi.json", None).json


def operations(document):
    for path, found in document["paths"].items():
        for verb in VERBS & set(found):
            yield path, verb, found[verb]


# ---- the document ------------------------------------------------------------------------


def test_every_route_is_in_the_document(desk, document):
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in desk.flask.url_map.iter_rules()
        if not rule.endpoint.startswith("documents.")
    }
    assert set(document["paths"]) == served
    assert document["openapi"].startswith("3.1")


def test_operations_say_what_they_are(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids)) >= 80
    for path, verb, operation in operations(document):
        assert operation["summary"].endswith("."), (path, verb)
        codes = set(operation["responses"])
        assert "500" in codes and codes & {"200", "201", "204"}
        if operation.get("security") != []:
            assert "401" in codes


def test_references_lead_somewhere(document):
    def references(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "$ref":
                    yield value
                else:
                    yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    for reference in references(document):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_bodies_refuse_what_they_do_not_know_and_show_examples(document):
    schemas = document["components"]["schemas"]
    for _, _, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            schema = schemas[body["schema"]["$ref"].rpartition("/")[2]]
            assert schema["additionalProperties"] is False
    without = [
        name
        for name, schema in schemas.items()
        if name.endswith(("Row", "Item", "Done"))
        and not any("example" in str(one) for one in schema["properties"].values())
    ]
    assert without in ([], ["DeploymentDone"])


def test_the_page_needs_nobody_else(desk):
    page = desk.get("/docs", None)
    assert page.content_type == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 3
    for link in links:
        asset = desk.get(link, None)
        assert asset.status_code == 200 and asset.data
        assert "max-age" in asset.headers["Cache-Control"]
    assert desk.get("/docs/nothing.js", None).status_code == 404


def test_probes(desk):
    assert desk.get("/livez", None).json == {"status": "alive"}
    ready = desk.get("/readyz", None)
    checks = {check["name"]: check["ok"] for check in ready.json["checks"]}
    assert checks["disk"] is True
    assert ready.status_code == (200 if all(checks.values()) else 503)


# ---- the tables --------------------------------------------------------------------------


def placeholders(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("error", [*ERRORS, *REFUSALS], ids=lambda error: error.code)
def test_every_code_has_a_chinese_sentence_of_known_parameters(error):
    template = CHINESE[error.code]
    assert placeholders(template) <= placeholders(error.template)
    assert re.search(r"[\u4e00-\u9fff]", template) and template.endswith("。")


def test_no_sentence_without_a_code():
    assert set(CHINESE) == {error.code for error in (*ERRORS, *REFUSALS)}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_every_error_has_a_status_and_every_status_a_title(error):
    status = status_of(error.__new__(error))
    assert status in TITLES


def test_every_family_is_in_the_table():
    assert set(FAMILIES) == set(errors.EngineError.__subclasses__())
    assert set(EXCEPTIONS.values()) <= set(TITLES)
    assert {refusal.status for refusal in REFUSALS} <= set(TITLES)


def test_every_field_code_has_both_sentences():
    source = (ROOT / "api/schemas/fields.py").read_text("utf-8")
    used = set(re.findall(r'code\(\s*"(\w+)"', source))
    used |= set(re.findall(r'"(not_\w+|required|null|invalid)"', source))
    assert used <= set(FIELDS) and len(used) > 15
    for name in FIELDS:
        for language in ("zh", "en"):
            assert field_remark(fields.code(name, 1, 2), language)[0] == name


@pytest.mark.parametrize("error", [*ERRORS, *REFUSALS], ids=lambda error: error.code)
def test_every_code_is_documented_with_its_status(error):
    status = error.status if issubclass(error, Refusal) else status_of(error.__new__(error))
    row = re.search(
        rf"^\| `{error.code}` \| (\d+(?:, \d+)*) \|",
        (ROOT / "docs/errors.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert row is not None, f"docs/errors.md does not tell {error.code}"
    assert str(status) in row[1].split(", ")


def test_the_whole_api_is_made_once_per_application(app):
    first, second = create_app(app), create_app(app)
    assert first.test_client().get("/livez").status_code == 200
    assert second.test_client().get("/livez").status_code == 200
