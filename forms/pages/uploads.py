"""Files sent with a form."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from typing import Final

import msgspec
from werkzeug.datastructures import FileStorage

from engine.domain import access
from engine.domain.access import Act
from engine.domain.commands import AttachFile, KeepUpload
from engine.files import ReceivedFile, plain_name
from engine.handlers.loading import require_writer
from engine.handlers.results import IdResult
from forms.pages.caller import application, execute, person, view

_LONGEST_NAME: Final = 200
#: Letters of a digest that tell the files of a form apart.
_PART: Final = 16


def attach(upload: FileStorage, order_id: int, task_id: int | None = None) -> int:
    """Attach an upload to an order; the id of the attachment.

    Raises:
        FileTypeError, FileTooLargeError, FileEmptyError: Of the content.
        EngineError: The person may not attach files to the order; nothing was stored.
    """
    with view() as moment:
        require_writer(moment, person(), order_id, task_id)
    with _received(upload) as file:
        values = msgspec.structs.asdict(file)
        command = AttachFile(order_id=order_id, task_id=task_id, **values)
        return execute(command, IdResult, keyed=False).id


def keep(upload: FileStorage) -> int:
    """Keep an upload for an order that is not open yet; the id it will have as an attachment.

    Raises:
        FileTypeError, FileTooLargeError, FileEmptyError: Of the content.
        EngineError: The person may open no orders, or has too many files waiting.
    """
    access.require_anywhere(person(), Act.START)
    with _received(upload) as file:
        # The same form sent twice brings the same file, not a second one.
        told = hashlib.sha256(f"{file.name}\0{file.sha256}".encode()).hexdigest()
        command = KeepUpload(**msgspec.structs.asdict(file))
        return execute(command, IdResult, part=f"-{told[:_PART]}").id


def _received(upload: FileStorage) -> AbstractContextManager[ReceivedFile]:
    name = plain_name(upload.filename)[-_LONGEST_NAME:]
    product = application()
    return product.files.received(name, upload.stream, product.settings.upload_bytes)
