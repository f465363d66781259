"""What binds a web request to the engine: the application, who is calling, how to act for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, TypeVar

from flask import current_app, g

from engine.bootstrap import Application
from engine.domain.commands import Command
from engine.domain.records import Person
from engine.handlers.results import Result
from engine.store.idempotency import is_known
from engine.store.view import View

#: Where each web application keeps the product it serves.
EXTENSION: Final = "gongdan"
ResultT = TypeVar("ResultT", bound=Result)
ReadT = TypeVar("ReadT")


class Binding:
    """The engine as the requests of one web application see it.

    Args:
        given_key: Gives the key under which the request's command acts only once, None without.
    """

    def __init__(self, given_key: Callable[[], str | None]) -> None:
        self._given_key = given_key

    def application(self) -> Application:
        """The product this request is served by."""
        found: Application = current_app.extensions[EXTENSION]
        return found

    def person(self) -> Person:
        """Who is calling; found out before any route runs."""
        found: Person = g.person
        return found

    def execute(
        self, command: Command, expected: type[ResultT], *, keyed: bool = True, part: str = ""
    ) -> ResultT:
        """Run a command for the person, once per key.

        Args:
            command: What to do.
            expected: Type of its result.
            keyed: Whether the result may be kept for repetitions; not if it holds a secret, nor
                for one of several commands of the same request.
            part: Tells several commands of a request apart that shall each act once.

        Raises:
            EngineError: It was refused.
        """
        key = self._given_key() if keyed else None
        result = self.application().dispatcher.execute(
            command, self.person(), idempotency_key=key and key + part
        )
        return _checked(result, expected)

    def execute_and_read(
        self, command: Command, expected: type[ResultT], read: Callable[[View, ResultT], ReadT]
    ) -> tuple[ResultT, ReadT]:
        """Run a command for the person and a short query on what it left, see `Dispatcher`.

        Raises:
            EngineError: It was refused.
        """

        def checked(moment: View, result: Result) -> ReadT:
            return read(moment, _checked(result, expected))

        result, found = self.application().dispatcher.execute_and_read(
            command, self.person(), checked, idempotency_key=self._given_key()
        )
        return _checked(result, expected), found

    def is_repeated(self) -> bool:
        """Whether a command was done under the request's key before."""
        key = self._given_key()
        with self.view() as moment:
            return key is not None and is_known(moment.connection, self.person().id, key)

    def view(self) -> AbstractContextManager[View]:
        """A consistent moment to read from, as seen by the person."""
        return self.application().dispatcher.view(self.person())


def _checked(result: Result, expected: type[ResultT]) -> ResultT:
    if not isinstance(result, expected):
        raise TypeError(type(result))
    return result
