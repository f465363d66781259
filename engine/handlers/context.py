"""Surroundings of one command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from engine.domain.records import Person
from engine.domain.setup import Setup
from engine.errors import ForbiddenError
from engine.ports.forms import FormCatalogue
from engine.ports.kernel import Kernel
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
        ahead: What was found out before the transaction, for the commands of `AHEAD`.
    """

    ledger: Ledger
    kernel: Kernel
    forms: FormCatalogue
    secrets: Secrets
    by: Person | None
    now: datetime
    ahead: Any = None

    @property
    def person(self) -> Person:
        """Who commands.

        Raises:
            SignInRequiredError: Nobody does.
        """
        return _somebody(self.by)


class Beforehand(msgspec.Struct, frozen=True, kw_only=True):
    """What the long part of a command may use before its transaction begins.

    Attributes:
        by: Who commands; None for the engine itself.
        setup: As it was a moment ago.
        resources: Gives the files of a deployment by its id.
    """

    by: Person | None
    kernel: Kernel
    forms: FormCatalogue
    setup: Setup
    resources: Callable[[int], Mapping[str, bytes]]

    @property
    def person(self) -> Person:
        """Who commands.

        Raises:
            SignInRequiredError: Nobody does.
        """
        return _somebody(self.by)


def _somebody(person: Person | None) -> Person:
    if person is None:
        raise SignInRequiredError
    return person
