"""Orders that belong to one, as pages show them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.domain.records import Order
from engine.queries import relations as query
from engine.queries.order_list import OrderItem
from engine.store.view import View
from forms.pages.words import state_word, title_word


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An order."""

    number: str
    title: str
    started_at: datetime
    due_at: datetime | None
    is_late: bool
    state: str


class Relations(msgspec.Struct, frozen=True, kw_only=True):
    """Parent, children, and the newest others of the customer."""

    parent: list[Row]
    children: list[Row]
    others: list[Row]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.parent) + len(self.children) + len(self.others)


def relations(moment: View, order: Order) -> Relations:
    """Related orders the reader may see, of one the caller has checked."""
    found = query.relations(moment, order)
    return Relations(
        parent=[] if found.parent is None else [_row(moment, found.parent)],
        children=[_row(moment, item) for item in found.children],
        others=[_row(moment, item) for item in found.others],
    )


def _row(moment: View, item: OrderItem) -> Row:
    return Row(
        number=item.number,
        title=title_word(item.title, item.process, moment.setup),
        started_at=item.started_at,
        due_at=item.due_at,
        is_late=item.is_overdue and item.status != "ended",
        state=state_word(item.state),
    )
