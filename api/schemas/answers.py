"""Short spellings of answer fields: type, example, meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from marshmallow import fields

_INSTANT: Final = "2026-01-31T01:30:00Z"


def _said(example: Any, meaning: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {"examples": [example]}
    if meaning is not None:
        said["description"] = meaning
    return said


def text(example: str, meaning: str | None = None, *, null: bool = False) -> fields.String:
    """Text."""
    return fields.String(allow_none=null, metadata=_said(example, meaning))


def word(example: str, among: Sequence[str], meaning: str | None = None) -> fields.String:
    """One of a few words."""
    said = _said(example, meaning) | {"enum": list(among)}
    return fields.String(metadata=said)


def number(
    example: float, meaning: str | None = None, *, null: bool = False, whole: bool = True
) -> fields.Integer | fields.Float:
    """A number, whole unless said otherwise."""
    kind = fields.Integer if whole else fields.Float
    return kind(allow_none=null, metadata=_said(example, meaning))


def ident(*, null: bool = False) -> fields.Integer:
    """Id of a row."""
    return fields.Integer(allow_none=null, metadata={"examples": [12]})


def truth(meaning: str | None = None) -> fields.Boolean:
    """Yes or no."""
    return fields.Boolean(metadata=_said(False, meaning))


def instant() -> fields.DateTime:
    """An instant in UTC."""
    return fields.DateTime(metadata={"examples": [_INSTANT]})


def maybe_instant() -> fields.DateTime:
    """An instant in UTC, or nothing."""
    return fields.DateTime(allow_none=True, metadata={"examples": [_INSTANT]})


def day(*, null: bool = False) -> fields.Date:
    """A calendar date."""
    return fields.Date(allow_none=null, metadata={"examples": ["2026-01-31"]})


def obj(meaning: str, example: Any = None, *, null: bool = False) -> fields.Dict:
    """An object whose names are not known here."""
    said: dict[str, Any] = {"description": meaning, "additionalProperties": True}
    if example is not None:
        said["examples"] = [example]
    return fields.Dict(allow_none=null, metadata=said)


def many(inner: fields.Field[Any], meaning: str | None = None) -> fields.List[Any]:
    """A list of plain values."""
    return fields.List(inner, metadata={} if meaning is None else {"description": meaning})
