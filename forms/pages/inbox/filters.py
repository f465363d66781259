"""The panel of filters of a task list, with how many tasks each choice would leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from flask import Response
from werkzeug.datastructures import MultiDict

from engine.domain.records import Definition
from engine.domain.setup import Setup
from engine.queries.facets import MOST, Traits, traits
from engine.queries.task_filters import Filters
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import is_partial
from forms.pages.inbox.query import CHOICES, VARIABLE, ListQuery
from forms.pages.labels import Labels
from forms.pages.language import choose, gettext, mark
from forms.pages.words import PRIORITIES, process_word, purpose_word, task_state_word

#: Names of the field pair that makes a filter by a published variable.
NAME, VALUE = "name", "value"

#: Whether a task passes a choice of a field.
_Test = Callable[[Traits, str, Setup], bool]
_TESTS: Final[Mapping[str, _Test]] = {
    "process": lambda task, value, _setup: task.process == value,
    "unit": lambda task, value, setup: setup.units[task.unit_id].path.startswith(
        setup.unit_by_code(value).path
    ),
    "grade": lambda task, value, _setup: task.grade == value,
    "state": lambda task, value, _setup: task.state == value,
    "purpose": lambda task, value, _setup: task.purpose == value,
    "priority": lambda task, value, _setup: task.priority >= int(value),
    "level": lambda task, value, _setup: task.level >= int(value),
    "held": lambda task, value, _setup: task.is_held == (value == "yes"),
    "overdue": lambda task, value, _setup: task.is_overdue == (value == "yes"),
}
_LABELS: Final[Mapping[str, str]] = {
    "process": mark("Process"),
    "unit": mark("Unit"),
    "grade": mark("Customer class"),
    "state": mark("State"),
    "purpose": mark("Kind of task"),
    "priority": mark("Priority"),
    "level": mark("Escalation level"),
    "held": mark("On hold"),
    "overdue": mark("Overdue"),
}


class Option(msgspec.Struct, frozen=True):
    """A choice.

    Attributes:
        count: How many tasks it would leave, in words.
    """

    value: str
    word: str
    count: str


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the panel."""

    name: str
    label: str
    chosen: str
    options: list[Option]


def panel(moment: View, args: MultiDict[str, str]) -> Response:
    """The panel; once it is filled in, the list with these filters."""
    asked = _asked(moment, args)
    if "apply" in args:
        return replies.go(asked.here)
    labels = Labels(moment, _definitions(moment, asked))
    found = traits(moment, asked.tab, _other(asked))
    names = _published(moment, asked)
    return replies.page(
        "inbox/filters_dialog.html" if is_partial() else "inbox/filters_page.html",
        asked=asked,
        facets=[_facet(moment.setup, asked, name, found) for name in _TESTS],
        variables=sorted(((name, labels.name(name)) for name in names), key=lambda one: one[1]),
        is_part=len(found) >= MOST,
        most=MOST,
    )


def _asked(moment: View, args: MultiDict[str, str]) -> ListQuery:
    """What the panel was filled in with: variables come as pairs of fields."""
    given = MultiDict(args)
    pairs = zip(args.getlist(NAME), args.getlist(VALUE), strict=False)
    for name, value in pairs:
        if name and value.strip():
            given.add(VARIABLE, f"{name}={value}")
    return ListQuery.of(given, moment.setup)


def _other(asked: ListQuery) -> Filters:
    """Filters that are no facets."""
    return Filters(text=asked.text or None, variables=dict(asked.variables))


def _definitions(moment: View, asked: ListQuery) -> list[Definition]:
    latest = moment.setup.latest
    return [latest[asked.process]] if asked.process else list(latest.values())


def _published(moment: View, asked: ListQuery) -> list[str]:
    named = {name for name, _ in asked.variables}
    for definition in moment.setup.latest.values():
        if not asked.process or definition.key == asked.process:
            named |= definition.publish
    return sorted(named)


def _facet(setup: Setup, asked: ListQuery, name: str, found: list[Traits]) -> Facet:
    others = {
        other: getattr(asked, other) for other in _TESTS if other != name and getattr(asked, other)
    }
    left = [
        task
        for task in found
        if all(_TESTS[other](task, value, setup) for other, value in others.items())
    ]
    chosen = getattr(asked, name)
    options = []
    for value, word in _values(setup, name, left):
        count = sum(_TESTS[name](task, value, setup) for task in left)
        if count or value == chosen:
            options.append(Option(value, word, _count(count, len(found))))
    return Facet(name=name, label=gettext(_LABELS[name]), chosen=chosen, options=options)


def _count(number: int, looked_at: int) -> str:
    return f"{number}+" if looked_at >= MOST else str(number)


def _values(setup: Setup, name: str, left: list[Traits]) -> list[tuple[str, str]]:
    if name == "process":
        return [(key, process_word(key, setup)) for key in sorted(setup.latest)]
    if name == "unit":
        above = {
            int(part)
            for task in left
            for part in setup.units[task.unit_id].path.split("/")
            if part
        }
        units = sorted((setup.units[one] for one in above), key=lambda unit: unit.path)
        return [(unit.code, choose(unit.name, unit.name_en)) for unit in units]
    return [(value, _word(name, value)) for value in CHOICES[name]]


def _word(name: str, value: str) -> str:
    if name == "state":
        return task_state_word(value)
    if name == "purpose":
        return purpose_word(value)
    if name == "priority":
        words = {str(least): word for least, word in PRIORITIES}
        return gettext("%(word)s and above", word=gettext(words[value]))
    if name == "level":
        return gettext("Level %(level)s and above", level=value)
    if name in ("held", "overdue"):
        return gettext("Yes") if value == "yes" else gettext("No")
    return value
