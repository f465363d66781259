"""What a browser sends of a drawn form, as values.

Names of controls are paths. Only fields that were drawn are sent, so only those are touched; an
unticked box is told from one that was not drawn by an empty value before it. Text that is no
value of its type stays as typed: the check names it, and it can be shown again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from engine.ports.forms import Records
from forms.definition import LISTS
from forms.limits import MAX_ENTRIES
from forms.rendering.temporal import read_temporal
from forms.rendering.tokens import DOT, value_of
from forms.rules import customer_of
from forms.standing import Place, shown, stand
from forms.tree import Branch, CompiledForm, Leaf, Rows
from forms.validation import typed

#: Names of the page itself begin so; keys of forms never do.
OWN: Final = "_"
#: Fields that were drawn though others may hide or fix them.
GUARDED: Final = "_guarded"
#: Buttons that add a row to a list or take one out.
ADD: Final = "_add"
REMOVE: Final = "_remove"
TICKED: Final = "true"
_ROUNDS: Final = 4
_INTEGER: Final = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_POSITION: Final = re.compile(r"\d{1,4}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d{1,30}\.\d{0,30}|\.\d{1,30})", re.ASCII)

#: Names to everything sent under them.
Fields = Mapping[str, Sequence[str]]


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """What values are read for.

    Attributes:
        variables: What the task sees.
        records: Records the person may choose from, to find those named instead of numbered.
    """

    variables: Mapping[str, Any]
    records: Records | None = None


def read(form: CompiledForm, fields: Fields, asker: Asker) -> dict[str, Any]:
    """The values of a form; names it does not have stay, so that the check can refuse them.

    What was entered into fields that other answers have hidden or fixed since is dropped, as
    form-js does.
    """
    reading = _Reading(fields, asker)
    values = reading.branch(form.root, "")
    for name in fields.keys() - reading.known:
        if not name.startswith(OWN):
            values[name] = fields[name][-1]
    _change_rows(form.root, fields, values)
    return _settled(form, values, frozenset(fields.get(GUARDED, ())), asker.variables)


class _Reading:
    """One submission being read."""

    def __init__(self, fields: Fields, asker: Asker) -> None:
        self._fields = fields
        self._asker = asker
        self.known: set[str] = set()

    def branch(self, branch: Branch, prefix: str) -> dict[str, Any]:
        """Values of an object, as far as anything was sent."""
        values: dict[str, Any] = {}
        for name, node in branch.children.items():
            path = prefix + name
            match node:
                case Leaf():
                    if path in self._fields:
                        self.known.add(path)
                        values[name] = self._leaf(node, self._fields[path])
                case Rows():
                    if path in self._fields:
                        self.known.add(path)
                        values[name] = self._rows(node, path)
                case Branch():
                    inner = self.branch(node, f"{path}.")
                    if inner:
                        values[name] = inner
        return values

    def _rows(self, rows: Rows, path: str) -> list[dict[str, Any]]:
        told = self._fields[path][-1]
        count = int(told) if _INTEGER.fullmatch(told) else 0
        # One more than allowed is enough for the check to refuse it.
        count = max(0, min(count, MAX_ENTRIES + 1))
        return [self.branch(rows.row, f"{path}.{position}.") for position in range(count)]

    def _leaf(self, leaf: Leaf, texts: Sequence[str]) -> Any:
        component, last = leaf.component, texts[-1]
        if component.options_from:
            return self._record(leaf, texts)
        if component.type in LISTS:
            chosen = [value_of(text) for text in texts if text]
            # What form-js holds while nothing is chosen: conditions can tell.
            return None if component.type == "filepicker" and not chosen else chosen
        match component.type:
            case "checkbox":
                return last == TICKED or last or False
            case "number":
                return _number(last, as_text=component.serialize_to_string)
            case "select" | "radio":
                return value_of(last)
            case kind:
                return (read_temporal(last) if kind == "datetime" else last) or None

    def _record(self, leaf: Leaf, texts: Sequence[str]) -> Any:
        found = [self._named(leaf, text) for text in texts if text.strip()]
        if leaf.component.type in LISTS:
            return list(dict.fromkeys(found))
        return found[-1] if found else None

    def _named(self, leaf: Leaf, text: str) -> str:
        """The value of a record that was picked, numbered or named; else what was typed."""
        records, kind = self._asker.records, leaf.component.options_from
        value = str(value_of(text.rpartition(DOT)[2].strip()))
        if records is None:
            return value
        customer = customer_of(leaf, self._asker.variables)
        if records.found(kind, [value], customer=customer):
            return value
        named = records.some(kind, text.strip(), customer=customer, limit=2)
        return named[0].value if len(named) == 1 else text.strip()


def _number(text: str, *, as_text: bool) -> Any:
    """A number; Chinese keyboards type full-width digits."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    if as_text:
        return plain
    if _INTEGER.fullmatch(plain):
        return int(plain)
    return float(plain) if _DECIMAL.fullmatch(plain) else text


def _change_rows(root: Branch, fields: Fields, values: dict[str, Any]) -> None:
    """Add an empty row to a list, or take one out, if a button says so."""
    for path in fields.get(ADD, ())[:1]:
        found = _list_at(root, values, path.split("."))
        if found is not None and len(found[1]) < MAX_ENTRIES:
            found[1].append(shown(found[0].row, {}, {}, {}, is_drawn=True))
    for path in fields.get(REMOVE, ())[:1]:
        *outer, position = path.split(".")
        found = _list_at(root, values, outer)
        if found is not None and _is_inside(position, found[1]):
            del found[1][int(position)]


def _list_at(
    branch: Branch, values: Mapping[str, Any], path: list[str]
) -> tuple[Rows, list[dict[str, Any]]] | None:
    """A dynamic list and its rows."""
    name, *rest = path or [""]
    node, inside = branch.children.get(name), values.get(name)
    if isinstance(node, Branch) and isinstance(inside, Mapping):
        return _list_at(node, inside, rest)
    if isinstance(node, Rows) and isinstance(inside, list):
        if not rest:
            return node, inside
        if _is_inside(rest[0], inside):
            return _list_at(node.row, inside[int(rest[0])], rest[1:])
    return None


def _is_inside(position: str, rows: Sequence[Any]) -> bool:
    """Whether a text is the position of a row; any text may have been sent."""
    return bool(_POSITION.fullmatch(position)) and int(position) < len(rows)


def _settled(
    form: CompiledForm,
    values: dict[str, Any],
    guarded: frozenset[str],
    variables: Mapping[str, Any],
) -> dict[str, Any]:
    """The values without those of fields that other values hide or fix."""
    for _ in range(_ROUNDS if guarded else 0):
        cleaned, _ = typed(form, values)
        kept = _kept(form.root, stand(form, values, cleaned, variables), guarded)
        if kept == values:
            break
        values = kept
    return values


def _kept(branch: Branch, place: Place, guarded: frozenset[str]) -> dict[str, Any]:
    """The values of an object without those of fields that are hidden or fixed by now."""
    kept = dict(place.posted)
    for name, node in branch.children.items():
        if name not in kept:
            continue
        if isinstance(node, Branch):
            kept[name] = _kept(node, place.inside(name), guarded)
            continue
        conditions = node.conditions
        if place.to(name) in guarded and (
            conditions.is_hidden(place.scope) or conditions.is_readonly(place.scope)
        ):
            del kept[name]
        elif isinstance(node, Rows):
            kept[name] = [
                _kept(node.row, place.row(name, position), guarded)
                for position in range(len(kept[name]))
            ]
    return kept
