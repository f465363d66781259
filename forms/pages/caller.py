"""The request's surroundings: the application, who is signed in, and how to act for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, TypeVar

from flask import current_app, g, request

from engine.bootstrap import Application
from engine.domain.commands import Command
from engine.domain.records import Person
from engine.handlers.results import Result
from engine.store.view import View

#: Where `create_desk` leaves the application.
EXTENSION: Final = "gongdan"
#: Hidden field of every form that must not act twice, see ``once()`` in the templates.
KEY_FIELD: Final = "_once"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)

ResultT = TypeVar("ResultT", bound=Result)
ReadT = TypeVar("ReadT")


def application() -> Application:
    """The product this request is served by."""
    found: Application = current_app.extensions[EXTENSION]
    return found


def person() -> Person:
    """Who is signed in; set by `forms.pages.session` before any page runs."""
    found: Person = g.person
    return found


def is_partial() -> bool:
    """Whether the browser wants a part of a page to put into the one it shows.

    Going back in its history it wants the whole page again.
    """
    is_back = request.headers.get("HX-History-Restore-Request") == "true"
    return request.headers.get("HX-Request") == "true" and not is_back


def execute(command: Command, expected: type[ResultT], *, keyed: bool = True) -> ResultT:
    """Run a command for the person, once per form shown.

    Args:
        command: What to do.
        expected: Type of its result.
        keyed: Whether the result may be kept for repetitions; not for one of several commands
            of the same request.

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
    """Run a command for the person and a short query on what it left, see `Dispatcher`.

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
    """A consistent moment to read from, as seen by the person."""
    return application().dispatcher.view(person())


def given_key() -> str | None:
    """The form's key, if it brought a usable one."""
    given = request.form.get(KEY_FIELD, "")
    return f"page-{given}" if _KEY.fullmatch(given) else None


def _checked(result: Result, expected: type[ResultT]) -> ResultT:
    if not isinstance(result, expected):
        raise TypeError(type(result))
    return result
