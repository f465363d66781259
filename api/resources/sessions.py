"""Signing in, and tokens for programs."""

from __future__ import annotations

from typing import Any

from api import auth
from api.caller import execute, view
from api.operations import Resource
from api.schemas import people as s
from engine.domain import commands as c
from engine.handlers.results import IdResult, TokenResult
from engine.queries import records

bp = Resource("sessions", "Sessions 登录 and API tokens 令牌.")


@bp.act(
    "POST",
    "/sessions",
    s.Session(),
    takes=s.SignInBody(),
    status=201,
    keyed=False,
    refusals=(400, 401, 413, 415, 422, 429, 503),
)
def sign_in(given: dict[str, Any]) -> dict[str, Any]:
    """Exchange login and password for a short-lived token."""
    person, token = auth.sign_in(given["login"], given["password"])
    return {"id": token.id, "token": token.token, "person": person}


@bp.read("/tokens", s.TokenRow(), many=True, refusals=(401, 422, 503))
def list_tokens() -> list[dict[str, Any]]:
    """The caller's tokens, newest first."""
    with view() as moment:
        return records.list_tokens(moment)


@bp.act("POST", "/tokens", s.TokenDone(), takes=s.TokenBody(), status=201, keyed=False)
def issue_token(given: dict[str, Any]) -> TokenResult:
    """Issue a token for a program that acts as the caller; it is shown this once."""
    return execute(c.IssueToken(**given), TokenResult, keyed=False)


@bp.act("DELETE", "/tokens/<id:token_id>", None)
def revoke_token(token_id: int) -> None:
    """Revoke one of the caller's tokens at once."""
    execute(c.RevokeToken(token_id=token_id), IdResult)
