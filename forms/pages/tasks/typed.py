"""What somebody typed into a form, as text to read and copy when it cannot be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from forms.pages.language import choose, gettext


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One filled-in field."""

    label: str
    text: str


def typed(form: Mapping[str, Any] | None, values: Mapping[str, Any]) -> list[Line]:
    """The filled-in fields with their labels.

    Args:
        form: The form definition, None if it cannot be seen (any more).
        values: Values by key, as posted.
    """
    names = dict(_labels(form or {}))
    return [
        Line(label=names.get(key, key), text=shown(value))
        for key, value in values.items()
        if value not in (None, "", [], {}, False)
    ]


def shown(value: Any) -> str:
    """A value of a form as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Mapping):
        return gettext(", ").join(f"{key} {shown(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return gettext(", ").join(shown(one) for one in value)
    return str(value)


def _labels(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for component in part.get("components", ()):
        key = component.get("key") or component.get("path")
        label = component.get("label") or component.get("dateLabel") or component.get("timeLabel")
        if isinstance(key, str) and isinstance(label, str):
            english = component.get("properties", {}).get("label:en")
            yield key.partition(".")[0], choose(label, english)
        yield from _labels(component)
