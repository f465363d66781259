"""Attached files: up as multipart, down as attachments of an allowed type only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
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
from engine.errors import InvalidError
from engine.handlers.results import IdResult
from engine.queries import orders

bp = Resource("attachments", "Files attached to work orders 附件.")

#: Endings that may be attached, and the type they are served as: never what the caller claimed.
TYPES: Final[Mapping[str, str]] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".txt": "text/plain; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".wps": "application/vnd.ms-works",
    ".et": "application/octet-stream",
    ".ofd": "application/ofd",
    ".zip": "application/zip",
    ".7z": "application/x-7z-compressed",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".eml": "application/octet-stream",
    ".msg": "application/octet-stream",
}
#: How the content of some types begins; a file that begins otherwise is not what it says.
_BEGINNINGS: Final[Mapping[str, tuple[bytes, ...]]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".pptx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
}
_LONGEST: Final = 16
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


class FileTypeError(InvalidError):
    """Files of this kind are not accepted."""

    code = "file_type"
    template = "Expected a file of a kind such as {known}, but got {actual}."


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
    parts = body.load(_Parts(), {**request.form.to_dict(), "name": _plain(upload.filename)})
    ending = PurePosixPath(parts["name"]).suffix.lower()
    beginning = upload.stream.read(_LONGEST)
    upload.stream.seek(0)
    if ending not in TYPES or not beginning.startswith(_BEGINNINGS.get(ending, (b"",))):
        raise FileTypeError(known=", ".join(TYPES), actual=ending or "no ending")
    stored = application().files.save(upload.stream, limit)
    return execute(
        c.AttachFile(
            order_id=order_id,
            name=parts["name"],
            media_type=TYPES[ending].partition(";")[0],
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


def _plain(name: str | None) -> str:
    """The last part of a file name, whatever system it comes from."""
    return PureWindowsPath(PurePosixPath(name or "").name).name
