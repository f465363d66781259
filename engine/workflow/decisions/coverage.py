"""Warnings about tables as a whole: rows in vain, rows that overlap, inputs no row is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from math import prod
from typing import Final

from engine.domain.feel.syntax import Constant
from engine.domain.feel.values import is_same
from engine.workflow.decisions.regions import (
    EVERYTHING,
    Region,
    atoms,
    covers,
    is_whole_gap,
    overlap,
    region_of,
    written,
)
from engine.workflow.decisions.tables import InputColumn, Rule, Table

MAX_RULES: Final = 400
MAX_COMPARED: Final = 100_000
_SINGLE: Final = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
_SHOWN: Final = 3

Row = tuple["Region | None", ...]


def regions(table: Table) -> list[Row]:
    """What each cell matches, row by row."""
    return [tuple(region_of(tests.tests) for tests in rule.tests) for rule in table.rules]


def overlaps(table: Table) -> Iterator[tuple[int, int]]:
    """Numbers of rows that stand in each other's way under the hit policy, the earlier first.

    For FIRST these are rows that can never be the first; for UNIQUE and ANY rows that match the
    same input and then give no answer. At most one pair for each later row.
    """
    if table.policy not in {"UNIQUE", "ANY", "FIRST"} or len(table.rules) > MAX_RULES:
        return
    rows = regions(table)
    for later, row in enumerate(rows):
        for earlier in range(later):
            pairs = list(zip(rows[earlier], row, strict=True))
            if table.policy == "FIRST":
                is_in_the_way = all(_surely_covers(*pair) for pair in pairs)
            elif table.policy == "ANY" and _agree(table.rules[earlier], table.rules[later]):
                is_in_the_way = False
            else:
                is_in_the_way = all(_surely_meets(*pair) for pair in pairs) or all(
                    _surely_covers(*pair) for pair in pairs
                )
            if is_in_the_way:
                yield earlier + 1, later + 1
                break


def _surely_covers(one: Region | None, other: Region | None) -> bool:
    if one == EVERYTHING:
        return True
    return one is not None and other is not None and covers(one, other)


def _surely_meets(one: Region | None, other: Region | None) -> bool:
    return one is not None and other is not None and overlap(one, other) is True


def _agree(one: Rule, other: Rule) -> bool:
    """Whether two rows may give the same; only constants are known to differ."""
    for mine, its in zip(one.values, other.values, strict=True):
        values = [None if cell is None else cell.tree for cell in (mine, its)]
        if all(value is None or isinstance(value, Constant) for value in values):
            left, right = (
                value.value if isinstance(value, Constant) else None for value in values
            )
            if not is_same(left, right):
                return False
    return True


def gaps(table: Table) -> list[str]:
    """Some inputs that no row matches, where ranges and enumerations allow to tell."""
    if table.policy not in _SINGLE or any(one.default is not None for one in table.outputs):
        return []
    rows = regions(table)
    if not rows or len(rows) > MAX_RULES or any(None in row for row in rows):
        return []
    known = [tuple(region or EVERYTHING for region in row) for row in rows]
    pieces: list[list[Region]] = []
    for at, column in enumerate(table.inputs):
        found = _pieces(column, [row[at] for row in known])
        if found is None:
            return []
        pieces.append(found)
    if prod(map(len, pieces)) * len(rows) > MAX_COMPARED:
        return []
    missing = (
        cell for cell in product(*pieces) if not any(all(map(covers, row, cell)) for row in known)
    )
    return [_sentence(table.inputs, cell) for cell in islice(missing, _SHOWN)]


def _pieces(column: InputColumn, cells: Sequence[Region]) -> list[Region] | None:
    if all(cell == EVERYTHING for cell in cells):
        return [EVERYTHING]
    found = atoms(cells, column.type.values)
    if found is None or not column.type.is_whole:
        return found
    return [piece for piece in found if not is_whole_gap(piece)]


def _sentence(columns: Sequence[InputColumn], cell: Sequence[Region]) -> str:
    return ", ".join(
        f"{column.label}: {written(piece)}"
        for column, piece in zip(columns, cell, strict=True)
        if piece != EVERYTHING
    )
