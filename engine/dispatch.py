"""Commands in, results out: one transaction each, once per idempotency key."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from engine.domain.commands import Command
from engine.domain.records import Person
from engine.errors import UnavailableError
from engine.handlers import AHEAD, HANDLERS
from engine.handlers.context import Beforehand, Context, Secrets
from engine.handlers.results import AnyResult, Result
from engine.ports.clocks import Clock
from engine.ports.forms import FormCatalogue
from engine.ports.kernel import Kernel
from engine.store import idempotency
from engine.store.database import Database, TransientError
from engine.store.ledger import Ledger, OutboundRule
from engine.store.setup import SetupCache
from engine.store.view import View

ReadT = TypeVar("ReadT")
_ATTEMPTS = 5
_PAUSE_SECONDS = 0.01
_results: msgspec.json.Decoder[AnyResult] = msgspec.json.Decoder(AnyResult)


class BusyError(UnavailableError):
    """The command lost too many races."""

    code = "busy"
    template = "Expected the command to find its rows free, but others kept changing them."


class Dispatcher:
    """Runs commands and opens views; shared by all threads of a process."""

    def __init__(
        self,
        *,
        database: Database,
        setups: SetupCache,
        kernel: Kernel,
        forms: FormCatalogue,
        secrets: Secrets,
        clock: Clock,
        outbound: Iterable[OutboundRule] = (),
        mails: bool = False,
    ) -> None:
        self.database = database
        self.clock = clock
        self.forms = forms
        self.kernel = kernel
        self._setups = setups
        self._secrets = secrets
        self._outbound = tuple(outbound)
        self._mails = mails

    def execute(
        self, command: Command, by: Person | None, *, idempotency_key: str | None = None
    ) -> Result:
        """Run one command in one transaction.

        Args:
            command: What to do.
            by: Who commands; None for the engine itself (timers).
            idempotency_key: The same key and command again gives the first result and does
                nothing.

        Raises:
            EngineError: It was refused; nothing changed.
        """
        return self.execute_and_read(command, by, _nothing, idempotency_key=idempotency_key)[0]

    def execute_and_read(
        self,
        command: Command,
        by: Person | None,
        read: Callable[[View, Result], ReadT],
        *,
        idempotency_key: str | None = None,
    ) -> tuple[Result, ReadT]:
        """Run one command, and one short query on what it left, in one transaction.

        A query of its own right after would find the page cache of its connection outdated by
        the command and cost several times as much.

        Args:
            command: What to do.
            by: Who commands and asks.
            read: The query; it sees the command's changes.
            idempotency_key: As for `execute`.

        Raises:
            EngineError: The command was refused; nothing changed.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return self._once(command, by, idempotency_key, read)
            except TransientError:
                self._setups.forget()
                time.sleep(_PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311 - jitter
        raise BusyError

    def _once(
        self,
        command: Command,
        by: Person | None,
        key: str | None,
        read: Callable[[View, Result], ReadT],
    ) -> tuple[Result, ReadT]:
        actor = by.id if by is not None and by.id else None
        ahead = self._ahead(command, by) if type(command) in AHEAD else None
        with self.database.write() as connection:
            ledger = Ledger(
                connection,
                now=self.clock.now(),
                actor=actor,
                setups=self._setups,
                outbound=self._outbound,
                mails=self._mails,
            )
            fingerprint = _fingerprint(command) if key is not None else b""
            if key is not None:
                known = idempotency.recall(connection, actor or 0, key, fingerprint)
                if known is not None:
                    first = _results.decode(known)
                    view = View(connection, self._setups, by=by, now=ledger.now)
                    return first, read(view, first)
            context = Context(
                ledger=ledger,
                kernel=self.kernel,
                forms=self.forms,
                secrets=self._secrets,
                by=by,
                now=ledger.now,
                ahead=ahead,
            )
            result = HANDLERS[type(command)](context, command)
            ledger.flush()
            if key is not None:
                idempotency.keep(
                    connection,
                    person=actor or 0,
                    key=key,
                    fingerprint=fingerprint,
                    result=msgspec.json.encode(result),
                    now=ledger.now,
                )
            found = read(View(connection, self._setups, by=by, now=ledger.now), result)
        return result, found

    def _ahead(self, command: Command, by: Person | None) -> object:
        """The long part of a command; nobody waits for it but who gave it."""

        def resources(deployment: int) -> Mapping[str, bytes]:
            with self.view(by) as view:
                return view.resources(deployment)

        with self.view(by) as view:
            setup = view.setup
        around = Beforehand(
            by=by, kernel=self.kernel, forms=self.forms, setup=setup, resources=resources
        )
        return AHEAD[type(command)](around, command)

    @contextmanager
    def view(self, by: Person | None) -> Iterator[View]:
        """A consistent moment to read from."""
        with self.database.read() as connection:
            yield View(connection, self._setups, by=by, now=self.clock.now())


def _nothing(_view: View, _result: Result) -> None:
    """No query wanted."""


def _fingerprint(command: Command) -> bytes:
    name = type(command).__name__.encode()
    return hashlib.sha256(name + b"\0" + msgspec.json.encode(command.repeated())).digest()
