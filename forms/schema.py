"""From a form definition to what checks values and is drawn."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow import fields as ma
from typing_extensions import override

from engine.domain.forms import NO_RIGHTS, Rights
from forms.fields import refusal
from forms.growing import Tree
from forms.reading import read
from forms.rights import paths
from forms.tree import Branch, CompiledForm, Leaf, Node, Rows, drawn_by, every


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


def compile_form(form: bytes, zone: ZoneInfo, rights: Rights = NO_RIGHTS) -> CompiledForm:
    """Compile a definition.

    Args:
        form: The file.
        zone: Zone of wall times typed into the form.
        rights: What the step may do with its fields.

    Raises:
        FormBrokenError: The definition is wrong; the first reason found.
    """
    definition = read(form, rights)
    root, blocks = Tree(zone).grown(definition)
    return CompiledForm(
        root=root,
        schema=_schema(root),
        blocks=blocks,
        is_computed=any(block.component.type == "expression" for block in every(blocks)),
        triggers=frozenset[str]().union(*map(drawn_by, every(blocks))),
        paths=tuple(paths(definition.components)),
        has_records=any(block.component.options_from for block in every(blocks)),
    )


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
