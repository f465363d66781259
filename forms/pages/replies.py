"""Answers pages give: a template, or another page to go to."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, make_response, render_template, request
from werkzeug.urls import iri_to_uri

from forms.pages.caller import is_partial
from forms.pages.toasts import Toast, is_here, leave

_SEE_OTHER: Final = 303


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A rendered template."""
    response = make_response(render_template(template, **values), status)
    response.vary.update(("HX-Request", "Cookie", "Accept-Language"))
    return response


def go(path: str, toast: Toast | None = None) -> Response:
    """Let the browser load another page; also in answer to a partial request."""
    # Headers are Latin-1; werkzeug sees to it for those it knows.
    path = iri_to_uri(path)
    if is_partial():
        response = Response(status=200, headers={"HX-Redirect": path})
    else:
        response = Response(status=_SEE_OTHER, headers={"Location": path})
    return response if toast is None else leave(response, toast)


def back(default: str, toast: Toast | None = None) -> Response:
    """Let the browser go where the form says it came from (field ``_back``), if that is here."""
    return go(here(request.values.get("_back", ""), default), toast)


def here(path: str, default: str) -> str:
    """A path within the desk, or the default for anything else."""
    return path if is_here(path) else default
