"""Attached files: up as multipart, down as attachments of an allowed type only."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from flask import Response, request, send_file

from api import body
from api.caller import application, execute, view
from api.operations import Resource
from api.refusals import BodyInvalidRefusal, ContentTypeRefusal
from api.schemas.base import Body
from api.schemas.fields import Id, Text, code
from api.schemas.orders import Created
from engine.domain import commands as c
from engine.files import TYPES, kind_of, plain_name
from engine.handlers.results import IdResult
from engine.queries import orders

bp = Resource("attachments", "Files attached to work orders 附件.")

#: Room for the other parts and the boundaries around the file.
_AROUND: Final = 64 * 1024
_PART: Final = "file"
_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": [_PART],
    "properties": {
        _PART: {"type": "string", "contentMediaType": "application/octet-stream"},
        "task_id": {"type": "integer", "minimum": 1},
    },
}


class _Parts(Body):
    """Parts of the form beside the file."""

    is_text = True
    task_id = Id()
    name = Text(required=True, least=1, most=200)


@bp.act(
    "POST",
    "/work-orders/<id:order_id>/attachments",
    Created(),
    status=201,
    files=_FORM,
    refusals=(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def attach(order_id: int) -> IdResult:
    """Attach a file to an order; its type is known by the ending of its name."""
    with view() as moment:
        orders.visible_order(moment, order_id)
    limit = application().settings.upload_bytes
    request.max_content_length = limit + _AROUND
    if request.mimetype != body.FORM:
        raise ContentTypeRefusal(expected=body.FORM, actual=request.mimetype or "none")
    upload = request.files.get(_PART)
    if upload is None or set(request.files) != {_PART}:
        raise BodyInvalidRefusal({_PART: [code("not_file")]})
    parts = body.load(_Parts(), {**request.form.to_dict(), "name": plain_name(upload.filename)})
    media_type = kind_of(parts["name"], upload.stream)
    stored = application().files.save(upload.stream, limit)
    return execute(
        c.AttachFile(
            order_id=order_id,
            name=parts["name"],
            media_type=media_type,
            size=stored.size,
            sha256=stored.sha256,
            task_id=parts.get("task_id"),
        ),
        IdResult,
    )


@bp.read("/attachments/<id:attachment_id>", None, media="application/octet-stream")
def download(attachment_id: int) -> Response:
    """Content of an attached file, always as a download."""
    with view() as moment:
        found = orders.visible_attachment(moment, attachment_id)
    ending = PurePosixPath(found.name).suffix.lower()
    response = send_file(
        application().files.open(found.sha256),
        mimetype=TYPES.get(ending, "application/octet-stream"),
        as_attachment=True,
        download_name=found.name,
        etag=found.sha256,
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
