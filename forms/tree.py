"""A compiled form: its values as a tree of keys, and its components as they are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from marshmallow import Schema
from marshmallow import fields as ma

from engine.domain.feel import Expression
from forms.conditions import Conditions, holds
from forms.definition import Component
from forms.patterns import Pattern
from forms.words import Words


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the form."""

    component: Component
    conditions: Conditions
    field: ma.Field[Any]
    pattern: Pattern | None

    @property
    def is_fixed(self) -> bool:
        """Whether nobody ever fills it in, whatever the other values are."""
        conditions = self.conditions
        is_never_shown = any(hide.is_constant and holds(hide, {}) for hide in conditions.hides)
        return self.component.disabled or conditions.readonly is True or is_never_shown


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """An object of values, from a group with a path or from a dotted key."""

    children: dict[str, Node]


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """A list of objects, from a dynamic list."""

    component: Component
    conditions: Conditions
    row: Branch

    @property
    def fixed(self) -> list[str]:
        """Names in a row that are shown or hidden but never filled in."""
        return [
            name
            for name, node in self.row.children.items()
            if isinstance(node, Leaf) and node.is_fixed
        ]

    def may_change(self, known: int, posted: int) -> bool:
        """Whether there may be so many rows.

        Args:
            known: Rows of the variable.
            posted: Rows that were sent.
        """
        if posted == known:
            return True
        if known and not self.component.allow_add_remove:
            return False
        # What cannot be filled in belongs to a row by its position.
        return posted > known or not self.fixed

    def kept(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row keeps whatever is posted for it."""
        return {name: row[name] for name in self.fixed if name in row}


Node = Leaf | Branch | Rows


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One component in the order of drawing.

    Attributes:
        names: Way to the object that holds its value, and for a field or list its own name last.
        node: Its value, None for what only shows or frames.
        hides: Its own condition to be hidden.
        words: Its texts, see `forms.words`.
        blocks: What it holds.
    """

    component: Component
    names: tuple[str, ...]
    node: Leaf | Rows | None
    hides: tuple[Expression, ...]
    words: Words
    blocks: tuple[Block, ...]


class CompiledForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form ready to check values and to be drawn; immutable and shared between threads.

    Attributes:
        root: Its values as a tree of keys. schema: What types they must have.
        blocks: Its components as they are drawn.
        is_computed: Whether it has computed fields.
        triggers: Names whose values change how something else is drawn.
        paths: Everything in it that can have rights.
        has_records: Whether records can be chosen in it.
    """

    root: Branch
    schema: Schema
    blocks: tuple[Block, ...]
    is_computed: bool
    triggers: frozenset[str]
    paths: tuple[str, ...]
    has_records: bool


def files_in(branch: Branch, values: Mapping[str, Any]) -> Iterator[int]:
    """Ids of the files among checked values."""
    for name, node in branch.children.items():
        value = values.get(name)
        if not value:
            continue
        match node:
            case Leaf(component=component):
                if component.type == "filepicker":
                    yield from map(int, value)
            case Rows():
                for row in value:
                    yield from files_in(node.row, row)
            case Branch():
                yield from files_in(node, value)


def every(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """All blocks, those inside others too."""
    for block in blocks:
        yield block
        yield from every(block.blocks)


def drawn_by(block: Block) -> frozenset[str]:
    """Names of which it depends how a block is drawn."""
    expressions = [*block.hides, *block.words.expressions()]
    if block.node is not None:
        conditions = block.node.conditions
        expressions += [
            one
            for one in (
                conditions.readonly,
                conditions.options,
                conditions.computed,
                conditions.multiple,
            )
            if isinstance(one, Expression)
        ]
    names = frozenset[str]().union(*(expression.names for expression in expressions))
    return names | {block.component.values_key.partition(".")[0]} - {""}
