"""What texts of a request may be: anything but the character NUL, which no database keeps."""

from __future__ import annotations

from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, request
from typing_extensions import override
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser

_NUL: Final = "\x00"


class _TextParser(FormDataParser):
    """Reads forms."""

    @override
    def parse(self, stream: IO[bytes], *more: Any, **options: Any) -> Any:
        """See `FormDataParser`.

        Raises:
            BadRequest: A name, value or file name has a NUL in it.
        """
        rest, form, files = super().parse(stream, *more, **options)
        texts = [text for pair in form.items(multi=True) for text in pair]
        uploads = [upload for _, upload in files.items(multi=True)]
        texts += [upload.filename or "" for upload in uploads]
        if any(_NUL in text for text in texts):
            for upload in uploads:
                upload.close()
            raise BadRequest
        return rest, form, files


class TextRequest(Request):
    """A request whose texts can be kept."""

    form_data_parser_class = _TextParser


def register(app: Flask) -> None:
    """Refuse texts with a NUL, wherever in a request they stand. No browser types one."""
    app.request_class = TextRequest
    app.before_request(_require_text)


def _require_text() -> None:
    if _NUL in request.path or b"\x00" in unquote_to_bytes(request.query_string):
        raise BadRequest
