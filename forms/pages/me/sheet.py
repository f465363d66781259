"""The page with all its parts; whoever refuses one form shows the whole page again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from flask import Response

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Person, Preferences
from engine.domain.setup import Setup
from engine.queries import absences, people, sessions
from engine.queries.absences import AbsenceItem
from engine.queries.preferences import preferences
from engine.queries.sessions import Session
from engine.secrets import digest_token
from engine.store.view import View
from forms.pages import replies
from forms.pages.acts.act import Choice, Field
from forms.pages.caller import person, view
from forms.pages.language import choose, gettext, mark
from forms.pages.moments import zone
from forms.pages.session import token
from forms.pages.words import role_word

#: Forms of the page; a refusal names the one it is about.
FORMS: Final = ("choices", "password", "absence", "token")


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a form, and what was typed into it.

    Attributes:
        errors: Pairs of a field's name and a sentence.
    """

    form: str
    errors: Sequence[tuple[str, str]]
    typed: dict[str, str] = {}
    status: int = 422


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    unit: str
    roles: list[str]
    choices: Preferences
    sessions: list[Session]
    absences: list[AbsenceItem]
    absence_fields: tuple[Field, ...]
    token_fields: tuple[Field, ...]
    zone: str


def show(refused: Refused | None = None, *, issued: str | None = None) -> Response:
    """The page.

    Args:
        refused: What is wrong with one of its forms.
        issued: A token to show this once.
    """
    with view() as moment:
        sheet = Sheet(
            unit=_unit(moment.setup, person().unit_id),
            roles=_roles(moment.setup, person()),
            choices=preferences(moment),
            sessions=sessions.sessions(moment, digest_token(token())),
            absences=absences.absences(moment),
            absence_fields=absence_fields(moment),
            token_fields=TOKEN_FIELDS,
            zone=str(zone()),
        )
        now = moment.now
    errors: dict[str, dict[str, str]] = {form: {} for form in FORMS}
    typed: dict[str, dict[str, str]] = {form: {} for form in FORMS}
    if refused is not None:
        errors[refused.form] = dict(refused.errors)
        typed[refused.form] = refused.typed
    return replies.page(
        "me/page.html",
        200 if refused is None else refused.status,
        nav="me",
        sheet=sheet,
        errors=errors,
        wrong=[] if refused is None else list(refused.errors),
        typed=typed,
        issued=issued,
        now=now,
    )


def absence_fields(moment: View) -> tuple[Field, ...]:
    """What an absence asks; leaders may name somebody else."""
    likely = tuple(
        Choice(value=each.login, label=each.label) for each in people.colleagues(moment)
    )
    whose: tuple[Field, ...] = ()
    if access.may_anywhere(person(), Act.LEAD):
        whose = (
            Field(
                name="login",
                label=mark("Who is away"),
                kind="person",
                required=False,
                help=mark("Left empty: you yourself."),
                choices=likely,
            ),
        )
    return (
        *whose,
        Field(name="substitute", label=mark("Substitute"), kind="person", choices=likely),
        Field(name="starts_at", label=mark("Away from"), kind="moment"),
        Field(name="ends_at", label=mark("Away until"), kind="moment"),
        Field(name="reason", label=mark("Reason"), required=False),
    )


TOKEN_FIELDS: Final = (
    Field(
        name="name",
        label=mark("What the token is for"),
        help=mark("For example the name of the program that uses it."),
    ),
    Field(
        name="days",
        label=mark("Valid for days"),
        value="30",
        help=mark("1 to 365 days."),
    ),
)


def _unit(setup: Setup, unit_id: int) -> str:
    unit = setup.units.get(unit_id)
    return "" if unit is None else choose(unit.name, unit.name_en)


def _roles(setup: Setup, of: Person) -> list[str]:
    return [
        gettext("%(role)s, %(unit)s", role=role_word(grant.role), unit=_unit(setup, grant.unit_id))
        for grant in of.grants
    ]
