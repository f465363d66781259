"""A form-js definition as data. Reads what is checked and drawn, and ignores the rest.

Source: form-js schema versions 16 to 19.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

OLDEST_SCHEMA: Final = 16
NEWEST_SCHEMA: Final = 19

#: Types that only show something; they hold no value and have no key.
DISPLAY: Final = frozenset(
    {"text", "html", "separator", "spacer", "image", "table", "button", "documentPreview"}
)
#: Types that hold one value under their key.
INPUTS: Final = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "datetime",
        "select",
        "radio",
        "checkbox",
        "checklist",
        "taglist",
        "filepicker",
        "expression",
    }
)
#: Types that hold others under their path: one object, or a list of objects.
CONTAINERS: Final = frozenset({"group", "dynamiclist"})
#: Types whose values come from a list of options.
CHOICES: Final = frozenset({"select", "radio", "checklist", "taglist"})
#: Types whose value is a list.
LISTS: Final = frozenset({"checklist", "taglist", "filepicker"})

Scalar = str | int | float | bool
#: A bound of a rule: a number, or a FEEL expression starting with ``=``.
Bound = int | float | str


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of a select, radio, checklist or taglist."""

    value: Any = None
    label: str = ""
    label_en: str = msgspec.field(default="", name="label:en")


class Rules(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``validate`` of a component."""

    required: bool = False
    min: Bound | None = None
    max: Bound | None = None
    min_length: Bound | None = None
    max_length: Bound | None = None
    pattern: str = ""
    pattern_error_message: str = ""
    validation_type: str = ""


class Conditional(msgspec.Struct, frozen=True, kw_only=True):
    """``conditional`` of a component."""

    hide: str = ""


class Appearance(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``appearance`` of a component: what stands before and behind the value."""

    prefix_adorner: str = ""
    suffix_adorner: str = ""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """``layout`` of a component.

    Attributes:
        row: Components with the same name stand in one row.
        columns: Width in sixteenths of the form; None shares what is left of the row.
    """

    row: str | None = None
    columns: int | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a table."""

    key: str = ""
    label: str = ""
    label_en: str = msgspec.field(default="", name="label:en")


class Component(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One component of a form; attributes as in form-js.

    Attributes:
        properties: Custom properties; ``label:en`` is the English label,
            ``patternErrorMessage:en`` the English message for a pattern that does not match,
            ``optionsFrom`` the kind of records to choose from, see `forms.records`.
        compute_on: When an ``expression`` is computed in the browser; here always at the end.
    """

    type: str
    id: str = ""
    key: str = ""
    path: str = ""
    label: str = ""
    description: str = ""
    components: tuple[Component, ...] = ()
    values: tuple[Option | Scalar, ...] = ()
    values_key: str = ""
    values_expression: str = ""
    # "validate" would shadow nothing here, but reads like a method.
    rules: Rules = msgspec.field(default=Rules(), name="validate")
    conditional: Conditional | None = None
    disabled: bool = False
    readonly: bool | str = False
    default_value: Any = None
    subtype: str = "date"
    date_label: str = ""
    time_serializing_format: str = ""
    disallow_passed_dates: bool = False
    decimal_digits: int | None = None
    increment: int | float | str | None = None
    serialize_to_string: bool = False
    multiple: bool | str = False
    expression: str = ""
    allow_add_remove: bool = True
    default_repetitions: int = 1
    text: str = ""
    content: str = ""
    source: str = ""
    alt: str = ""
    title: str = ""
    data_source: str = ""
    columns: tuple[Column, ...] = ()
    columns_expression: str = ""
    row_count: int | None = None
    height: int | float | None = None
    action: str = "submit"
    accept: str = ""
    appearance: Appearance = Appearance()
    layout: Layout = Layout()
    properties: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """Chinese label as shown; date fields have their own word for it."""
        return self.label or (self.date_label if self.type == "datetime" else "")

    @property
    def name_en(self) -> str:
        """English label, empty when there is none."""
        return str(self.properties.get("label:en", ""))

    @property
    def options_from(self) -> str:
        """Kind of records to choose from, empty for options of the form itself."""
        return str(self.properties.get("optionsFrom", ""))

    @property
    def hide(self) -> str:
        """Condition under which it is hidden, empty for none."""
        return self.conditional.hide if self.conditional is not None else ""

    @property
    def options(self) -> tuple[Any, ...]:
        """Values of the static options."""
        return tuple(
            option.value if isinstance(option, Option) else option for option in self.values
        )


class Definition(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A whole form."""

    type: str
    components: tuple[Component, ...]
    id: str = ""
    schema_version: int | None = None
