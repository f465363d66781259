"""Who is calling: bearer tokens for everything but the public routes. The only source of 401."""

from __future__ import annotations

from typing import Final

from flask import Flask, g, request

from api.caller import application, person
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


def register(app: Flask) -> None:
    """Demand a token for everything that is not public."""
    app.before_request(_authenticate)


def sign_in(login: str, password: str) -> tuple[Person, TokenResult]:
    """Exchange login and password for a token.

    Raises:
        WrongPasswordRefusal: They do not match.
        TooManySignInsRefusal: Too many failures of this account or from this address.
    """
    try:
        return application().identity.sign_in(login, password, request.remote_addr or "")
    except SignInRefusedError:
        raise WrongPasswordRefusal(headers=_CHALLENGE) from None
    except SignInBlockedError as blocked:
        raise _too_many(blocked) from None


def change_password(present: str, new: str) -> None:
    """Set the caller's own password; every token but this request's ends.

    Raises:
        TooManySignInsRefusal: The present password was guessed wrong too often.
    """
    try:
        application().identity.change_password(token(), person(), present, new)
    except SignInBlockedError as blocked:
        raise _too_many(blocked) from None


def _too_many(blocked: SignInBlockedError) -> TooManySignInsRefusal:
    seconds = blocked.params["seconds"]
    return TooManySignInsRefusal(headers={"Retry-After": str(seconds)}, seconds=seconds)


def token() -> str:
    """The bearer token of this request, empty without one."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == _SCHEME else ""


def _authenticate() -> None:
    if request.endpoint is None or request.endpoint in PUBLIC:
        return
    person = application().identity.authenticate(token())
    if person is None:
        raise SignInRequiredRefusal(headers=_CHALLENGE)
    g.person = person
