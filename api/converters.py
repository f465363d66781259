"""What may stand in a path; anything else is simply not there (404)."""

from __future__ import annotations

from typing import Any, Final

from typing_extensions import override
from werkzeug.routing import BaseConverter


class NumberConverter(BaseConverter):
    """A positive whole number that fits a column.

    The bound is in the expression: a converter that refuses later makes werkzeug answer 405.

    Attributes:
        most: The largest.
    """

    regex = r"[1-9][0-9]{0,8}"
    most = 10**9 - 1

    @override
    def to_python(self, value: str) -> int:
        return int(value)

    @override
    def to_url(self, value: Any) -> str:
        return str(value)


class IdConverter(NumberConverter):
    """Id of a row; exact in every JSON reader."""

    regex = r"[1-9][0-9]{0,14}"
    most = 10**15 - 1


class LoginConverter(BaseConverter):
    """A login."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,59}"


class CodeConverter(BaseConverter):
    """A code people chose: no separators, no blanks, nothing invisible."""

    regex = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}"


class KeyConverter(BaseConverter):
    """Name of a deployed file without its ending; Chinese letters included."""

    regex = r"[\w][\w.-]{0,99}"


CONVERTERS: Final[dict[str, type[BaseConverter]]] = {
    "id": IdConverter,
    "number": NumberConverter,
    "login": LoginConverter,
    "code": CodeConverter,
    "key": KeyConverter,
}


def describe(converter: BaseConverter) -> dict[str, Any]:
    """JSON schema of a path parameter."""
    if isinstance(converter, NumberConverter):
        return {"type": "integer", "minimum": 1, "maximum": converter.most}
    return {"type": "string", "pattern": f"^{converter.regex}$"}
