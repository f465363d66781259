"""How people arrange their own desk: what they put off, how they want it, lists they keep.

Working papers, no history: only the language is part of the account.
"""

from __future__ import annotations

import re
from typing import Any, Final

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Preferences
from engine.errors import ConflictError, InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.holding import InstantPastError
from engine.handlers.loading import load_task
from engine.handlers.naming import unit_named
from engine.handlers.results import IdResult

#: Choices there are; times of day are checked by their form.
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "language": ("zh", "en"),
    "theme": ("auto", "light", "dark"),
    "mail": ("each", "digest", "none"),
}
_TIME_OF_DAY: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
#: Pages that keep views. A person keeps so many.
_PAGES: Final = ("inbox", "orders")
_MOST_VIEWS: Final = 50
_LONGEST_NAME: Final = 60
_LONGEST_QUERY: Final = 2000


class PreferenceInvalidError(InvalidError):
    """A choice that does not exist."""

    code = "preference_invalid"
    template = "Expected {field} to be {expected}, but it is {actual}."


class ViewInvalidError(InvalidError):
    """A view needs a short name, a page and a query."""

    code = "view_invalid"
    template = "Expected {field} of the view to be {expected}, but it is {actual}."


class ViewNotFoundError(NotFoundError):
    """No such view of the caller."""

    code = "view_not_found"
    template = "Expected a view {view} of yours, but there is none."


class TooManyViewsError(ConflictError):
    """A person keeps a bounded number of views."""

    code = "too_many_views"
    template = "Expected at most {most} views, but you keep that many already."


def snooze_task(context: Context, command: commands.SnoozeTask) -> IdResult:
    """Put a task out of the caller's own sight for a while; its clocks go on."""
    if command.until is None:
        context.ledger.papers.end_snooze(command.task_id, context.person.id)
        return IdResult(id=command.task_id)
    load_task(context, command.task_id)
    if command.until <= context.now:
        raise InstantPastError(field="until", value=command.until.isoformat())
    context.ledger.papers.snooze(command.task_id, context.person.id, command.until)
    return IdResult(id=command.task_id)


def save_preferences(context: Context, command: commands.SavePreferences) -> IdResult:
    """Change the choices that are given; the others stay."""
    person = context.person
    for field, known in _CHOICES.items():
        _require(field, getattr(command, field), " | ".join(known), known)
    if command.digest_at is not None and not _TIME_OF_DAY.fullmatch(command.digest_at):
        raise PreferenceInvalidError(
            field="digest_at", expected="HH:MM", actual=command.digest_at[:20]
        )
    if command.language not in (None, person.language):
        context.ledger.record(
            Stream.PERSON,
            person.id,
            facts.PersonSaved(person=person.id, values={"language": command.language}),
        )
    context.ledger.papers.save_preferences(
        person.id,
        {
            name: getattr(command, name)
            for name in Preferences.__struct_fields__
            if getattr(command, name) is not None
        },
    )
    return IdResult(id=person.id)


def _require(field: str, value: str | None, expected: str, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise PreferenceInvalidError(field=field, expected=expected, actual=value[:20])


def save_view(context: Context, command: commands.SaveView) -> IdResult:
    """Keep a list under a name, for oneself or for the people of a unit one leads."""
    ledger, person = context.ledger, context.person
    name, query = command.name.strip(), command.query.lstrip("?")
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise ViewInvalidError(
            field="name", expected=f"1-{_LONGEST_NAME} characters", actual=f"{len(name)}"
        )
    if command.page not in _PAGES:
        raise ViewInvalidError(field="page", expected=" | ".join(_PAGES), actual=command.page[:20])
    if len(query) > _LONGEST_QUERY or not query.isprintable():
        raise ViewInvalidError(
            field="query", expected=f"0-{_LONGEST_QUERY} characters", actual=f"{len(query)}"
        )
    unit_id = None
    if command.unit is not None:
        unit = unit_named(ledger.setup, command.unit)
        access.require(person, Act.LEAD, unit.path)
        unit_id = unit.id
    view_id = command.view_id
    if view_id is None:
        if ledger.papers.count_views(person.id) >= _MOST_VIEWS:
            raise TooManyViewsError(most=_MOST_VIEWS)
        view_id = ledger.next_id("saved_view")
    elif not ledger.papers.owns_view(person.id, view_id):
        raise ViewNotFoundError(view=view_id)
    values: dict[str, Any] = {
        "person_id": person.id,
        "unit_id": unit_id,
        "page": command.page,
        "name": name,
        "query": query,
    }
    ledger.papers.save_view(view_id, values)
    return IdResult(id=view_id)


def remove_view(context: Context, command: commands.RemoveView) -> IdResult:
    """Forget a view of one's own; those it was shared with lose it too."""
    if not context.ledger.papers.owns_view(context.person.id, command.view_id):
        raise ViewNotFoundError(view=command.view_id)
    context.ledger.papers.remove_view(command.view_id)
    return IdResult(id=command.view_id)
