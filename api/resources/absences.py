"""Absences and substitutes 代理."""

from __future__ import annotations

from typing import Any

from api.caller import execute, view
from api.operations import Resource
from api.schemas import steps as s
from api.schemas.orders import Created
from engine.domain import commands as c
from engine.handlers.results import IdResult
from engine.queries import absences

bp = Resource("absences", "Absences: who is away, and who stands in 代理.")


@bp.read("/absences", s.AbsenceRow(), many=True, refusals=(401, 422, 503))
def list_absences() -> list[absences.AbsenceItem]:
    """Absences of the caller, of whom the caller leads, and in which the caller stands in."""
    with view() as moment:
        return absences.absences(moment)


@bp.act("POST", "/absences", Created(), takes=s.AbsenceBody(), status=201)
def save_absence(given: dict[str, Any]) -> IdResult:
    """Let a substitute stand in, for oneself or for somebody one leads."""
    return execute(c.SaveAbsence(**given), IdResult)


@bp.act("DELETE", "/absences/<id:absence_id>", None)
def end_absence(absence_id: int) -> None:
    """End an absence now, or call it off."""
    execute(c.EndAbsence(absence_id=absence_id), IdResult)
