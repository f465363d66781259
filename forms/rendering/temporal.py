"""Values as text in controls: what a browser shows and sends back unchanged.

A control for dates cannot hold a wrong one. What does not fit is shown as plain text, so that
nobody has to type it again.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from forms.tree import Leaf
from forms.wording import text_of

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_MINUTES: Final = 16


def temporal(leaf: Leaf, value: Any, zone: ZoneInfo) -> tuple[str, str]:
    """Type of the control and text in it."""
    text = text_of(value)
    match leaf.component.subtype:
        case "time":
            return ("time" if not text or _TIME.fullmatch(text) else "text"), text
        case "datetime":
            wall = wall_time(leaf, text, zone)
            return ("text", text) if wall is None else ("datetime-local", wall)
        case _:
            is_date = not text or (_DATE.fullmatch(text) is not None and _fits(leaf, text))
            return ("date" if is_date else "text"), text


def wall_time(leaf: Leaf, text: str, zone: ZoneInfo) -> str | None:
    """An instant as wall time; None if that would not be the same instant again."""
    if not text:
        return ""
    try:
        instant = datetime.fromisoformat(text)
        wall = instant.astimezone(zone).replace(tzinfo=None) if instant.tzinfo else instant
        shown = wall.isoformat(timespec="seconds" if wall.second else "minutes")
        is_same = leaf.field.deserialize(shown) == leaf.field.deserialize(text)
    except (ValueError, OverflowError, ValidationError):
        return None
    return shown if is_same and len(shown) >= _MINUTES else None


def read_temporal(text: str) -> str:
    """What was typed instead of picked: a blank between date and time is as good as a ``T``."""
    day, blank, clock = text.strip().partition(" ")
    return f"{day}T{clock.strip()}" if blank and _DATE.fullmatch(day) else text.strip()


def readable(leaf: Leaf, value: Any, zone: ZoneInfo) -> str:
    """A date or instant for reading only."""
    _, text = temporal(leaf, value, zone)
    return text.replace("T", " ")


def _fits(leaf: Leaf, text: str) -> bool:
    try:
        leaf.field.deserialize(text)
    except ValidationError:
        return False
    return True
