"""Language, looks, ways of being told, and the password."""

from __future__ import annotations

from typing import Final

from flask import Response, g, request

from engine.domain.commands import SavePreferences
from engine.errors import EngineError
from engine.handlers.people import PasswordWeakError, PasswordWrongError
from engine.handlers.personal import PreferenceInvalidError
from engine.handlers.results import IdResult
from engine.identity import SignInBlockedError
from forms.pages import replies, session
from forms.pages.caller import application, execute, person
from forms.pages.language import gettext
from forms.pages.me.blueprint import bp
from forms.pages.me.sheet import Refused, show
from forms.pages.problems import told
from forms.pages.toasts import Toast
from forms.statuses import status_of

_HERE: Final = "/me"


@bp.get("/me")
def me() -> Response:
    """Who one is here, and how one wants it."""
    return show()


@bp.post("/me/choices")
def save_choices() -> Response:
    """Keep the choices of the form."""
    form = request.form
    chosen = SavePreferences(
        language=form.get("language"),
        theme=form.get("theme"),
        mail=form.get("mail"),
        digest_at=form.get("digest_at") or None,
        quiet="quiet" in form,
        browser="browser" in form,
    )
    try:
        execute(chosen, IdResult)
    except PreferenceInvalidError as error:
        wrong = ((str(error.params["field"]), told(error)),)
        return show(Refused(form="choices", errors=wrong, typed=dict(form)))
    if chosen.language:
        # What follows is said in the language just chosen.
        g.language = chosen.language
    response = replies.go(_HERE, Toast(text=gettext("Your settings are saved.")))
    session.set_look(response, chosen.theme or "auto")
    return response


@bp.post("/me/password")
def change_password() -> Response:
    """Set another password; everybody who signed in with the old one is signed out."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        wrong = (("again", gettext("The two new passwords differ.")),)
        return show(Refused(form="password", errors=wrong))
    try:
        application().identity.change_password(
            session.token(), person(), request.form.get("present", ""), new
        )
    except (PasswordWrongError, PasswordWeakError, SignInBlockedError) as error:
        return show(_refused(error))
    done = gettext("Your password is changed. All your other sessions and tokens have ended.")
    return replies.go(_HERE, Toast(text=done))


def _refused(error: EngineError) -> Refused:
    field = "new" if isinstance(error, PasswordWeakError) else "present"
    status = 429 if isinstance(error, SignInBlockedError) else status_of(error)
    return Refused(form="password", errors=((field, told(error)),), status=status)
