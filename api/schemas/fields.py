"""Fields of bodies, queries and answers.

What is wrong with a value is raised as a code with arguments (``longer_than|60``);
`forms.sentences` turns codes into sentences in the caller's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields
from typing_extensions import override

#: Ids and numbers beyond are not exact in every JSON reader. Source: RFC 7493 2.2.
MOST_INTEGER: Final = 2**53 - 1
FIRST_YEAR: Final = 1900
#: Levels of objects and lists in free values; deeper content is a mistake or an attack.
MOST_DEPTH: Final = 20
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DIGITS = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)


_Messages = dict[str, str | list[Any] | dict[Any, Any]]


def code(name: str, *args: object) -> str:
    """A code with its arguments as marshmallow carries it."""
    return "|".join([name, *map(str, args)])


def check_text(value: str) -> None:
    """Refuse what cannot be stored or sent.

    Raises:
        ValidationError: A NUL character, or half of a surrogate pair.
    """
    if "\0" in value:
        raise ValidationError(code("has_nul"))
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValidationError(code("has_surrogate")) from None


def _codes(**more: str) -> _Messages:
    return {
        "required": "required",
        "null": "null",
        "validator_failed": "invalid",
        **more,
    }


def _described(metadata: Mapping[str, Any], **more: object) -> dict[str, Any]:
    return {**{name: value for name, value in more.items() if value is not None}, **metadata}


class Text(fields.String):
    """One text.

    Args:
        most, least: Bounds of its length.
        pattern: Regular expression the whole text must match.
        among: The only texts allowed.
    """

    default_error_messages = _codes(invalid="not_text", invalid_utf8="not_text")

    def __init__(
        self,
        *,
        most: int = 200,
        least: int = 0,
        pattern: str | None = None,
        among: tuple[str, ...] | None = None,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.most, self.least, self.among = most, least, among
        self.pattern = None if pattern is None else re.compile(pattern)
        super().__init__(
            metadata=_described(
                metadata or {},
                minLength=least or None,
                maxLength=None if among else most,
                pattern=f"^{pattern}$" if pattern else None if among else r"^[^\u0000]*$",
                enum=list(among) if among else None,
            ),
            **kwargs,
        )

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self.among is not None:
            if value not in self.among:
                raise ValidationError(code("not_among", ", ".join(self.among)))
            return value
        check_text(value)
        if len(value) < self.least:
            raise ValidationError(code("shorter_than", self.least))
        if len(value) > self.most:
            raise ValidationError(code("longer_than", self.most))
        if self.pattern is not None and not self.pattern.fullmatch(value):
            raise ValidationError(code("pattern", self.pattern.pattern))
        return value


class Whole(fields.Integer):
    """A whole number; in a query its digits."""

    default_error_messages = _codes(invalid="not_whole", too_large="not_whole")

    def __init__(
        self,
        *,
        least: int = -MOST_INTEGER,
        most: int = MOST_INTEGER,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.least, self.most = least, most
        super().__init__(
            metadata=_described(metadata or {}, minimum=least, maximum=most), **kwargs
        )

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str) and _is_query(self) and _DIGITS.fullmatch(value):
            value = int(value)
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise ValidationError(code("not_between", self.least, self.most))
        return value


class Id(Whole):
    """Id of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=1, **kwargs)


class Amount(fields.Float):
    """An amount of money in yuan."""

    default_error_messages = _codes(invalid="not_number", special="not_number")
    _most: Final = 1e12

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            metadata=_described(metadata or {}, minimum=0, maximum=self._most), **kwargs
        )

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if type(value) not in (int, float):
            raise self.make_error("invalid")
        if not 0 <= value <= self._most:
            raise ValidationError(code("not_between", 0, int(self._most)))
        return float(value)


class Flag(fields.Boolean):
    """True or false; nothing that merely resembles them."""

    default_error_messages = _codes(invalid="not_flag")

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if isinstance(value, str) and _is_query(self):
            value = {"true": True, "false": False}.get(value)
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value


class Instant(fields.DateTime):
    """An instant with an offset (RFC 3339), years 1900 to 9999."""

    default_error_messages = _codes(invalid="not_instant")

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise self.make_error("invalid")
        try:
            found = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        if found.year < FIRST_YEAR:
            raise ValidationError(code("before_year", FIRST_YEAR))
        return found


class Day(fields.Date):
    """A calendar date, years 1900 to 9999."""

    default_error_messages = _codes(invalid="not_day")

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        if found.year < FIRST_YEAR:
            raise ValidationError(code("before_year", FIRST_YEAR))
        return found


class Values(fields.Dict):
    """Free values by name, as the form or the process defines them."""

    default_error_messages = _codes(invalid="not_object")

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata=_described(metadata or {}, additionalProperties=True), **kwargs)

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        _check_free(value, 1)
        return value


class ListOf(fields.List[Any]):
    """A list of at most ``most`` values."""

    default_error_messages = _codes(invalid="not_list")

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        most: int,
        least: int = 0,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.most, self.least = most, least
        super().__init__(
            inner,
            metadata=_described(metadata or {}, maxItems=most, minItems=least or None),
            **kwargs,
        )

    @override
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[Any]:
        if isinstance(value, list) and not self.least <= len(value) <= self.most:
            raise ValidationError(code("items_between", self.least, self.most))
        return super()._deserialize(value, attr, data, **kwargs)


class Row(fields.Nested):
    """An object inside a body."""

    default_error_messages = _codes(type="not_object")


def _is_query(field: fields.Field[Any]) -> bool:
    return bool(getattr(field.root, "is_text", False))


def _check_free(value: Any, depth: int) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        _check_depth(depth)
        for name, inner in value.items():
            check_text(name)
            _check_free(inner, depth + 1)
    elif isinstance(value, list):
        _check_depth(depth)
        for inner in value:
            _check_free(inner, depth + 1)
    elif isinstance(value, int) and abs(value) > MOST_INTEGER:
        raise ValidationError(code("not_between", -MOST_INTEGER, MOST_INTEGER))


def _check_depth(depth: int) -> None:
    if depth > MOST_DEPTH:
        raise ValidationError(code("too_deep", MOST_DEPTH))
