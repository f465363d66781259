"""Who is calling: tokens and passwords."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from engine.dispatch import Dispatcher
from engine.domain.commands import ChangePassword, IssueToken, RevokeToken
from engine.domain.records import Person
from engine.errors import ForbiddenError, UnavailableError
from engine.handlers.people import PasswordWrongError
from engine.handlers.results import TokenResult
from engine.ports.clocks import Clock
from engine.secrets import TOKEN_PREFIX, Argon2Secrets, digest_token
from engine.store.credentials import (
    FIRST_BLOCK,
    FREE_FAILURES,
    LONGEST_BLOCK,
    Credentials,
)

_MOST_KEPT: Final = 10_000
_LONGEST_KEY: Final = 200


class SignInRefusedError(ForbiddenError):
    """Login or password is wrong; which one is not told."""

    code = "sign_in_refused"
    template = "Expected a valid login and password, but they do not match."


class SignInBlockedError(UnavailableError):
    """Too many failures; wait."""

    code = "sign_in_blocked"
    template = "Expected fewer failed sign-ins; the next try is possible in {seconds} s."


class Brake:
    """Failed sign-ins by address or login; kept by each process for itself.

    Args:
        free: Failures before one has to wait.
        first: The first wait; it doubles with each further failure.
        longest: The longest one.
    """

    def __init__(self, *, free: int, first: timedelta, longest: timedelta) -> None:
        self._free, self._first, self._longest = free, first, longest
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wait(self, key: str, now: datetime) -> float:
        """Seconds still to wait."""
        with self._lock:
            _, until = self._failures.get(key[:_LONGEST_KEY], (0, now))
        return max(0.0, (until - now).total_seconds())

    def failed(self, key: str, now: datetime) -> None:
        """Count a failure."""
        key = key[:_LONGEST_KEY]
        with self._lock:
            count = self._failures.pop(key, (0, now))[0] + 1
            beyond = min(count - self._free, 16)
            wait = timedelta() if beyond < 0 else min(self._first * 2**beyond, self._longest)
            self._failures[key] = (count, now + wait)
            if len(self._failures) > _MOST_KEPT:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures."""
        with self._lock:
            self._failures.pop(key[:_LONGEST_KEY], None)


class Identity:
    """Turns tokens and passwords into people.

    Args:
        session: Life of a session token, rounded up to whole days.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        dispatcher: Dispatcher,
        secrets: Argon2Secrets,
        clock: Clock,
        session: timedelta,
    ) -> None:
        self._credentials = credentials
        self._dispatcher = dispatcher
        self._secrets = secrets
        self._clock = clock
        # The account's own brake is in the store; this one stops trying one password on many.
        self._addresses = Brake(free=20, first=timedelta(seconds=2), longest=timedelta(minutes=5))
        # Logins nobody has are slowed down like accounts: nobody learns which ones there are.
        self._strangers = Brake(free=FREE_FAILURES, first=FIRST_BLOCK, longest=LONGEST_BLOCK)
        self._days = max(1, -(-session // timedelta(days=1)))

    def authenticate(self, token: str) -> Person | None:
        """The active person a live token belongs to."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        return self._credentials.by_token(digest_token(token), self._clock.now())

    def sign_in(self, login: str, password: str, address: str = "") -> tuple[Person, TokenResult]:
        """A person and a fresh session token for a login and password.

        Takes as long for unknown logins as for known ones, and blocks them alike.

        Args:
            login: Who.
            password: As typed.
            address: Where the request comes from.

        Raises:
            SignInRefusedError: They do not match, or the person is not active.
            SignInBlockedError: Too many failures lately, of this account or from this address.
        """
        now = self._clock.now()
        _require_no_wait(self._addresses.wait(address, now))
        try:
            found = self._verified(login, password, now)
        except SignInRefusedError:
            self._addresses.failed(address, now)
            raise
        self._addresses.succeeded(address)
        issued = self._dispatcher.execute(IssueToken(name="session", days=self._days), found)
        if not isinstance(issued, TokenResult):
            raise TypeError(issued)
        return found, issued

    def sign_out(self, token: str) -> None:
        """End the session of a token; one that is over already stays so."""
        person = self.authenticate(token)
        if person is not None:
            token_id = self._credentials.token_id(digest_token(token))
            self._dispatcher.execute(RevokeToken(token_id=token_id), person)

    def change_password(self, token: str, person: Person, present: str, new: str) -> None:
        """Set a person's own password; all tokens but the one in use end.

        A wrong present password counts as a failed sign-in of the account.

        Raises:
            PasswordWrongError: The present password is another one.
            PasswordWeakError: The new one is too short.
            SignInBlockedError: Too many failures lately.
        """
        now = self._clock.now()
        found = self._credentials.by_login(person.login)
        if found is not None and found.blocked_until is not None:
            _require_no_wait((found.blocked_until - now).total_seconds())
        command = ChangePassword(present=present, new=new, keep_digest=digest_token(token))
        try:
            self._dispatcher.execute(command, person)
        except PasswordWrongError:
            self._credentials.count_failure(person.id, now)
            raise

    def _verified(self, login: str, password: str, now: datetime) -> Person:
        found = self._credentials.by_login(login)
        if found is None:
            _require_no_wait(self._strangers.wait(login, now))
        elif found.blocked_until is not None:
            _require_no_wait((found.blocked_until - now).total_seconds())
        is_right = self._secrets.verify_password(password, found.password if found else None)
        if found is None:
            self._strangers.failed(login, now)
            raise SignInRefusedError
        if not is_right or not found.person.is_active:
            self._credentials.count_failure(found.person.id, now)
            raise SignInRefusedError
        self._credentials.forget_failures(found.person.id)
        return found.person


def _require_no_wait(seconds: float) -> None:
    if seconds > 0:
        raise SignInBlockedError(seconds=int(seconds) + 1)
