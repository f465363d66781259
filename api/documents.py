"""The OpenAPI document and the page that shows it, served without anybody else's servers."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from flask import Blueprint, Flask, Response
from flask_smorest import Api

from api.access_log import HEADER as REQUEST_HEADER
from api.converters import CONVERTERS, describe
from api.encoding import encode
from api.operations import Resource
from api.problems import MEDIA_TYPE, Problem
from api.refusals import RouteNotFoundRefusal
from engine import __version__
from forms.statuses import TITLES

_UI: Final = "vendor/swagger-ui-5.35.0"
_ASSETS: Final = {
    "swagger-ui.css": ("text/css; charset=utf-8", f"{_UI}/swagger-ui.css"),
    "swagger-ui-bundle.js": ("text/javascript; charset=utf-8", f"{_UI}/swagger-ui-bundle.js"),
    "docs.js": ("text/javascript; charset=utf-8", "docs.js"),
}
#: Swagger UI sets styles on elements and draws its icons from data URLs; scripts are ours only.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gongdan API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/docs.js"></script>
</body>
</html>
"""
_DESCRIPTION: Final = """Work orders of an operator's enterprise-customer centre.

Sign in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer …`.
Refusals are problem documents (RFC 9457) with a stable `code`; all codes are in `docs/errors.md`.
Lists give a `next_cursor`; give it back as `cursor`. Commands take an `Idempotency-Key`.
"""


#: Parameters whose names are data cannot be written down in OpenAPI; one stands for all.
_VARIABLE: Final[dict[str, Any]] = {
    "name": "variable.category",
    "description": "Any published variable may be asked for as `variable.<name>=<value>`; "
    "`category` is one.",
    "schema": {"type": "string", "maxLength": 400},
}


def register(app: Flask, resources: Sequence[Resource]) -> None:
    """Serve all resources, their document, and the page."""
    api = Api(
        app,
        spec_kwargs={
            "title": "gongdan",
            "version": __version__,
            "openapi_version": "3.1.0",
            "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0"}},
            "security": [{"token": []}],
        },
    )
    api.DEFAULT_ERROR_RESPONSE_NAME = ""
    for converter in CONVERTERS.values():
        api.register_converter(converter, describe)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.schema("Problem", schema=Problem)
    for status, (_, english) in TITLES.items():
        api.spec.components.response(f"Problem{status}", _problem(english))
    for resource in resources:
        api.register_blueprint(resource)
    document = api.spec.to_dict()
    _finish(document)
    app.register_blueprint(_pages(encode(document)))


def _problem(english: str) -> dict[str, Any]:
    return {
        "description": english,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _finish(document: dict[str, Any]) -> None:
    """What the libraries do not say: public routes, headers of all answers, one 503 of its own."""
    request_id = {"description": "Number of the request.", "schema": {"type": "string"}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if not isinstance(operation, dict):
                continue
            if path in ("/livez", "/readyz", "/api/v1/sessions"):
                operation["security"] = []
            for response in operation["responses"].values():
                if "$ref" not in response:
                    response.setdefault("headers", {})[REQUEST_HEADER] = request_id
            for parameter in operation.get("parameters", ()):
                if parameter.get("name") == "variables":
                    parameter.update(_VARIABLE)
    for unused in ("Error", "PaginationMetadata"):
        document["components"]["schemas"].pop(unused, None)
    ready = document["paths"]["/readyz"]["get"]["responses"]
    ready["503"] = {**ready["200"], "description": "Not ready."}


def _pages(document: bytes) -> Blueprint:
    pages = Blueprint("documents", __name__)
    static = files("api") / "static"
    assets = {
        name: (media, (static / path).read_bytes()) for name, (media, path) in _ASSETS.items()
    }

    def openapi() -> Response:
        """The OpenAPI document."""
        return Response(document, content_type="application/json")

    def docs() -> Response:
        """The page."""
        response = Response(_PAGE, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    def asset(name: str) -> Response:
        """Scripts and styles of the page."""
        if name not in assets:
            raise RouteNotFoundRefusal
        media, content = assets[name]
        response = Response(content, content_type=media)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    pages.add_url_rule("/api/v1/openapi.json", view_func=openapi)
    pages.add_url_rule("/docs", view_func=docs)
    pages.add_url_rule("/docs/<name>", view_func=asset)
    return pages
