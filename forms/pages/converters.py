"""What ids in addresses and forms may be; anything else is simply not there."""

from __future__ import annotations

import re
from typing import Final

from werkzeug.routing import IntegerConverter

#: Positive, and small enough for every database.
_ID: Final = r"[1-9][0-9]{0,14}"
_WHOLE: Final = re.compile(_ID, re.ASCII)


class IdConverter(IntegerConverter):
    """Id of a row.

    The bound is in the expression: a converter that refuses later makes werkzeug answer 405.
    """

    regex = _ID


def id_of(text: str) -> int | None:
    """The id a text is, None for anything else.

    Of any length: Python refuses to read numbers of more than 4,300 digits with an error.
    """
    return int(text) if _WHOLE.fullmatch(text) else None
