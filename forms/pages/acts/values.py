"""What a person filled into the form of an act: read, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from werkzeug.datastructures import MultiDict

from engine.queries import people
from engine.store.view import View
from forms.pages.acts.act import VERSION, Field
from forms.pages.language import gettext, ngettext
from forms.pages.moments import zone

#: Longest text of a field with one line, and with several.
MOST: Final = {"line": 200, "lines": 2000}
_SEPARATORS: Final = str.maketrans("，、；;\n", ",,,,,")


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it came back.

    Attributes:
        values: By field, see `Field.kind`; fields with errors are missing.
        typed: The text of each field as it came, to be shown again.
        errors: Sentence by field.
    """

    values: dict[str, Any]
    typed: dict[str, str]
    errors: dict[str, str]


class _WrongError(Exception):
    """A text that is no value of its field; the sentence says why."""


def read(
    view: View, fields: Sequence[Field], form: MultiDict[str, str], *, version: int
) -> Filled:
    """Read posted fields; unknown ones are left alone.

    Args:
        view: Where people are looked up.
        fields: What was asked.
        form: As posted.
        version: Of what the act is about, now. If the form was shown with another one, its lists
            were others: whether a choice still makes sense is for the command to say.
    """
    shown = _version(form.get(VERSION, ""))
    values: dict[str, Any] = {VERSION: shown}
    is_same = shown is None or shown == version
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in fields:
        typed[field.name] = ", ".join(form.getlist(field.name)).strip()
        try:
            values[field.name] = _value(view, field, typed[field.name], is_same=is_same)
        except _WrongError as wrong:
            errors[field.name] = str(wrong)
    return Filled(values=values, typed=typed, errors=errors)


def initial(fields: Iterable[Field]) -> dict[str, str]:
    """What stands in the fields at first."""
    return {field.name: field.value for field in fields}


def as_typed(at: datetime) -> str:
    """An instant as a field of kind ``moment`` shows it."""
    return at.astimezone(zone()).strftime("%Y-%m-%dT%H:%M")


def _version(text: str) -> int | None:
    # More digits than any version has are a forgery, and too much for the database.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


def _value(view: View, field: Field, text: str, *, is_same: bool) -> Any:
    if not text:
        if field.required and field.kind != "check":
            raise _WrongError(_missing(field))
        return _EMPTY.get(field.kind)
    if field.kind in MOST and len(text) > MOST[field.kind]:
        raise _WrongError(
            ngettext("At most %(num)d character.", "At most %(num)d characters.", MOST[field.kind])
        )
    if field.kind == "choice" and not is_same:
        return text
    return _READERS.get(field.kind, lambda _view, _field, given: given)(view, field, text)


_EMPTY: Final[Mapping[str, Any]] = {"line": "", "lines": "", "check": False, "people": ()}


def _missing(field: Field) -> str:
    if field.kind in ("choice", "check"):
        return gettext("Choose one: %(field)s.", field=gettext(field.label))
    return gettext("Fill this in: %(field)s.", field=gettext(field.label))


def _choice(_view: View, field: Field, text: str) -> str:
    if text not in {choice.value for choice in field.choices}:
        raise _WrongError(gettext("Choose one of the list."))
    return text


def _person(view: View, field: Field, text: str) -> str:
    offered = {choice.value: choice.value for choice in field.choices}
    offered |= {choice.label: choice.value for choice in field.choices}
    if text in offered:
        return offered[text]
    found = people.named(view, text)
    if found is None:
        raise _WrongError(
            gettext("Nobody is called “%(name)s”, or several are. Give the login.", name=text)
        )
    return found.login


def _people(view: View, field: Field, text: str) -> tuple[str, ...]:
    names = [each.strip() for each in text.translate(_SEPARATORS).split(",")]
    return tuple(dict.fromkeys(_person(view, field, name) for name in names if name))


def _moment(_view: View, _field: Field, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _WrongError(gettext("Give a day and a time such as 2026-01-31 09:30.")) from None


_READERS: Final[Mapping[str, Any]] = {
    "choice": _choice,
    "person": _person,
    "people": _people,
    "moment": _moment,
    "check": lambda _view, _field, _text: True,
}
