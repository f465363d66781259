"""From a form definition to what checks values: a tree of keys and a marshmallow schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow import fields as ma
from typing_extensions import override

from engine.domain.feel import Expression
from engine.domain.forms import FormBrokenError
from forms.conditions import Conditions, compiled, own_hide
from forms.definition import CONTAINERS, DISPLAY, INPUTS, Component, Definition, read
from forms.fields import field_of, refusal
from forms.patterns import Pattern

MAX_COMPONENTS: Final = 500
MAX_NESTING: Final = 6


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the form."""

    component: Component
    conditions: Conditions
    field: ma.Field[Any]
    pattern: Pattern | None


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """An object of values, from a group with a path or from a dotted key."""

    children: dict[str, Node]


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """A list of objects, from a dynamic list."""

    component: Component
    conditions: Conditions
    row: Branch


Node = Leaf | Branch | Rows


class CompiledForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form ready to check values; immutable and shared between threads."""

    root: Branch
    schema: Schema


class FormSchema(Schema):
    """Shape and type of values; unknown keys are left to the rules, which can name them."""

    class Meta:
        """Marshmallow options."""

        unknown = EXCLUDE


class RowList(ma.Field[list[dict[str, Any]]]):
    """Rows of a dynamic list; a wrong row is kept as far as it is right, so none is shifted."""

    def __init__(self, row: Schema, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._row = row

    @override
    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise refusal("list_expected")
        rows: list[dict[str, Any]] = []
        problems: dict[int, Any] = {}
        for position, row in enumerate(value):
            try:
                rows.append(self._row.load(row))
            except ValidationError as error:
                problems[position] = error.messages
                rows.append(error.valid_data if isinstance(error.valid_data, dict) else {})
        if problems:
            raise ValidationError(problems, valid_data=rows)
        return rows


def compile_form(form: bytes, zone: ZoneInfo) -> CompiledForm:
    """Compile a definition.

    Args:
        form: The file.
        zone: Zone of wall times typed into the form.

    Raises:
        FormBrokenError: The definition is wrong; the first reason found.
    """
    definition = read(form)
    root = Tree(zone).grown(definition)
    return CompiledForm(root=root, schema=_schema(root))


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

    def grown(self, definition: Definition) -> Branch:
        """The tree of a definition.

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
        self._grow(root, definition.components, hides=())
        return root

    def _grow(
        self, parent: Branch, components: tuple[Component, ...], *, hides: tuple[Expression, ...]
    ) -> None:
        for component in components:
            try:
                self._place(parent, component, hides)
            except FormBrokenError as error:
                self._refuse(component, error)

    def _place(self, parent: Branch, component: Component, hides: tuple[Expression, ...]) -> None:
        if component.type in INPUTS:
            self._claim(parent, component.key, component, self._leaf(component, hides))
        elif component.type == "group":
            inside = self._reach(parent, component.path, component)
            self._grow(inside, component.components, hides=(*hides, *own_hide(component)))
        elif component.type == "dynamiclist":
            rows = Rows(
                component=component,
                conditions=compiled(component, hides),
                row=Branch(children={}),
            )
            self._claim(parent, component.path, component, rows)
            self._grow(rows.row, component.components, hides=())
        elif component.type in DISPLAY:
            own_hide(component)
        else:
            known = ", ".join(sorted(INPUTS | CONTAINERS | DISPLAY))
            raise FormBrokenError(
                f"component type {component.type!r} is unknown (known: {known})",
                f"组件类型“{component.type}”未知（可用：{known}）",
            )

    def _leaf(self, component: Component, hides: tuple[Expression, ...]) -> Leaf:
        source = component.rules.pattern
        return Leaf(
            component=component,
            conditions=compiled(component, hides),
            field=field_of(component, self._zone),
            pattern=Pattern(source) if source else None,
        )

    def _claim(self, parent: Branch, path: str, component: Component, node: Leaf | Rows) -> None:
        *outer, last = path.split(".")
        inside = self._reach(parent, ".".join(outer), component)
        if not _is_name(last):
            raise FormBrokenError(f"{path!r} is not a key", f"“{path}”不能作为键")
        if last in inside.children:
            raise FormBrokenError(f"key {path!r} is used twice", f"键“{path}”重复使用")
        inside.children[last] = node

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


def _schema(branch: Branch) -> Schema:
    """Schema of a branch. Attribute names are numbered: a key may be any word, even ``Meta``."""
    declared = {
        f"field_{number}": _declared(node, name)
        for number, (name, node) in enumerate(branch.children.items())
    }
    return FormSchema.from_dict(declared, name="Form")()


def _declared(node: Node, name: str) -> ma.Field[Any]:
    match node:
        case Leaf():
            field = node.field
            field.data_key = field.attribute = name
            return field
        case Rows():
            return RowList(_schema(node.row), data_key=name, attribute=name, allow_none=True)
        case Branch():
            return ma.Nested(_schema(node), data_key=name, attribute=name, allow_none=True)
