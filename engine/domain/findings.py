"""What a check says about a deployed file."""

from typing import Literal, TypeAlias

import msgspec

#: ``refused``: would run differently from the drawing, or not at all. ``assumed``: has one
#: sensible meaning, which is stated. ``ignored``: has no effect here. ``warning``: runs as drawn,
#: but is probably not meant.
Severity: TypeAlias = Literal["refused", "assumed", "ignored", "warning"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One remark about one place of one file.

    Attributes:
        code: Rule of `engine.domain.rules`, e.g. ``timer-invalid``.
        line: Line of the element, counted from 1. column: Column, counted from 1 in characters.
        message: English sentence: what was expected and what is there. message_zh: In Chinese.
        advice: What to do, in English. advice_zh: In Chinese.
    """

    severity: Severity
    code: str
    file: str
    line: int | None = None
    column: int | None = None
    element_id: str | None = None
    element_name: str | None = None
    message: str
    message_zh: str
    advice: str
    advice_zh: str
