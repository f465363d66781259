"""What the engine knows of forms: how values are refused. The rules live in `forms`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.errors import InvalidError

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
