"""Files of an order: several up at once, down as what they are and never as pages."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

import msgspec
from flask import Response, request, send_file

from engine.errors import EngineError
from engine.files import TYPES
from engine.queries.orders import visible_attachment, visible_order
from forms.pages import replies
from forms.pages.caller import application, is_partial, view
from forms.pages.language import gettext, ngettext
from forms.pages.problems import told
from forms.pages.talk.blueprint import bp, given_id
from forms.pages.talk.reading import talk
from forms.pages.toasts import Toast
from forms.pages.uploads import attach

#: Files in one request; a script sends them one by one.
MOST: Final = 10
#: Room for the other parts and the boundaries around the files.
_AROUND: Final = 64 * 1024
_INVALID: Final = 422
_INLINE: Final = "image/"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not taken, and why."""

    name: str
    sentence: str


@bp.post("/orders/<int:order_id>/files")
def upload(order_id: int) -> Response:
    """Attach files to an order; what is wrong with one does not keep out the others."""
    with view() as moment:
        visible_order(moment, order_id)
    request.max_content_length = MOST * application().settings.upload_bytes + _AROUND
    given = [each for each in request.files.getlist("files") if each.filename]
    task_id = given_id("task_id")
    refused, count = [], 0
    for each in given[:MOST]:
        try:
            attach(each, order_id, task_id)
            count += 1
        except EngineError as error:
            refused.append(Refused(name=each.filename or "", sentence=told(error)))
    refused.extend(
        Refused(
            name=each.filename or "",
            sentence=ngettext(
                "At most %(num)d file at once.", "At most %(num)d files at once.", MOST
            ),
        )
        for each in given[MOST:]
    )
    if not given:
        refused.append(Refused(name="", sentence=gettext("Choose a file first.")))
    if refused or is_partial():
        return _shown(order_id, task_id, refused)
    said = ngettext("%(num)d file attached.", "%(num)d files attached.", count)
    return replies.back(f"/orders/{order_id}", Toast(text=said))


def _shown(order_id: int, task_id: int | None, refused: list[Refused]) -> Response:
    with view() as moment:
        found = talk(moment, visible_order(moment, order_id), task_id=task_id)
    return replies.page(
        "talk/files.html" if is_partial() else "talk/files_page.html",
        _INVALID if refused else 200,
        talk=found,
        refused=refused,
        talk_back=replies.here(request.form.get("_back", ""), f"/orders/{order_id}"),
    )


@bp.get("/attachments/<int:attachment_id>")
def download(attachment_id: int) -> Response:
    """Content of a file: pictures to look at, everything else as a download."""
    with view() as moment:
        found = visible_attachment(moment, attachment_id)
    ending = PurePosixPath(found.name).suffix.lower()
    kind = TYPES.get(ending, "application/octet-stream")
    response = send_file(
        application().files.open(found.sha256),
        mimetype=kind,
        as_attachment=not kind.startswith(_INLINE),
        download_name=found.name,
        etag=found.sha256,
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response
