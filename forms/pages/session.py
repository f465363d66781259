"""Signing in and out; the guard before every page.

A session is an API token in a cookie scripts cannot read. Nothing is kept beside it, so a session
ends everywhere at once when its token is revoked. Requests that change something must come from
our own pages: browsers say where a request comes from (``Sec-Fetch-Site``, ``Origin``), and
neither can be set by a page. Source: OWASP CSRF prevention, Fetch Metadata.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, g, request

from engine.domain.records import Person
from engine.errors import ForbiddenError
from engine.identity import SignInBlockedError, SignInRefusedError
from engine.queries import preferences
from forms.pages import replies
from forms.pages.caller import application, is_partial
from forms.pages.language import COOKIE as LANGUAGE_COOKIE
from forms.pages.language import language

bp = Blueprint("session", __name__)

COOKIE: Final = "gongdan_session"
#: Remembers light or dark on this device; `forms.pages.me` sets it.
LOOK_COOKIE: Final = "gongdan_look"
LOOKS: Final = ("light", "dark")
#: Endpoints anybody may call.
PUBLIC: Final = frozenset({"session.sign_in", "session.choose_language", "assets.send"})
#: What is sent there is written into no page.
_SECRET: Final = frozenset({"me.change_password"})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_HOME: Final = "/inbox"
_YEAR_SECONDS: Final = 31_536_000


class ForeignRequestError(ForbiddenError):
    """A request that changes something came from elsewhere."""

    code = "foreign_request"
    template = "Expected the request to come from a page of this desk, but it came from {origin}."


def register(app: Flask) -> None:
    """Guard every page of an application."""
    app.before_request(_guard)


def token() -> str:
    """The session's token, empty without one."""
    return request.cookies.get(COOKIE, "")


def _guard() -> Response | None:
    if request.method not in _SAFE:
        _require_own()
    if request.endpoint in PUBLIC:
        return None
    person = application().identity.authenticate(token())
    if person is not None:
        g.person = person
        return None
    return _ask_to_sign_in()


def _require_own() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        is_own = site in ("same-origin", "none")
    else:
        is_own = origin is not None and origin.partition("://")[2] == request.host
    if not is_own:
        raise ForeignRequestError(origin=(origin or site or "?")[:100])


def _ask_to_sign_in() -> Response:
    if request.method not in _SAFE:
        # What was typed stays in the browser: sign in elsewhere, come back and send again.
        if not is_partial():
            return _keep_typed()
        response = replies.page("session/expired_message.html", 401)
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    wanted = _page_of_part() if is_partial() else request.full_path.rstrip("?")
    return replies.go(f"/login?{urlencode({'next': wanted})}" if wanted != "/" else "/login")


def _keep_typed() -> Response:
    """What was sent, ready to be sent once more. It came from our own page; `_require_own`."""
    is_secret = request.endpoint in _SECRET
    response = replies.page(
        "session/expired.html",
        401,
        target="" if is_secret else request.full_path.rstrip("?"),
        fields=[] if is_secret else list(request.form.items(multi=True)),
        has_files=any(upload.filename for upload in request.files.values()),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _page_of_part() -> str:
    """The page a part is asked for: whoever signs in again is back on it."""
    shown = request.headers.get("HX-Current-URL", "")
    path = shown.removeprefix(request.host_url.rstrip("/")).partition("#")[0]
    return replies.here(path, "/")


@bp.get("/")
def home() -> Response:
    """The desk begins with the inbox."""
    return replies.go(_HOME)


@bp.route("/login", methods=["GET", "POST"])
def sign_in() -> Response:
    """Ask for login and password."""
    target = replies.here(request.values.get("next", ""), _HOME)
    login = request.form.get("login", "").strip()
    if request.method in _SAFE:
        return replies.page("session/sign_in.html", target=target, login="")
    try:
        person, issued = application().identity.sign_in(
            login, request.form.get("password", ""), request.remote_addr or ""
        )
    except SignInRefusedError:
        return replies.page("session/sign_in.html", 422, target=target, login=login, wrong=True)
    except SignInBlockedError as blocked:
        return replies.page(
            "session/sign_in.html",
            429,
            target=target,
            login=login,
            seconds=blocked.params["seconds"],
        )
    response = replies.go(target)
    _set(response, COOKIE, issued.token)
    _welcome(response, person)
    return response


def _welcome(response: Response, person: Person) -> None:
    """Bring the person's looks to this device."""
    with application().dispatcher.view(person) as moment:
        set_look(response, preferences.preferences(moment).theme)


@bp.post("/logout")
def sign_out() -> Response:
    """End the session here and now."""
    application().identity.sign_out(token())
    response = replies.go("/login")
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    # Nothing seen here is kept: neither for the back button nor for the next one at this desk.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/language")
def choose_language() -> Response:
    """Another language before sign-in; afterwards it is a preference of the person."""
    wished = request.form.get("language")
    response = replies.back("/login")
    _set(response, LANGUAGE_COOKIE, "en" if wished == "en" else "zh", _YEAR_SECONDS)
    return response


def context() -> dict[str, object]:
    """What every template knows about who reads it."""
    look = request.cookies.get(LOOK_COOKIE)
    return {
        "person": g.get("person"),
        "look": look if look in LOOKS else None,
        "lang_tag": "en" if language() == "en" else "zh-CN",
    }


def set_look(response: Response, theme: str) -> None:
    """Show the chosen theme on this device from now on; ``auto`` follows the device."""
    if theme in LOOKS:
        _set(response, LOOK_COOKIE, theme, _YEAR_SECONDS)
    else:
        response.delete_cookie(LOOK_COOKIE)


def _set(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure
    )
