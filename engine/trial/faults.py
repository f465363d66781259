"""What is wrong with a file people wrote, in their words and not in those of a decoder."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_PLACE: Final = re.compile(r"^(?P<text>.*?)(?: - at `(?:key in )?(?P<path>\$[^`]*)`)?$", re.DOTALL)
_TYPES: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}
_WORDINGS: Final = (
    (r"Object contains unknown field `([^`]+)`", r"Expected keys that exist, but `\1` does not"),
    (r"Object missing required field `([^`]+)`", r"Expected the key `\1`, but it is missing"),
    (r"Invalid ISO8601 duration", "Expected a length of time such as PT4H, but it is none"),
    (
        r"Invalid RFC3339 encoded datetime|Expected `datetime` with a timezone component",
        "Expected an instant with its offset such as 2026-03-02T09:00:00+08:00, but it is none",
    ),
    (r"JSON is malformed: ", "Expected JSON, but "),
    (r"Input data was truncated", "Expected JSON, but it ends too early"),
)
_FOUND: Final = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")


def explained(error: msgspec.MsgspecError) -> tuple[str, str]:
    """What was expected, without a full stop, and the path to it such as ``$.cases[0]``."""
    found = _PLACE.match(str(error))
    text, path = (found["text"], found["path"] or "$") if found else (str(error), "$")
    for pattern, words in _WORDINGS:
        text = re.sub(pattern, words, text)
    text = _FOUND.sub(lambda one: f"Expected {_type(one[1])}, but it is {_type(one[2])}", text)
    return text.rstrip("."), path


def _type(names: str) -> str:
    known = [_TYPES.get(name.strip(), name.strip()) for name in names.split("|")]
    return " or ".join(known)
