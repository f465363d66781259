"""Sessions and tokens: issue one for a program, end any."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from engine.domain.commands import IssueToken, RevokeToken
from engine.handlers.people import TokenLifeError
from engine.handlers.results import IdResult, TokenResult
from forms.pages import replies
from forms.pages.acts import values
from forms.pages.caller import execute, view
from forms.pages.language import gettext
from forms.pages.me.blueprint import bp
from forms.pages.me.sheet import TOKEN_FIELDS, Refused, show
from forms.pages.problems import told
from forms.pages.toasts import Toast

_MOST_DIGITS: Final = 4


@bp.post("/me/tokens")
def issue() -> Response:
    """Issue a token for a program; the page shows it this once."""
    with view() as moment:
        filled = values.read(moment, TOKEN_FIELDS, request.form, version=0)
    if filled.errors:
        return show(Refused(form="token", errors=_pairs(filled.errors), typed=filled.typed))
    days = filled.values["days"]
    is_number = days.isascii() and days.isdecimal() and len(days) <= _MOST_DIGITS
    try:
        # Not kept for repetitions: a token is stored nowhere but with its owner.
        done = execute(
            IssueToken(name=filled.values["name"], days=int(days) if is_number else 0),
            TokenResult,
            keyed=False,
        )
    except TokenLifeError as error:
        wrong = {"days": told(error)}
        return show(Refused(form="token", errors=_pairs(wrong), typed=filled.typed))
    response = show(issued=done.token)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/me/tokens/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """End a session or revoke a token, at once."""
    execute(RevokeToken(token_id=token_id), IdResult)
    return replies.go("/me", Toast(text=gettext("It has ended.")))


def _pairs(errors: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(errors.items())
