"""Values of options as text a browser can send, and back.

Text stands for itself; anything else is JSON behind an equals sign, as is text that begins so.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

#: Stands between name and number of a record.
DOT: Final = " · "
_MARK: Final = "="


def token(value: Any) -> str:
    """The value as text."""
    if isinstance(value, str) and not value.startswith(_MARK):
        return value
    return _MARK + msgspec.json.encode(value, order="deterministic").decode()


def value_of(text: str) -> Any:
    """The value of a token; what is none stays text, and nothing is null."""
    if not text.startswith(_MARK):
        return text or None
    try:
        return msgspec.json.decode(text.removeprefix(_MARK))
    except (msgspec.DecodeError, RecursionError):
        return text
