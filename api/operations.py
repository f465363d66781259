"""How routes are declared: one decorator per route reads, calls, writes, and documents.

It takes the place of flask-smorest's own decorators, which run every answer through marshmallow;
what it leaves behind for the OpenAPI document is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from api import body, etag
from api.encoding import encode
from api.idempotency import HEADER as KEY_HEADER
from api.schemas.base import Answer, Body, Query, Writer

View = Callable[..., Any]
_PREFIX: Final = "/api/v1"
_NO_CONTENT: Final = 204
_NOTHING: Final = {"description": "Done.", "content_type": None}

_KEY_PARAMETER: Final = {
    "in": "header",
    "name": KEY_HEADER,
    "required": False,
    "description": "The same key and command again gives the first result and does nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[\\x21-\\x7e]+$"},
}
_MATCH_PARAMETER: Final = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "ETag of the version to act on; refused with 412 if it has changed.",
    "schema": {"type": "string"},
}
_NONE_MATCH_PARAMETER: Final = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "ETag of the answer the caller has; 304 if it is still the same.",
    "schema": {"type": "string"},
}
_LANGUAGE_PARAMETER: Final = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "`zh` or `en` for sentences; the person's own language without it.",
    "schema": {"type": "string"},
}
_TAG_HEADER: Final = {"ETag": {"description": "Entity tag.", "schema": {"type": "string"}}}


class Resource(Blueprint):  # type: ignore[misc] # the library has no types
    """The routes of one noun.

    Args:
        name: Plural noun; also the tag in the OpenAPI document.
        description: What it is about.
    """

    def __init__(self, name: str, description: str, *, prefix: str = _PREFIX) -> None:
        super().__init__(name, __name__, url_prefix=prefix, description=description)

    def read(
        self,
        rule: str,
        answers: Answer | None,
        *,
        query: Query | None = None,
        many: bool = False,
        media: str = body.JSON,
        refusals: tuple[int, ...] = (401, 403, 404, 422, 503),
    ) -> Callable[[View], View]:
        """Declare a read.

        Args:
            rule: Path under the prefix.
            answers: Schema of the answer; None if the view makes its own response.
            query: Schema of the query string; the view gets it as ``query``.
            many: Whether the answer is a plain list.
            media: Type of a response the view makes itself.
            refusals: Statuses of refusals, for the document.
        """
        write = _writer(answers, many=many)

        def declare(view: View) -> View:
            @wraps(view)
            def route(**path: Any) -> Response:
                given = body.query(query)
                if query is not None:
                    path["query"] = given
                value = view(**path)
                if isinstance(value, Response):
                    return value
                version = None
                if isinstance(value, etag.Versioned):
                    value, version = value.value, value.version
                return etag.respond(encode(write(value)), version)

            success = _success(answers, many=many, media=media)
            success["headers"] = _TAG_HEADER
            self._document(
                route,
                success={200: success, 304: {"description": "Not changed.", "content_type": None}}
                if answers is not None
                else {200: success},
                refusals=refusals,
                parameters=[
                    *([{"in": "query", "schema": query}] if query is not None else []),
                    *([_NONE_MATCH_PARAMETER] if answers is not None else []),
                    _LANGUAGE_PARAMETER,
                ],
                name=f"{self.name}.{view.__name__}",
            )
            self.add_url_rule(rule, view.__name__, route, methods=["GET"])
            return view

        return declare

    def act(
        self,
        method: str,
        rule: str,
        answers: Answer | None,
        *,
        takes: Body | None = None,
        status: int = 200,
        version_field: str | None = None,
        keyed: bool = True,
        files: dict[str, Any] | None = None,
        refusals: tuple[int, ...] = (400, 401, 403, 404, 409, 413, 415, 422, 503),
        example: Any = None,
        body_bytes: int | None = None,
    ) -> Callable[[View], View]:
        """Declare an act.

        Args:
            method: HTTP method.
            rule: Path under the prefix.
            answers: Schema of the answer; None for 204.
            takes: Schema of the body; the view gets it as ``given``.
            status: Status of success.
            version_field: Field of the command that ``If-Match`` fills.
            keyed: Whether ``Idempotency-Key`` means anything here.
            files: Schema of a multipart body the view reads itself (instead of or besides
                ``takes``).
            refusals: Statuses of refusals, for the document.
            example: Example of the body.
            body_bytes: Largest body, if not that of the settings.
        """
        write = None if answers is None else _writer(answers, many=False)

        def declare(view: View) -> View:
            @wraps(view)
            def route(**path: Any) -> Response:
                if body_bytes is not None:
                    request.max_content_length = body_bytes
                body.query(None)
                if takes is not None or version_field is not None:
                    path["given"] = _given(takes, version_field, is_form=files is not None)
                value = view(**path)
                if isinstance(value, Response):
                    return value
                if write is None:
                    return Response(status=_NO_CONTENT)
                return Response(encode(write(value)), status, content_type=body.JSON)

            self._document(
                route,
                success={_NO_CONTENT: _NOTHING}
                if answers is None
                else {status: _success(answers)},
                refusals=(*refusals, 412) if version_field is not None else refusals,
                parameters=[
                    *([_KEY_PARAMETER] if keyed else []),
                    *([_MATCH_PARAMETER] if version_field is not None else []),
                    _LANGUAGE_PARAMETER,
                ],
                name=f"{self.name}.{view.__name__}",
                request_body=_request_body(takes, files, example),
            )
            self.add_url_rule(rule, view.__name__, route, methods=[method])
            return view

        return declare

    def _document(
        self,
        route: Any,
        *,
        success: dict[int, Any],
        refusals: tuple[int, ...],
        parameters: list[Any],
        name: str,
        request_body: dict[str, Any] | None = None,
    ) -> None:
        manual: dict[str, Any] = {"operationId": name}
        if request_body is not None:
            manual["requestBody"] = request_body
        route._apidoc = {  # noqa: SLF001 - where flask-smorest looks for it
            "arguments": {"parameters": parameters},
            "response": {
                "responses": {
                    **{status: [found] for status, found in success.items()},
                    **{status: [f"Problem{status}"] for status in sorted({*refusals, 500})},
                }
            },
            "manual_doc": manual,
        }


def _given(takes: Body | None, version_field: str | None, *, is_form: bool) -> Any:
    """What a view gets of the body; None if it has to read a multipart form itself."""
    if is_form and request.mimetype == body.FORM:
        return None
    given = {} if takes is None else body.json_body(takes)
    if version_field is not None:
        etag.expected_version(given, version_field)
    return given


def _writer(answers: Answer | None, *, many: bool) -> Writer:
    if answers is None:
        return lambda value: value
    write = answers.writer()
    if many:
        return lambda values: [write(value) for value in values]
    return write


def _success(
    answers: Answer | None, *, many: bool = False, media: str = body.JSON
) -> dict[str, Any]:
    schema: Any = answers
    if answers is None:
        is_json = media == body.JSON
        schema = {"type": "object"} if is_json else {"type": "string", "contentMediaType": media}
    elif many:
        schema = {"type": "array", "items": answers}
    return {"description": "Done.", "schema": schema, "content_type": media}


def _request_body(
    takes: Body | None, files: dict[str, Any] | None, example: Any
) -> dict[str, Any] | None:
    content: dict[str, Any] = {}
    is_required = files is not None
    if takes is not None:
        content[body.JSON] = {"schema": takes}
        if example is not None:
            content[body.JSON]["example"] = example
        is_required = is_required or any(field.required for field in takes.fields.values())
    if files is not None:
        content[body.FORM] = {"schema": files}
    return {"required": is_required, "content": content} if content else None
