"""People and units."""

from __future__ import annotations

from typing import Any

from api.caller import execute, person, view
from api.operations import Resource
from api.paging import PageQuery
from api.schemas import people as s
from api.schemas.orders import Created
from engine.domain import access
from engine.domain import commands as c
from engine.domain.records import Person, Unit
from engine.handlers.results import IdResult
from engine.queries import records
from engine.queries.paging import Page

bp = Resource("people", "People 人员, units 单位 and roles.")


@bp.read("/me", s.Me(), refusals=(401, 422, 503))
def me() -> dict[str, Any]:
    """The caller: who it is and what it may do somewhere."""
    caller = person()
    shown = {name: getattr(caller, name) for name in caller.__struct_fields__}
    return {
        **shown,
        "acts": [act.value for act in access.Act if access.may_anywhere(caller, act)],
    }


@bp.read("/people", s.PersonPage(), query=PageQuery(), refusals=(401, 422, 503))
def list_people(query: dict[str, Any]) -> Page[Person]:
    """List people of units the caller may see."""
    with view() as moment:
        return records.list_people(moment, **query)


@bp.read("/people/<login:login>", s.PersonRow())
def one_person(login: str) -> Person:
    """One person."""
    with view() as moment:
        return records.person_by_login(moment, login)


@bp.act("PUT", "/people/<login:login>", Created(), takes=s.PersonBody())
def save_person(login: str, given: dict[str, Any]) -> IdResult:
    """Create or change a person (administrators)."""
    return execute(c.SavePerson(login=login, **given), IdResult)


@bp.act("PUT", "/people/<login:login>/roles", Created(), takes=s.GrantsBody())
def grant(login: str, given: dict[str, Any]) -> IdResult:
    """Set all roles of a person (administrators)."""
    grants = tuple((one["role"], one["unit"]) for one in given["grants"])
    return execute(c.GrantRoles(login=login, grants=grants), IdResult)


@bp.read("/units", s.UnitRow(), many=True, refusals=(401, 422, 503))
def list_units() -> list[Unit]:
    """The organisation, parents before children."""
    with view() as moment:
        return sorted(moment.setup.units.values(), key=lambda unit: unit.path.split("/"))


@bp.read("/units/<code:unit_code>", s.UnitRow())
def unit(unit_code: str) -> Unit:
    """One unit."""
    with view() as moment:
        return moment.setup.unit_by_code(unit_code)


@bp.act("PUT", "/units/<code:unit_code>", Created(), takes=s.UnitBody())
def save_unit(unit_code: str, given: dict[str, Any]) -> IdResult:
    """Create or change a unit (administrators)."""
    return execute(c.SaveUnit(code=unit_code, **given), IdResult)
