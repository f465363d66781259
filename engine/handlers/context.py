"""Surroundings of one command."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from engine.domain.records import Person
from engine.errors import ForbiddenError
from engine.ports import FormCatalogue, Kernel
from engine.store.ledger import Ledger


class SignInRequiredError(ForbiddenError):
    """The command is for people; the engine itself cannot give it."""

    code = "person_required"
    template = "Expected the command to come from a person, but it has no author."


class Secrets(Protocol):
    """Makes what must not be guessed or read back."""

    def hash_password(self, password: str) -> str:
        """Slow salted hash of a password."""
        ...

    def verify_password(self, password: str, hashed: str | None) -> bool:
        """Whether a password belongs to a hash; as slow when there is none."""
        ...

    def new_token(self) -> tuple[str, str]:
        """A fresh token and its digest."""
        ...


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler may use. One command, one transaction, one instant.

    Attributes:
        by: Who commands; None for the engine itself.
    """

    ledger: Ledger
    kernel: Kernel
    forms: FormCatalogue
    secrets: Secrets
    by: Person | None
    now: datetime

    @property
    def person(self) -> Person:
        """Who commands.

        Raises:
            SignInRequiredError: Nobody does.
        """
        if self.by is None:
            raise SignInRequiredError
        return self.by
