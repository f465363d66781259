"""Files sent with a form."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from engine.domain.commands import AttachFile
from engine.files import kind_of, plain_name
from engine.handlers.results import IdResult
from forms.pages.caller import application, execute

_LONGEST_NAME = 200


def attach(upload: FileStorage, order_id: int, task_id: int | None = None) -> int:
    """Attach an upload to an order; the id of the attachment.

    Raises:
        FileTypeError, FileTooLargeError, FileEmptyError: Of the content.
        EngineError: The person may not attach files to the order.
    """
    name = plain_name(upload.filename)[-_LONGEST_NAME:]
    media_type = kind_of(name, upload.stream)
    product = application()
    stored = product.files.save(upload.stream, product.settings.upload_bytes)
    command = AttachFile(
        order_id=order_id,
        name=name,
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        task_id=task_id,
    )
    return execute(command, IdResult, keyed=False).id
