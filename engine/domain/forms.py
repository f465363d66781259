"""What the engine knows of forms: how values are refused. The rules live in `forms`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.errors import InvalidError


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
    """The form definition itself cannot be read; deployment checks keep these out."""

    code = "form_broken"
    template = "Expected a readable form definition, but {reason}."
