"""Who is calling: tokens and passwords."""

from __future__ import annotations

from datetime import timedelta

from engine.dispatch import Dispatcher
from engine.domain.commands import IssueToken
from engine.domain.records import Person
from engine.errors import ForbiddenError, UnavailableError
from engine.handlers.results import TokenResult
from engine.ports import Clock
from engine.secrets import TOKEN_PREFIX, Argon2Secrets, digest_token
from engine.store.credentials import Credentials


class SignInRefusedError(ForbiddenError):
    """Login or password is wrong; which one is not told."""

    code = "sign_in_refused"
    template = "Expected a valid login and password, but they do not match."


class SignInBlockedError(UnavailableError):
    """Too many failures; wait."""

    code = "sign_in_blocked"
    template = "Expected fewer failed sign-ins, but this account is blocked for {seconds} s."


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
        self._days = max(1, -(-session // timedelta(days=1)))

    def authenticate(self, token: str) -> Person | None:
        """The active person a live token belongs to."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        return self._credentials.by_token(digest_token(token), self._clock.now())

    def sign_in(self, login: str, password: str) -> tuple[Person, TokenResult]:
        """A person and a fresh session token for a login and password.

        Takes as long for unknown logins as for known ones.

        Raises:
            SignInRefusedError: They do not match, or the person is not active.
            SignInBlockedError: Too many failures lately.
        """
        now = self._clock.now()
        found = self._credentials.by_login(login)
        if found is not None and found.blocked_until is not None and found.blocked_until > now:
            wait = (found.blocked_until - now).total_seconds()
            raise SignInBlockedError(seconds=int(wait) + 1)
        is_right = self._secrets.verify_password(password, found.password if found else None)
        if found is None:
            raise SignInRefusedError
        if not is_right or not found.person.is_active:
            self._credentials.count_failure(found.person.id, now)
            raise SignInRefusedError
        self._credentials.forget_failures(found.person.id)
        issued = self._dispatcher.execute(
            IssueToken(name="session", days=self._days), found.person
        )
        if not isinstance(issued, TokenResult):
            raise TypeError(issued)
        return found.person, issued
