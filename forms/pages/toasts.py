"""What was done, told on the page that follows; with a way back where there is one."""

from __future__ import annotations

import base64
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from flask import Response, g, request

_COOKIE: Final = "gongdan_toast"
_SECONDS: Final = 60
_MOST: Final = 2000


class Toast(msgspec.Struct, frozen=True, kw_only=True):
    """A short message.

    Attributes:
        text: In the reader's language.
        undo: Path to post to for taking it back, None if it cannot be taken back.
        fields: Fields to post with it.
        tone: ``done`` or ``warn``.
    """

    text: str
    undo: str | None = None
    fields: dict[str, str] = {}
    tone: str = "done"


def leave(response: Response, toast: Toast) -> Response:
    """Let the next page show a toast."""
    value = base64.urlsafe_b64encode(msgspec.json.encode(toast)).decode()
    if len(value) <= _MOST:
        response.set_cookie(
            _COOKIE,
            value,
            max_age=_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        g.toast_left = True
    return response


def taken() -> Toast | None:
    """The toast to show on this page; it is shown once."""
    given = request.cookies.get(_COOKIE)
    if given is None:
        return None
    g.toast_shown = True
    try:
        toast = msgspec.json.decode(base64.urlsafe_b64decode(given.encode()), type=Toast)
    except (ValueError, RecursionError):
        return None
    return toast if toast.undo is None or is_here(toast.undo) else None


def forget(response: Response) -> Response:
    """After a page that showed a toast: do not show it again."""
    if g.get("toast_shown") and not g.get("toast_left"):
        response.delete_cookie(_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def is_here(path: str) -> bool:
    """Whether an address leads to a page of the desk, in whatever way browsers read it."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return is_local and "\\" not in path and not path.startswith("//") and path.isprintable()


def context() -> dict[str, Any]:
    """Templates call ``toast()``."""
    return {"toast": taken}
