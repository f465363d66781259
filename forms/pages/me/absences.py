"""Absences: who is away when, and who stands in."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from engine.domain.commands import EndAbsence, SaveAbsence
from engine.errors import EngineError
from engine.handlers.absences import (
    AbsenceOverlapsError,
    AbsenceTimeError,
    SubstituteChainError,
    SubstituteUnfitError,
)
from engine.handlers.results import IdResult
from forms.pages import replies
from forms.pages.acts import values
from forms.pages.caller import execute, view
from forms.pages.language import gettext
from forms.pages.me.blueprint import bp
from forms.pages.me.sheet import Refused, absence_fields, show
from forms.pages.problems import told
from forms.pages.toasts import Toast
from forms.statuses import status_of

#: The field a refusal is about.
_FIELDS: Final[dict[type[EngineError], str]] = {
    AbsenceTimeError: "ends_at",
    AbsenceOverlapsError: "starts_at",
    SubstituteUnfitError: "substitute",
    SubstituteChainError: "substitute",
}


@bp.post("/me/absences")
def save_absence() -> Response:
    """Let a substitute stand in."""
    with view() as moment:
        filled = values.read(moment, absence_fields(moment), request.form, version=0)
    if filled.errors:
        return show(
            Refused(form="absence", errors=tuple(filled.errors.items()), typed=filled.typed)
        )
    given = filled.values
    try:
        done = execute(
            SaveAbsence(
                substitute=given["substitute"],
                starts_at=given["starts_at"],
                ends_at=given["ends_at"],
                reason=given["reason"],
                login=given.get("login"),
            ),
            IdResult,
        )
    except tuple(_FIELDS) as error:
        wrong = ((_FIELDS[type(error)], told(error)),)
        return show(
            Refused(form="absence", errors=wrong, typed=filled.typed, status=status_of(error))
        )
    undo = f"/me/absences/{done.id}/end"
    return replies.go("/me", Toast(text=gettext("The absence is entered."), undo=undo))


@bp.post("/me/absences/<int:absence_id>/end")
def end_absence(absence_id: int) -> Response:
    """End an absence now, or call it off."""
    execute(EndAbsence(absence_id=absence_id), IdResult)
    return replies.go("/me", Toast(text=gettext("The absence has ended.")))
