"""What happened in a trial, in order: effects of the kernel and acts of whoever works it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.domain.effects import Effect

Deed = Literal["started", "completed", "answered", "failed", "delivered", "signalled"]


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody did something to the work order.

    Attributes:
        deed: What.
        subject: Process, element, topic, message or signal it was done to.
        name: Its name in the drawing, if it has one. name_en: In English.
        values: What was given with it.
        is_assumed: Whether nobody said so: it was made up to go on.
    """

    deed: Deed
    subject: str
    name: str = ""
    name_en: str = ""
    values: dict[str, Any] = {}
    is_assumed: bool = False


class ClockSet(msgspec.Struct, frozen=True, kw_only=True):
    """A clock was started; ``due_at`` is its deadline."""

    clock: str
    level: str
    due_at: datetime | None
    task: int | None = None


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A published process would refuse the step here.

    Attributes:
        message: English sentence. message_zh: In Chinese.
    """

    message: str
    message_zh: str


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the trace."""

    at: datetime
    what: Effect | Acted | ClockSet | Trouble

    def as_json(self) -> dict[str, Any]:
        """The line as JSON-ready data: ``at``, ``kind`` and the facts of the kind."""
        kind = "".join(
            f"_{letter.lower()}" if letter.isupper() else letter
            for letter in type(self.what).__name__
        ).removeprefix("_")
        facts = msgspec.to_builtins(self.what)
        return {"at": self.at.isoformat(), "kind": kind, **facts}
