"""What a template needs to draw a form: texts in one language, nothing left to decide."""

from __future__ import annotations

import msgspec
from markupsafe import Markup


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One option.

    Attributes:
        token: What the browser sends for it, see `forms.rendering.tokens`.
    """

    token: str
    label: str
    is_chosen: bool = False


class File(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment.

    Attributes:
        path: Where it can be opened, empty if nowhere.
        token: What the browser sends to keep it.
    """

    name: str
    size: int = 0
    path: str = ""
    token: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Data in columns.

    Attributes:
        total: Rows there are; more than are shown if it is long.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a dynamic list.

    Attributes:
        number: Counted from 1. path: Path of the row.
        is_removable: Whether it may be taken out.
    """

    number: int
    path: str
    items: tuple[Item, ...]
    is_removable: bool
    errors: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One component as it is drawn.

    Attributes:
        kind: Which of the macros draws it.
        path: Path of its value and name of its control, empty if it has none.
        value: Text in the control.
        input_type, input_mode, step: Of its ``input`` element.
        longest: Characters that fit. accept: Endings of files.
        is_multiple: Whether several files may be chosen, or rows added and taken out.
        errors: Sentences about what is wrong.
        is_fixed: Whether it is only shown.
        is_guarded: Whether it may turn out hidden or fixed when other values change.
        redraws: Whether other parts of the form depend on it.
        span: Width in twelfths.
        records: Kind of records to search among, empty if all options are listed.
        of: Code of the customer whose records are searched, empty for all.
    """

    kind: str
    path: str = ""
    label: str = ""
    help: str = ""
    prefix: str = ""
    suffix: str = ""
    value: str = ""
    input_type: str = "text"
    input_mode: str = ""
    step: str = ""
    longest: int | None = None
    accept: str = ""
    is_multiple: bool = False
    is_checked: bool = False
    errors: tuple[str, ...] = ()
    is_required: bool = False
    is_fixed: bool = False
    is_guarded: bool = False
    redraws: bool = False
    span: int = 12
    choices: tuple[Choice, ...] = ()
    files: tuple[File, ...] = ()
    items: tuple[Item, ...] = ()
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    markup: Markup = Markup()
    records: str = ""
    of: str = ""

    @property
    def is_annotated(self) -> bool:
        """Whether anything stands below the control."""
        return bool(self.help or self.errors or self.is_guarded)

    @property
    def is_tied(self) -> bool:
        """Whether the control has notes to be tied to."""
        return bool(self.help or self.errors)

    @property
    def is_adorned(self) -> bool:
        """Whether anything stands beside the value."""
        return bool(self.prefix or self.suffix)


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A whole form.

    Attributes:
        path: Address that draws it again with what was entered.
        wrong: Paths and sentences of everything that is wrong, in the order of the form.
        is_dependent: Whether parts of it depend on what is entered in others.
        is_fixed: Whether nothing can be entered.
    """

    path: str
    items: tuple[Item, ...]
    wrong: tuple[tuple[str, str], ...] = ()
    is_dependent: bool = False
    is_fixed: bool = False
