"""How wide components are: as the form says in sixteenths, else by what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from forms.rendering.items import Item
from forms.tree import Block

#: Columns of the page, and of form-js.
_COLUMNS: Final = 12
_SIXTEENTHS: Final = 16
_LEAST: Final = 3
_HALF: Final = 6
#: Kinds that are at home in half a row.
_NARROW: Final = frozenset({"line", "select", "search", "fixed"})


def spans(drawn: Sequence[tuple[Block, Item]]) -> tuple[Item, ...]:
    """The items with their widths."""
    rows: dict[str, int] = {}
    for block, _ in drawn:
        row = block.component.layout.row
        if row:
            rows[row] = rows.get(row, 0) + 1
    items = [replace(item, span=_span(block, item, rows)) for block, item in drawn]
    return tuple(_stretched(items))


def _span(block: Block, item: Item, rows: dict[str, int]) -> int:
    layout = block.component.layout
    if layout.columns:
        return max(_LEAST, min(_COLUMNS, round(layout.columns * _COLUMNS / _SIXTEENTHS)))
    together = rows.get(layout.row or "", 1)
    if together > 1:
        return max(_LEAST, _COLUMNS // together)
    is_long = item.kind == "line" and (item.longest or 0) > _LONG
    return _HALF if item.kind in _NARROW and not is_long else _COLUMNS


#: Texts that may be longer than this get a whole row.
_LONG: Final = 120


def _stretched(items: list[Item]) -> list[Item]:
    """A text alone in its row gets all of it; a number or date alone does not need to."""
    used = 0
    for position, item in enumerate(items):
        if used + item.span > _COLUMNS:
            used = 0
        is_alone = used == 0 and (
            position + 1 == len(items) or items[position + 1].span + item.span > _COLUMNS
        )
        is_text = item.kind == "line" and item.input_type == "text" and not item.input_mode
        if item.span == _HALF and is_alone and is_text:
            items[position] = replace(item, span=_COLUMNS)
            used = _COLUMNS
        else:
            used = (used + item.span) % _COLUMNS
    return items
