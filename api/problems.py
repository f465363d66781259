"""Every refusal as one problem document (RFC 9457); the one table from families to statuses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, g, request
from marshmallow import fields
from typing_extensions import override
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from api.encoding import encode
from api.language import language
from api.refusals import (
    BodyInvalidRefusal,
    MalformedRequestRefusal,
    MethodRefusal,
    Refusal,
    RouteNotFoundRefusal,
    TooLargeRefusal,
    UnexpectedRefusal,
)
from api.schemas.base import Answer
from engine.domain.forms import FormInvalidError
from engine.errors import (
    EngineError,
    InvalidError,
    UnavailableError,
)
from engine.handlers.loading import StaleVersionError
from engine.handlers.tasks import DraftStaleError
from forms.sentences import field_remark, sentence
from forms.statuses import FAMILIES, status_of, title

_log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

#: Errors that mean "If-Match failed" when the version came by that header.
_PRECONDITIONS = (StaleVersionError, DraftStaleError)
_RETRY_SECONDS: Final = "1"


class FieldRemark(Answer):
    """One thing wrong with one field."""

    code = fields.String(metadata={"example": "required"})
    message = fields.String(metadata={"example": "必填。"})


class Problem(Answer):
    """Why a request was refused (RFC 9457). `code` and `params` are stable, sentences are not."""

    type = fields.String(metadata={"example": "urn:gongdan:problem:task_not_open"})
    title = fields.String(metadata={"example": "与当前状态冲突"})
    status = fields.Integer(metadata={"example": 409})
    detail = fields.String(metadata={"example": "任务 12 应为待办，但其状态为 completed。"})
    code = fields.String(metadata={"example": "task_not_open"})
    params = fields.Dict(
        metadata={"example": {"task": 12, "state": "completed"}, "additionalProperties": True}
    )
    fields_ = fields.Dict(
        data_key="fields",
        keys=fields.String(),
        values=fields.List(fields.Nested(FieldRemark)),
        metadata={
            "description": "Only for content: what is wrong, by dotted path of the field.",
            "example": {"contact.phone": [{"code": "required", "message": "必填。"}]},
        },
    )

    @override
    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """All but the field remarks are always there."""
        field_obj.required = field_name != "fields_"


def answer(
    status: int,
    code: str,
    params: Mapping[str, Any],
    english: str,
    *,
    remarks: Mapping[str, list[dict[str, str]]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem document."""
    tongue = language()
    document: dict[str, Any] = {
        "type": f"urn:gongdan:problem:{code}",
        "title": title(status, tongue),
        "status": status,
        "detail": sentence(code, params, english, tongue),
        "code": code,
        "params": params,
    }
    if remarks is not None:
        document["fields"] = remarks
    response = Response(encode(document), status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = tongue
    response.vary.add("Accept-Language")
    response.headers.extend(headers or {})
    return response


def register(app: Flask) -> None:
    """Answer every refusal of an application with a problem document."""
    app.register_error_handler(EngineError, _engine)
    app.register_error_handler(FormInvalidError, _form)
    app.register_error_handler(Refusal, _edge)
    app.register_error_handler(BodyInvalidRefusal, _body)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _engine(error: EngineError) -> Response:
    status = status_of(error)
    if isinstance(error, _PRECONDITIONS) and g.get("precondition"):
        status = 412
    headers = {"Retry-After": _RETRY_SECONDS} if status == FAMILIES[UnavailableError] else None
    return answer(status, error.code, error.params, str(error), headers=headers)


def _form(error: FormInvalidError) -> Response:
    tongue = language()
    remarks = {
        path: [
            {"code": found.code, "message": found.zh if tongue == "zh" else found.en}
            for found in problems
        ]
        for path, problems in error.problems.items()
    }
    return answer(
        FAMILIES[InvalidError], error.code, {"count": len(remarks)}, str(error), remarks=remarks
    )


def _edge(refusal: Refusal) -> Response:
    return answer(
        refusal.status, refusal.code, refusal.params, str(refusal), headers=refusal.headers
    )


def _body(refusal: BodyInvalidRefusal) -> Response:
    tongue = language()
    remarks = {
        path: [
            dict(zip(("code", "message"), field_remark(coded, tongue), strict=True))
            for coded in codes
        ]
        for path, codes in refusal.problems.items()
    }
    return answer(refusal.status, refusal.code, refusal.params, str(refusal), remarks=remarks)


def _http(error: HTTPException) -> Response:
    """Refusals of Flask itself: no such path, no such method, too large, unreadable."""
    if isinstance(error, NotFound):
        return _edge(RouteNotFoundRefusal())
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return _edge(
            MethodRefusal(headers={"Allow": allowed}, allowed=allowed, actual=request.method)
        )
    if isinstance(error, RequestEntityTooLarge):
        return _edge(TooLargeRefusal(most=request.max_content_length))
    if error.code is not None and error.code < 500:  # noqa: PLR2004 - the caller's fault
        return _edge(MalformedRequestRefusal())
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    request_id = g.get("request_id", "")
    _log.error("request %s failed", request_id, exc_info=error)
    return _edge(UnexpectedRefusal(request_id=request_id))
