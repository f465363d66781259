"""Refusals of the engine: five families, one stable code each.

A refusal says what was expected and what is the case. ``code`` and ``params`` are a contract
with callers; the sentence is not and may be reworded or translated.
"""

from collections.abc import Mapping
from typing import ClassVar


class EngineError(Exception):
    """A command or query was refused; nothing was changed.

    Attributes:
        code: Stable identifier of the rule that refused.
        params: Facts of this refusal, safe to show to the caller.
    """

    code: ClassVar[str]
    template: ClassVar[str]

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, object] = params
        super().__init__(self.template.format(**params))


class NotFoundError(EngineError):
    """The thing does not exist, or not for this caller."""


class ConflictError(EngineError):
    """The thing is in a state that does not allow the act."""


class ForbiddenError(EngineError):
    """The caller may see the thing but not act so on it."""


class InvalidError(EngineError):
    """The content of the command is wrong."""


class UnavailableError(EngineError):
    """Right now it cannot be done; the same command may succeed later."""
