"""Options to choose from: those of the form, and records the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine.ports.forms import RecordOption
from forms.definition import LISTS
from forms.fields import identity
from forms.rendering.items import Choice
from forms.rendering.situation import Situation
from forms.rendering.tokens import DOT, token
from forms.rules import choices_of, customer_of
from forms.standing import Place
from forms.tree import Leaf
from forms.wording import text_of
from forms.words import Language

#: More records than this are searched among instead of being listed.
LISTED: Final = 50
#: Few short options stand side by side.
_SEGMENTS: Final = 4
_SEGMENT_WIDTH: Final = 24
#: From here on characters are as wide as two latin letters.
_FIRST_WIDE: Final = "\u2e80"


def choice(situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    """The control for one of several options, or for some of them."""
    component = leaf.component
    if component.options_from:
        return _records(situation, leaf, value, place)
    listed = choices(situation, leaf, value, place)
    if component.type in LISTS:
        kind = "boxes"
    elif component.type == "select":
        kind = "select"
    else:
        kind = "segments" if _is_short(listed) else "radios"
    return {"kind": kind, "choices": listed}


def choices(situation: Situation, leaf: Leaf, value: Any, place: Place) -> tuple[Choice, ...]:
    """Options with those chosen marked; of records only the chosen ones."""
    chosen = value if isinstance(value, list) else [] if value is None else [value]
    if leaf.component.options_from:
        return _chosen(situation, leaf, chosen, place)
    taken = {identity(one) for one in chosen}
    return tuple(
        Choice(
            token=token(option.value),
            label=(option.label_en if situation.is_english else "")
            or option.label
            or text_of(option.value),
            is_chosen=identity(option.value) in taken,
        )
        for option in choices_of(leaf, place.scope)
    )


def record_label(record: RecordOption, language: Language) -> str:
    """Name and number of a record; reading back understands it, see `forms.rendering.posted`."""
    name = record.label_en if language == "en" else ""
    return f"{name or record.label}{DOT}{record.value}"


def _records(situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    """Records: listed if they are few, else searched among."""
    records, kind = situation.records, leaf.component.options_from
    is_list = leaf.component.type in LISTS
    customer = customer_of(leaf, place.scope)
    some = [] if records is None else records.some(kind, customer=customer, limit=LISTED + 1)
    chosen = choices(situation, leaf, value, place)
    taken = {one.token for one in chosen}
    offered = tuple(
        one
        for record in some[:LISTED]
        if (one := _record(situation, record, is_chosen=False)).token not in taken
    )
    if len(some) <= LISTED:
        return {"kind": "boxes" if is_list else "select", "choices": (*chosen, *offered)}
    return {
        "kind": "search_many" if is_list else "search",
        "records": kind,
        "of": customer or "",
        "value": "" if is_list else _searched(chosen, value),
        "choices": (*chosen, *offered),
    }


def _searched(chosen: Sequence[Choice], value: Any) -> str:
    """What stands in the field: the record, or what was typed and is none."""
    return chosen[0].label if chosen else text_of(value)


def _chosen(
    situation: Situation, leaf: Leaf, values: list[Any], place: Place
) -> tuple[Choice, ...]:
    records = situation.records
    texts = [one for one in values if isinstance(one, str)]
    if records is None or not texts:
        return ()
    kind, customer = leaf.component.options_from, customer_of(leaf, place.scope)
    found = records.found(kind, texts, customer=customer)
    return tuple(_record(situation, found[one], is_chosen=True) for one in texts if one in found)


def _record(situation: Situation, record: RecordOption, *, is_chosen: bool) -> Choice:
    label = record_label(record, situation.language)
    return Choice(token=token(record.value), label=label, is_chosen=is_chosen)


def _is_short(listed: tuple[Choice, ...]) -> bool:
    widths = [_width(one.label) for one in listed]
    return (
        len(listed) <= _SEGMENTS
        and sum(widths) <= 2 * _SEGMENT_WIDTH
        and max(widths, default=0) <= _SEGMENT_WIDTH
    )


def _width(text: str) -> int:
    """Width of a text in latin letters: Chinese characters are twice as wide."""
    return sum(1 if character < _FIRST_WIDE else 2 for character in text)
