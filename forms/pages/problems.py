"""Refusals as people see them: a page of their own, or a message over the page they are on."""

from __future__ import annotations

import logging
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from engine.domain.access import NotAllowedError, NotCandidateError
from engine.errors import (
    EngineError,
)
from forms.pages import replies
from forms.pages.caller import is_partial
from forms.pages.kept import kept
from forms.pages.language import gettext, language
from forms.pages.words import role_word
from forms.sentences import sentence
from forms.statuses import TITLES, status_of, title

_log = logging.getLogger(__name__)

_INTERNAL: Final = 500
_MALFORMED: Final = 400


def register(app: Flask) -> None:
    """Tell every refusal of an application."""
    app.register_error_handler(EngineError, _engine)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def told(error: EngineError) -> str:
    """The sentence of a refusal in the reader's language, without codes and numbers of rows."""
    if isinstance(error, NotCandidateError | NotAllowedError):
        roles = gettext(", ").join(
            role_word(code) for code in str(error.params["roles"]).split(", ")
        )
        return gettext(
            "This takes one of these roles, and you have none of them here: %(roles)s.",
            roles=roles,
        )
    return sentence(error.code, error.params, str(error), language())


def show(status: int, detail: str) -> Response:
    """A problem, without losing what the person has on the screen.

    A partial request gets a message that opens over the page; the form it came from stays as it
    is. Any other gets a page with a way back, and with what was typed.
    """
    heading = title(status, language())
    if is_partial():
        response = replies.page("problem_message.html", status, heading=heading, detail=detail)
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    # After errors of our own the database is perhaps not there to ask for labels.
    lines = kept() if status < _INTERNAL else []
    return replies.page("problem.html", status, heading=heading, detail=detail, lines=lines)


def _engine(error: EngineError) -> Response:
    return show(status_of(error), told(error))


def _http(error: HTTPException) -> Response:
    status = error.code or _INTERNAL
    if status >= _INTERNAL:
        return _unexpected(error)
    sentences = {
        404: gettext("There is nothing at this address, or you may not see it."),
        405: gettext("This address cannot be used like that."),
        413: gettext("What was sent is too large."),
    }
    told_as = status if status in TITLES else _MALFORMED
    return show(told_as, sentences.get(status) or gettext("The request could not be read."))


def _unexpected(error: Exception) -> Response:
    request_id = g.get("request_id", "")
    _log.error("page %s failed, request %s", request.path, request_id, exc_info=error)
    detail = gettext(
        "Something went wrong on our side; nothing was changed. Number of the request: %(id)s",
        id=request_id,
    )
    return show(_INTERNAL, detail)
