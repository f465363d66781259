"""Who is calling: bearer tokens for everything but the public routes. The only source of 401."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, current_app, g, request

from api.caller import application
from api.refusals import SignInRequiredRefusal, TooManySignInsRefusal, WrongPasswordRefusal
from engine.domain.records import Person
from engine.handlers.results import TokenResult
from engine.identity import SignInBlockedError, SignInRefusedError

#: Endpoints that need no token; everything else does.
PUBLIC: Final = frozenset(
    {
        "sessions.sign_in",
        "probes.alive",
        "probes.ready",
        "documents.openapi",
        "documents.docs",
        "documents.asset",
    }
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="gongdan"'}
_SCHEME: Final = "bearer"

#: Failures from one address before it has to wait, and the waits. The account's own brake is in
#: `engine.identity`; this one stops trying one password on many accounts.
_FREE_FAILURES: Final = 20
_FIRST_WAIT: Final = timedelta(seconds=2)
_LONGEST_WAIT: Final = timedelta(minutes=5)
_MOST_ADDRESSES: Final = 10_000


class AddressBrake:
    """Failed sign-ins by address; kept by each process for itself, forgotten on success."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wait(self, address: str, now: datetime) -> float:
        """Seconds this address still has to wait."""
        with self._lock:
            _, until = self._failures.get(address, (0, now))
        return max(0.0, (until - now).total_seconds())

    def failed(self, address: str, now: datetime) -> None:
        """Count a failure; the wait doubles with each one beyond the free ones."""
        with self._lock:
            count = self._failures.pop(address, (0, now))[0] + 1
            beyond = min(count - _FREE_FAILURES, 16)
            wait = timedelta() if beyond < 0 else min(_FIRST_WAIT * 2**beyond, _LONGEST_WAIT)
            self._failures[address] = (count, now + wait)
            if len(self._failures) > _MOST_ADDRESSES:
                self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget an address."""
        with self._lock:
            self._failures.pop(address, None)


def register(app: Flask) -> None:
    """Demand a token for everything that is not public."""
    app.extensions["gongdan_brake"] = AddressBrake()
    app.before_request(_authenticate)


def sign_in(login: str, password: str) -> tuple[Person, TokenResult]:
    """Exchange login and password for a token.

    Raises:
        WrongPasswordRefusal: They do not match.
        TooManySignInsRefusal: Too many failures of this account or from this address.
    """
    brake = _brake()
    now = application().clock.now()
    address = request.remote_addr or ""
    seconds = brake.wait(address, now)
    if seconds > 0:
        raise _too_many(int(seconds) + 1)
    try:
        found = application().identity.sign_in(login, password)
    except SignInRefusedError:
        brake.failed(address, now)
        raise WrongPasswordRefusal(headers=_CHALLENGE) from None
    except SignInBlockedError as blocked:
        raise _too_many(blocked.params["seconds"]) from None
    brake.succeeded(address)
    return found


def _brake() -> AddressBrake:
    brake: AddressBrake = current_app.extensions["gongdan_brake"]
    return brake


def _too_many(seconds: object) -> TooManySignInsRefusal:
    return TooManySignInsRefusal(headers={"Retry-After": str(seconds)}, seconds=seconds)


def _authenticate() -> None:
    if request.endpoint is None or request.endpoint in PUBLIC:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    person = None
    if scheme.lower() == _SCHEME:
        person = application().identity.authenticate(token.strip())
    if person is None:
        raise SignInRequiredRefusal(headers=_CHALLENGE)
    g.person = person
