"""What the engine knows of forms: how values are refused. The rules live in `forms`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from engine.errors import InvalidError

#: Extension property of a user task with the rights of its fields.
RIGHTS_PROPERTY: Final = "fields"
#: Stands for every field that is not named.
EVERY: Final = "*"

#: What Camunda Modeler writes before the name of a form that is deployed with the diagram.
_PREFIXES = ("camunda-forms:deployment:", "camunda-forms:bpmn:", "embedded:deployment:")


def form_key(reference: str) -> str:
    """Key of the form a diagram refers to: its file name without folder and ending, or its id.

    An expression stays as it is.

    Args:
        reference: ``camunda:formKey`` or ``camunda:formRef``.
    """
    name = reference.strip()
    if "${" in name or "#{" in name:
        return name  # computed when a task opens
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    name = name.rpartition("/")[2]
    for ending in (".form", ".json"):
        name = name.removesuffix(ending)
    return name


class Right(StrEnum):
    """What a step may do with a field of its form."""

    #: It is shown and cannot be changed.
    READ = "read"
    #: It may be filled in, even if the form says it is read-only.
    EDIT = "edit"
    #: Neither the field nor its value is shown.
    HIDDEN = "hidden"
    #: It must be filled in.
    REQUIRED = "required"


_RIGHTS: Final = frozenset(map(str, Right))
#: Path of a field, group or list to what the step may do with it. Inside a list without positions.
Rights = Mapping[str, Right]
#: Everything as the form says.
NO_RIGHTS: Rights = {}


class RightsError(ValueError):
    """Rights of fields are written wrongly.

    Attributes:
        word: The part that is wrong.
    """

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


def read_rights(text: str) -> dict[str, Right]:
    """Rights as written on a user task: ``price:read note:required``.

    Raises:
        RightsError: A part is not ``path:word``, its word is none, or a path comes twice.
            What is hidden or must be filled in is named.
    """
    rights: dict[str, Right] = {}
    for part in text.split():
        path, _, word = part.rpartition(":")
        if not path or word not in _RIGHTS or path in rights:
            raise RightsError(part)
        if path == EVERY and word in (Right.HIDDEN, Right.REQUIRED):
            raise RightsError(part)
        rights[path] = Right(word)
    return rights


def without_hidden(variables: Mapping[str, Any], rights: Rights) -> dict[str, Any]:
    """Variables as somebody may see them who may not see the hidden fields."""
    shown = dict(variables)
    for path, right in rights.items():
        if right is Right.HIDDEN:
            _take_out(shown, path.split("."))
    return shown


def _take_out(shown: dict[str, Any], path: list[str]) -> None:
    """Take a value out; what is inside is copied first, because others look at it, too."""
    name, *rest = path
    inside = shown.get(name)
    if not rest:
        shown.pop(name, None)
    elif isinstance(inside, Mapping):
        copy = shown[name] = dict(inside)
        _take_out(copy, rest)
    elif isinstance(inside, list):
        rows = [dict(row) if isinstance(row, Mapping) else row for row in inside]
        shown[name] = rows
        for row in rows:
            if isinstance(row, dict):
                _take_out(row, rest)


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with one field, in both languages; the edge picks the caller's.

    Attributes:
        code: Stable word, e.g. ``required``; all are listed in docs/forms.md.
        zh: Sentence in Simplified Chinese. en: Sentence in English.
    """

    code: str
    zh: str
    en: str


class FormInvalidError(InvalidError):
    """The posted values do not fit the form.

    Attributes:
        problems: Field path (dots between parts, list positions from 0) to its problems.
    """

    code = "form_invalid"
    template = "Expected values that fit the form, but {count} field(s) do not."

    def __init__(self, problems: Mapping[str, Sequence[FieldProblem]]) -> None:
        self.problems = problems
        super().__init__(
            count=len(problems),
            fields={path: msgspec.to_builtins(found) for path, found in problems.items()},
        )


class FormBrokenError(InvalidError):
    """The form definition itself cannot be read; deployment checks keep these out.

    Args:
        reason: English clause saying what is wrong.
        reason_zh: The same in Chinese.
    """

    code = "form_broken"
    template = "Expected a readable form definition, but {reason}."

    def __init__(self, reason: str, reason_zh: str) -> None:
        self.reason = reason
        self.reason_zh = reason_zh
        super().__init__(reason=reason, reason_zh=reason_zh)


def known_rights(text: str) -> Rights:
    """Rights of a published task, see `read_rights`.

    Raises:
        FormBrokenError: They are written wrongly.
    """
    try:
        return read_rights(text)
    except RightsError as error:
        raise FormBrokenError(
            f"the rights of its fields have a part {error.word!r}",
            f"字段权限中的“{error.word}”有误",
        ) from error
