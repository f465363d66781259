"""Bases of all schemas: what is unknown is refused, what is undeclared does not leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, fields
from typing_extensions import override

Writer = Callable[[Any], Any]


class Body(Schema):
    """Base of JSON bodies."""

    class Meta:
        """Unknown fields are mistakes."""

        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= {"unknown": "unknown_field", "type": "not_object"}


class Query(Schema):
    """Base of query strings: every value arrives as text.

    Attributes:
        prefix: Parameters ``<prefix><name>=<value>`` are collected under ``variables``.
    """

    is_text: ClassVar[bool] = True
    prefix: ClassVar[str | None] = None

    class Meta:
        """Unknown parameters are mistakes."""

        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= {"unknown": "unknown_parameter"}


class Answer(Schema):
    """Base of answers.

    Instances are compiled into a plain function on first use: marshmallow's own way of writing
    costs more than the whole of a typical query. Values are passed on as they are; the JSON
    encoder knows instants, dates and tuples.
    """

    class Meta:
        """Nothing undeclared is part of an answer; it is said so in the OpenAPI document."""

        unknown = RAISE

    @override
    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Every declared field is always there."""
        field_obj.required = True

    def writer(self) -> Writer:
        """A function from a record (struct or mapping) to what leaves."""
        plan = [
            (name, field.attribute or name, _inner(field)) for name, field in self.fields.items()
        ]

        def write(record: Any) -> Any:
            if record is None:
                return None
            read = record.get if isinstance(record, Mapping) else _attributes(record)
            return {
                name: read(attribute) if inner is None else inner(read(attribute))
                for name, attribute, inner in plan
            }

        return write


def _attributes(record: Any) -> Callable[[str], Any]:
    def read(name: str) -> Any:
        return getattr(record, name)

    return read


def _inner(field: fields.Field[Any]) -> Writer | None:
    if isinstance(field, fields.Nested) and isinstance(field.schema, Answer):
        return field.schema.writer()
    if isinstance(field, fields.List):
        inner = _inner(field.inner)
        return None if inner is None else _each(inner)
    return None


def _each(write: Writer) -> Writer:
    def write_all(records: Iterable[Any] | None) -> Any:
        return None if records is None else [write(record) for record in records]

    return write_all


def page_of(answer: type[Answer], name: str) -> type[Answer]:
    """Schema of one page of a list.

    Args:
        answer: Schema of its items.
        name: Name of the page's schema in the OpenAPI document.
    """
    page: type[Answer] = type(
        name,
        (Answer,),
        {
            "items": fields.List(fields.Nested(answer)),
            "next_cursor": fields.String(
                allow_none=True,
                metadata={"description": "Give it back as `cursor`; null on the last page."},
            ),
        },
    )
    return page
