"""Components that hold no value: texts, pictures, tables, documents, lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.domain.feel import Expression
from forms.rendering import markup
from forms.rendering.items import File, Item, Table
from forms.rendering.situation import Situation
from forms.standing import Place
from forms.tree import Block
from forms.wording import text_of

#: Rows of a table, documents of a list.
_MOST: Final = 200


def display(situation: Situation, block: Block, place: Place) -> Item | None:
    """A component that only shows something; None if there is nothing to show."""
    return _DISPLAYS[block.component.type](situation, block, place)


def _text(situation: Situation, block: Block, place: Place) -> Item:
    source = block.words.get("text", situation.language, place.scope, markup.plain_in_markdown)
    return Item(kind="text", markup=markup.from_markdown(source))


def _html(situation: Situation, block: Block, place: Place) -> Item:
    source = block.words.get("content", situation.language, place.scope, markup.plain_in_html)
    return Item(kind="text", markup=markup.from_html(source))


def _picture(situation: Situation, block: Block, place: Place) -> Item:
    """A picture of this desk or within the form; of any other only what it shows is told."""
    source = markup.picture(situation.said(block, "source", place))
    return Item(kind="picture", value=source, label=situation.said(block, "alt", place))


def _table(situation: Situation, block: Block, place: Place) -> Item:
    entries = [entry for entry in _list(block.words.data, place) if entry is not None]
    columns = _columns(situation, block, place)
    rows = tuple(
        tuple(text_of(entry.get(key)) if isinstance(entry, Mapping) else "" for key, _ in columns)
        for entry in entries[:_MOST]
    )
    table = Table(columns=tuple(label for _, label in columns), rows=rows, total=len(entries))
    return Item(kind="table", label=situation.said(block, "label", place), table=table)


def _columns(situation: Situation, block: Block, place: Place) -> list[tuple[str, str]]:
    """Keys and headings."""
    if block.words.columns is not None:
        return [
            (one["key"], text_of(one.get("label") or one["key"]))
            for one in _list(block.words.columns, place)[:_MOST]
            if isinstance(one, Mapping) and isinstance(one.get("key"), str)
        ]
    return [
        (
            column.key,
            (column.label_en if situation.is_english else "") or column.label or column.key,
        )
        for column in block.component.columns
    ]


def _documents(situation: Situation, block: Block, place: Place) -> Item:
    """Documents that can be opened, as far as they are kept here."""
    files = []
    for entry in _list(block.words.data, place)[:_MOST]:
        about = entry.get("metadata") if isinstance(entry, Mapping) else None
        if isinstance(about, Mapping):
            path = entry.get("endpoint")
            where = markup.picture(path) if isinstance(path, str) else ""
            files.append(File(name=text_of(about.get("fileName")), path=where))
    label = situation.said(block, "label", place) or situation.said(block, "title", place)
    return Item(kind="fixed_files", label=label, files=tuple(files))


def _button(situation: Situation, block: Block, place: Place) -> Item | None:
    """A button that empties the form; that which sends it is the page's own."""
    if block.component.action != "reset" or situation.is_fixed:
        return None
    return Item(kind="reset", label=situation.said(block, "label", place))


def _rule(_situation: Situation, _block: Block, _place: Place) -> Item:
    return Item(kind="rule")


def _space(_situation: Situation, _block: Block, _place: Place) -> Item:
    return Item(kind="space")


def _list(expression: Expression | None, place: Place) -> list[Any]:
    value = None if expression is None else expression.evaluate(place.scope)
    return value if isinstance(value, list) else []


_DISPLAYS: Final[Mapping[str, Callable[[Situation, Block, Place], Item | None]]] = {
    "text": _text,
    "html": _html,
    "image": _picture,
    "table": _table,
    "documentPreview": _documents,
    "button": _button,
    "separator": _rule,
    "spacer": _space,
}
