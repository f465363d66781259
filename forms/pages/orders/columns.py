"""What a list of orders says in a file: columns, words and wall times in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask, g

from engine.exporting import Cell
from engine.queries.order_list import OrderItem, Step, current_steps
from engine.queries.order_query import OrderQuery
from engine.store.view import View
from forms.pages import moments
from forms.pages.labels import Labels
from forms.pages.language import choose, gettext, mark
from forms.pages.words import (
    hold_word,
    outcome_word,
    process_word,
    state_word,
    status_word,
    title_word,
)

_HEADS: Final = (
    mark("Order"),
    mark("Title"),
    mark("Process"),
    mark("Customer"),
    mark("Unit"),
    mark("State"),
    mark("Progress"),
    mark("Current steps"),
    mark("With"),
    mark("Started"),
    mark("Deadline"),
    mark("Overdue"),
    mark("Ended at"),
    mark("Outcome"),
    mark("On hold"),
    mark("Escalation level"),
    mark("Urged"),
    mark("Hand-overs"),
    mark("Open incidents"),
)


class OrderColumns:
    """See `engine.exporting.ListWords`."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        # Words ask the application around them for language and zone, as on pages.
        self._app = Flask("gongdan.lists", static_folder=None)
        moments.register(self._app, zone)

    def heads(self, view: View, query: OrderQuery, language: str) -> list[str]:
        """See `engine.exporting.ListWords`."""
        with self._speaking(language):
            labels, published = _published(view, query)
            return [*map(gettext, _HEADS), *map(labels.name, published)]

    def rows(
        self, view: View, query: OrderQuery, items: Sequence[OrderItem], language: str
    ) -> list[list[Cell]]:
        """See `engine.exporting.ListWords`."""
        steps = current_steps(view, [item.id for item in items])
        with self._speaking(language):
            labels, published = _published(view, query)
            return [
                [
                    *self._cells(view, item, steps.get(item.id, [])),
                    *(_told(labels, name, item.variables.get(name)) for name in published),
                ]
                for item in items
            ]

    @contextmanager
    def _speaking(self, language: str) -> Iterator[None]:
        with self._app.app_context():
            g.language = language
            yield

    def _cells(self, view: View, item: OrderItem, steps: Sequence[Step]) -> list[Cell]:
        unit = view.setup.unit(item.unit_id)
        return [
            item.number,
            title_word(item.title, item.process, view.setup),
            process_word(item.process, view.setup),
            item.customer_name,
            choose(unit.name, unit.name_en),
            state_word(item.state),
            status_word(item.status),
            gettext(", ").join(choose(step.name, step.name_en) for step in steps),
            gettext(", ").join(step.assignee for step in steps if step.assignee),
            self._wall(item.started_at),
            self._wall(item.due_at),
            gettext("Yes") if item.is_overdue else gettext("No"),
            self._wall(item.ended_at),
            outcome_word(item.outcome) if item.outcome else None,
            hold_word(item.held, view.setup) if item.held else None,
            item.level,
            item.urges,
            item.handovers,
            item.incidents,
        ]

    def _wall(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self.zone).replace(tzinfo=None)


def _published(view: View, query: OrderQuery) -> tuple[Labels, list[str]]:
    """Published variables of the one process a list is about, those people have words for."""
    definition = view.setup.latest.get(query.process)
    if definition is None:
        return Labels(view, ()), []
    labels = Labels(view, [definition])
    return labels, sorted(name for name in definition.publish if labels.is_known(name))


def _told(labels: Labels, name: str, value: str | None) -> str | None:
    return None if value is None else labels.value(name, value)
