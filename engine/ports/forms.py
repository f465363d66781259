"""What knows forms, and the records people choose from in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from engine.domain.findings import Finding
from engine.domain.forms import NO_RIGHTS, Rights


class FormDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What checks of diagrams need to know of a form.

    Attributes:
        fields: Keys it writes. reads: Other variables it looks at or shows.
        paths: Everything in it that can have rights: paths of fields, groups and lists.
    """

    fields: tuple[str, ...]
    reads: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


class RecordOption(msgspec.Struct, frozen=True, kw_only=True):
    """One record to choose from.

    Attributes:
        value: What is kept: the code or number people know it by.
        label: Its name. label_en: The same in English, empty for none.
    """

    value: str
    label: str
    label_en: str = ""


class Records(Protocol):
    """Records one person may choose from in forms, as they are at one moment.

    Kinds: ``customers``, ``circuits``, ``contracts``, ``units``, ``people``. ``customer`` is the
    code of the customer whose circuits or contracts are meant, None for anybody's. ``files``, by
    their ids, can be found but not listed.
    """

    def found(
        self, kind: str, values: Sequence[str], *, customer: str | None = None
    ) -> dict[str, RecordOption]:
        """Those of these values that are records the person may choose, by value."""
        ...

    def some(
        self, kind: str, text: str = "", *, customer: str | None = None, limit: int
    ) -> list[RecordOption]:
        """Records whose name or code contains the text, in order of their codes."""
        ...


class FormCatalogue(Protocol):
    """Rules of form definitions (form-js JSON); knows no task and no person."""

    def validate(
        self,
        form: bytes,
        values: Mapping[str, Any],
        *,
        variables: Mapping[str, Any],
        draft: bool = False,
        rights: Rights = NO_RIGHTS,
        records: Records | None = None,
    ) -> dict[str, Any]:
        """Check posted values against a form.

        Args:
            form: The form definition as deployed.
            values: Posted values by field key.
            variables: Variables of the task; they feed conditions, options and fixed fields.
            draft: Whether the form is only put aside: what is there must be of the right type
                and within its bounds, but nothing need be there or finished.
            rights: What the step may do with the fields.
            records: What the person may choose from; None leaves such choices unchecked.

        Returns:
            The values to set as variables, JSON-ready: dates and instants as ISO 8601 text. A
            field posted empty is None, one not posted is absent.

        Raises:
            FormInvalidError: Some fields do not fit; it names all of them.
            FormBrokenError: The definition cannot be read.
        """
        ...

    def files(self, form: bytes, values: Mapping[str, Any]) -> frozenset[int]:
        """Ids of the files among values that `validate` has let pass."""
        ...

    def built_in(self, key: str) -> bytes | None:
        """A form the desk itself asks with, whatever is deployed; None if it has none so."""
        ...

    def check(self, form: bytes, name: str) -> tuple[Finding, ...]:
        """Remarks about a definition before it is deployed; never raises.

        Args:
            form: The file.
            name: Its name, repeated in every finding.
        """
        ...

    def adapted(self, form: bytes, rights: Rights) -> dict[str, Any]:
        """The definition as JSON, as a step with these rights has it.

        Raises:
            FormBrokenError: The definition cannot be read.
        """
        ...

    def describe(self, form: bytes) -> FormDescription:
        """What a form writes and reads; nothing of one that cannot be read, never raises."""
        ...
