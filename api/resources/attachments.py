"""Attached files: up as multipart, down as attachments of an allowed type only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec
from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from api import body
from api.caller import application, execute, person, view
from api.operations import Resource
from api.refusals import BodyInvalidRefusal, ContentTypeRefusal
from api.schemas.base import Body
from api.schemas.fields import Id, Text, code
from api.schemas.orders import Created
from engine.domain import access
from engine.domain import commands as c
from engine.domain.access import Act
from engine.files import TYPES, ReceivedFile, plain_name
from engine.handlers.loading import require_writer
from engine.handlers.results import IdResult
from engine.queries import orders

bp = Resource("attachments", "Files attached to work orders 附件.")

#: Room for the other parts and the boundaries around the file.
_AROUND: Final = 64 * 1024
_PART: Final = "file"
_FILE: Final = {_PART: {"type": "string", "contentMediaType": "application/octet-stream"}}
_UPLOAD: Final[dict[str, Any]] = {"type": "object", "required": [_PART], "properties": _FILE}
_FORM: Final[dict[str, Any]] = {
    **_UPLOAD,
    "properties": {**_FILE, "task_id": {"type": "integer", "minimum": 1}},
}


class _Name(Body):
    """The name of a file."""

    is_text = True
    name = Text(required=True, least=1, most=200)


class _Parts(_Name):
    """Parts of the form beside the file."""

    task_id = Id()


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
        require_writer(moment, person(), order_id)
    upload, parts = _sent(_Parts())
    task_id = parts.get("task_id")
    if task_id is not None:
        with view() as moment:
            require_writer(moment, person(), order_id, task_id)
    with _received(upload, parts["name"]) as file:
        values = msgspec.structs.asdict(file)
        return execute(c.AttachFile(order_id=order_id, task_id=task_id, **values), IdResult)


@bp.act(
    "POST",
    "/uploads",
    Created(),
    status=201,
    files=_UPLOAD,
    refusals=(400, 401, 403, 409, 413, 415, 422, 503),
)
def keep() -> IdResult:
    """Send a file for an order that is not open yet.

    Its start form names it by this id within a day. It is the caller's own, and stays the id of
    the attachment.
    """
    access.require_anywhere(person(), Act.START)
    upload, parts = _sent(_Name())
    with _received(upload, parts["name"]) as file:
        return execute(c.KeepUpload(**msgspec.structs.asdict(file)), IdResult)


def _sent(schema: Body) -> tuple[FileStorage, dict[str, Any]]:
    """The file of a multipart body and its other parts, checked."""
    request.max_content_length = application().settings.upload_bytes + _AROUND
    if request.mimetype != body.FORM:
        raise ContentTypeRefusal(expected=body.FORM, actual=request.mimetype or "none")
    upload = request.files.get(_PART)
    if upload is None or set(request.files) != {_PART}:
        raise BodyInvalidRefusal({_PART: [code("not_file")]})
    name = plain_name(upload.filename)
    return upload, body.load(schema, {**request.form.to_dict(), "name": name})


def _received(upload: FileStorage, name: str) -> AbstractContextManager[ReceivedFile]:
    product = application()
    return product.files.received(name, upload.stream, product.settings.upload_bytes)


@bp.read("/attachments/<id:attachment_id>", None, media="application/octet-stream")
def download(attachment_id: int) -> Response:
    """Content of an attached file or an own upload, always as a download."""
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
