"""What commands name by code or login: units and people, refused as wrong content when unknown."""

from __future__ import annotations

from collections.abc import Iterable

from engine.domain.records import Person, Unit
from engine.domain.setup import Setup
from engine.errors import InvalidError
from engine.store.ledger import Ledger


class PersonUnknownError(InvalidError):
    """A login that names nobody who can work."""

    code = "person_unknown"
    template = "Expected logins of active people, but {logins} name none."


class UnitUnknownError(InvalidError):
    """The content of a command names a unit that does not exist."""

    code = "unit_unknown"
    template = "Expected {field} to be the code of a unit, but {unit} is none."


def unit_named(setup: Setup, code: str, *, field: str = "unit") -> Unit:
    """The unit with this code.

    Args:
        setup: Where units are.
        code: Its code.
        field: What named it, for the refusal.

    Raises:
        UnitUnknownError: None has it.
    """
    unit = setup.units_by_code.get(code)
    if unit is None:
        raise UnitUnknownError(field=field, unit=code)
    return unit


def people_named(ledger: Ledger, logins: Iterable[str]) -> tuple[Person, ...]:
    """The active people with these logins, each once, by id.

    Raises:
        PersonUnknownError: Some logins name none; it tells which.
    """
    found = {login: ledger.person_by_login(login) for login in logins}
    people = {
        person.id: person for person in found.values() if person is not None and person.is_active
    }
    missing = [login for login, person in found.items() if person is None or not person.is_active]
    if missing:
        raise PersonUnknownError(logins=", ".join(missing))
    return tuple(people[key] for key in sorted(people))
