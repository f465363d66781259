"""The request's surroundings: the application, who is calling, and how to act for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from flask import current_app, g

from api.idempotency import given_key
from engine.bootstrap import Application
from engine.domain.commands import Command
from engine.domain.records import Person
from engine.handlers.results import Result
from engine.store.view import View

#: Where `create_app` leaves the application.
EXTENSION = "gongdan"
ResultT = TypeVar("ResultT", bound=Result)
ReadT = TypeVar("ReadT")


def application() -> Application:
    """The product this request is served by."""
    found: Application = current_app.extensions[EXTENSION]
    return found


def person() -> Person:
    """Who is calling; set by `api.auth` before any route runs."""
    found: Person = g.person
    return found


def execute(command: Command, expected: type[ResultT], *, keyed: bool = True) -> ResultT:
    """Run a command for the caller, once per ``Idempotency-Key``.

    Args:
        command: What to do.
        expected: Type of its result.
        keyed: Whether the result may be kept for repetitions; not if it holds a secret.

    Raises:
        EngineError: It was refused.
    """
    result = application().dispatcher.execute(
        command, person(), idempotency_key=given_key() if keyed else None
    )
    return _checked(result, expected)


def execute_and_read(
    command: Command, expected: type[ResultT], read: Callable[[View, ResultT], ReadT]
) -> tuple[ResultT, ReadT]:
    """Run a command for the caller and a short query on what it left, see `Dispatcher`.

    Raises:
        EngineError: It was refused.
    """

    def checked(moment: View, result: Result) -> ReadT:
        return read(moment, _checked(result, expected))

    result, found = application().dispatcher.execute_and_read(
        command, person(), checked, idempotency_key=given_key()
    )
    return _checked(result, expected), found


def view() -> AbstractContextManager[View]:
    """A consistent moment to read from, as seen by the caller."""
    return application().dispatcher.view(person())


def _checked(result: Result, expected: type[ResultT]) -> ResultT:
    if not isinstance(result, expected):
        raise TypeError(type(result))
    return result
