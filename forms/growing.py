"""Grows the tree of a form from its definition; what cannot work is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from zoneinfo import ZoneInfo

from engine.domain.feel import Expression
from engine.domain.forms import FormBrokenError
from forms.conditions import compiled, own_hide
from forms.definition import CONTAINERS, DISPLAY, INPUTS, Component, Definition
from forms.fields import field_of
from forms.patterns import Pattern
from forms.tree import Block, Branch, Leaf, Rows
from forms.words import compile_words

MAX_COMPONENTS: Final = 500
MAX_NESTING: Final = 6


def walk(components: tuple[Component, ...], depth: int = 1) -> Iterator[tuple[Component, int]]:
    """All components with their depth, in the order they are shown."""
    for component in components:
        yield component, depth
        if depth < MAX_NESTING:
            yield from walk(component.components, depth + 1)


def nesting(components: tuple[Component, ...]) -> int:
    """Levels of components inside each other."""
    levels, present = 0, components
    while present:
        levels += 1
        present = tuple(inner for component in present for inner in component.components)
    return levels


class Tree:
    """Grows the tree of keys; two components cannot claim the same key.

    Args:
        zone: Zone of wall times.
        refuse: Called with component and error for each thing wrong; by default raises it.
    """

    def __init__(
        self, zone: ZoneInfo, refuse: Callable[[Component, FormBrokenError], None] | None = None
    ) -> None:
        self._zone = zone
        self._refuse = refuse or _raise

    def grown(self, definition: Definition) -> tuple[Branch, tuple[Block, ...]]:
        """The tree of a definition, and its components as they are drawn.

        Raises:
            FormBrokenError: Something in it is wrong.
        """
        if nesting(definition.components) > MAX_NESTING:
            raise FormBrokenError(
                f"it is nested deeper than {MAX_NESTING} levels", f"嵌套超过 {MAX_NESTING} 层"
            )
        if sum(1 for _ in walk(definition.components)) > MAX_COMPONENTS:
            raise FormBrokenError(
                f"it has more than {MAX_COMPONENTS} components", f"组件超过 {MAX_COMPONENTS} 个"
            )
        root = Branch(children={})
        return root, self._grow(root, definition.components, hides=())

    def _grow(
        self, parent: Branch, components: tuple[Component, ...], *, hides: tuple[Expression, ...]
    ) -> tuple[Block, ...]:
        blocks: list[Block] = []
        for component in components:
            try:
                blocks.append(self._place(parent, component, hides))
            except FormBrokenError as error:
                self._refuse(component, error)
        return tuple(blocks)

    def _place(self, parent: Branch, component: Component, hides: tuple[Expression, ...]) -> Block:
        node: Leaf | Rows | None = None
        names: tuple[str, ...] = ()
        blocks: tuple[Block, ...] = ()
        if component.type in INPUTS:
            node = self._leaf(component, hides)
            names = self._claim(parent, component.key, component, node)
        elif component.type == "group":
            inside = self._reach(parent, component.path, component)
            names = tuple(component.path.split(".")) if component.path else ()
            blocks = self._grow(inside, component.components, hides=(*hides, *own_hide(component)))
        elif component.type == "dynamiclist":
            node = Rows(
                component=component,
                conditions=compiled(component, hides),
                row=Branch(children={}),
            )
            names = self._claim(parent, component.path, component, node)
            blocks = self._grow(node.row, component.components, hides=())
        elif component.type not in DISPLAY:
            known = ", ".join(sorted(INPUTS | CONTAINERS | DISPLAY))
            raise FormBrokenError(
                f"component type {component.type!r} is unknown (known: {known})",
                f"组件类型“{component.type}”未知（可用：{known}）",
            )
        return Block(
            component=component,
            names=names,
            node=node,
            hides=own_hide(component),
            words=compile_words(component),
            blocks=blocks,
        )

    def _leaf(self, component: Component, hides: tuple[Expression, ...]) -> Leaf:
        source = component.rules.pattern
        return Leaf(
            component=component,
            conditions=compiled(component, hides),
            field=field_of(component, self._zone),
            pattern=Pattern(source) if source else None,
        )

    def _claim(
        self, parent: Branch, path: str, component: Component, node: Leaf | Rows
    ) -> tuple[str, ...]:
        """Give a node its place in the tree; the names that lead to it."""
        *outer, last = path.split(".")
        inside = self._reach(parent, ".".join(outer), component)
        if not _is_name(last):
            raise FormBrokenError(f"{path!r} is not a key", f"“{path}”不能作为键")
        if last in inside.children:
            raise FormBrokenError(f"key {path!r} is used twice", f"键“{path}”重复使用")
        inside.children[last] = node
        return (*outer, last)

    def _reach(self, parent: Branch, path: str, component: Component) -> Branch:
        """The branch at a path, grown where it is missing."""
        branch = parent
        for name in path.split(".") if path else ():
            if not _is_name(name):
                raise FormBrokenError(f"{path!r} is not a path", f"“{path}”不能作为路径")
            following = branch.children.setdefault(name, Branch(children={}))
            if not isinstance(following, Branch):
                raise FormBrokenError(
                    f"key {name!r} of {component.type} is used twice",
                    f"{component.type} 的键“{name}”重复使用",
                )
            branch = following
        return branch


def _raise(_component: Component, error: FormBrokenError) -> None:
    raise error


def _is_name(text: str) -> bool:
    return text.isidentifier() and not text.startswith("_")
