"""What an act is made of: what it is about, what it asks, which command it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from engine.domain import access
from engine.domain.commands import Command
from engine.domain.records import Order, Person, Task
from engine.handlers.results import Result
from engine.store.view import View
from forms.pages.language import gettext

#: What a person filled in, by field; ``_version`` is what the form was shown with.
Values = Mapping[str, Any]
#: Key of the version among the values.
VERSION = "_version"


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What an act is about, at one moment, for the person who looks.

    Attributes:
        task: None on the page of an order.
        asked_for: The task for which more time on the clock of this one is asked for.
    """

    moment: View
    order: Order
    task: Task | None = None
    asked_for: int | None = None

    @property
    def person(self) -> Person:
        """Who looks.

        Raises:
            NotAllowedError: Nobody does.
        """
        if self.moment.by is None:
            raise access.NotAllowedError(act="read", roles="any")
        return self.moment.by

    @property
    def path(self) -> str:
        """Path of the unit the task, else the order, belongs to."""
        if self.task is None:
            return self.order.unit_path
        return self.moment.setup.unit(self.task.unit_id).path

    @property
    def is_open(self) -> bool:
        """Whether there is a task that waits, in an order that runs."""
        return self.task is not None and self.task.is_open and self.order.status == "running"

    @property
    def holds(self) -> bool:
        """Whether the person, or somebody they stand in for, holds the task."""
        return self.task is not None and self.task.assignee in access.hands(self.person)

    @property
    def works(self) -> bool:
        """Whether the person works on the order, as `engine.handlers.loading` sees it."""
        task, path = self.task, self.order.unit_path
        holds = task is not None and task.is_open and self.holds and task.purpose != "signature"
        return access.may(self.person, access.Act.WORK, path) or holds

    @property
    def is_worker(self) -> bool:
        """Whether the person may work on the task now, or could were it not on hold."""
        return self.task is not None and access.is_worker(self.person, self.task, self.path)

    def may(self, act: access.Act) -> bool:
        """Whether a role allows the act where the task, else the order, belongs."""
        return access.may(self.person, act, self.path)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the values a field takes, in the reader's language."""

    value: str
    label: str
    detail: str = ""


Kind = Literal["line", "lines", "choice", "person", "people", "moment", "check"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Something an act asks.

    Attributes:
        label: Marked for translation; so is ``help``.
        choices: Of a ``choice`` all there are; of ``person`` those who are likely.
        is_closed: Of a ``person``: nobody but those of ``choices``.
        without: What is said instead of the form if there are no choices.
        value: What stands in it at first.
        ticks: Name and value of the choice whoever fills this in has made.
    """

    name: str
    label: str
    kind: Kind = "line"
    required: bool = True
    help: str = ""
    choices: tuple[Choice, ...] = ()
    is_closed: bool = False
    without: str = ""
    value: str = ""
    ticks: tuple[str, str] | None = None


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """The act on the same object that takes another one back, with what it is told."""

    act: str
    fields: dict[str, str] = {}


def no_fields(subject: Subject, values: Values) -> dict[str, str]:
    """Nothing to complain about."""
    del subject, values
    return {}


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something people do to a task or an order.

    Attributes:
        name: In the address, unique.
        label: Marked for translation; so is ``hint``, a sentence shown above the fields.
        about: What the address names: the task or its order.
        offered: Whether the person could do it now; asks the database nothing.
        make: The command.
        result: What the command answers.
        toast: What is told when it was done: marked for translation, or computed in the reader's
            language.
        fields: What it asks; None if a button is enough.
        check: Rules between fields: a sentence for each that breaks one.
        undo: How it is taken back, None if it is not.
        key: Key that presses it, empty for none.
        tone: ``p`` for the act most wanted, ``d`` for one that takes something away.
        is_main: Whether it stays beside the title; others are behind a menu.
        leaves: Whether the task goes out of the person's hands.
        leads_to: Where to go on, if it is neither the list nor where one came from.
    """

    name: str
    label: str
    icon: str
    about: Literal["task", "order"]
    offered: Callable[[Subject], bool]
    make: Callable[[Subject, Values], Command]
    result: type[Result]
    toast: str | Callable[[Subject, Values, Any], str]
    fields: tuple[Field, ...] | Callable[[Subject], Sequence[Field]] | None = None
    hint: str = ""
    check: Callable[[Subject, Values], dict[str, str]] = no_fields
    undo: Undo | Callable[[Subject, Values, Any], Undo | None] | None = None
    key: str = ""
    tone: Literal["", "p", "d"] = ""
    is_main: bool = False
    leaves: bool = False
    leads_to: Callable[[Subject, Any], str | None] = lambda _subject, _result: None

    def asked(self, subject: Subject) -> Sequence[Field]:
        """What it asks of this task or order."""
        return self.fields(subject) if callable(self.fields) else self.fields or ()

    def told(self, subject: Subject, values: Values, result: Result) -> str:
        """What is told when it was done, in the reader's language."""
        if isinstance(self.toast, str):
            return gettext(self.toast)
        return self.toast(subject, values, result)

    def way_back(self, subject: Subject, values: Values, result: Result) -> Undo | None:
        """How it is taken back, None if it is not."""
        return self.undo(subject, values, result) if callable(self.undo) else self.undo


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An act as a button, see the macro in ``acts/macros.html``."""

    name: str
    label: str
    icon: str
    path: str
    has_dialog: bool
    key: str
    tone: str
    is_main: bool
    version: int
