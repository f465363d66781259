"""From a compiled form and its values to the items a template draws.

Conditions are evaluated by the code that checks values, see `forms.standing`.
"""

from __future__ import annotations

from typing import Any

from engine.domain.feel import Expression
from forms.conditions import Conditions, holds
from forms.rendering.controls import control, fixed
from forms.rendering.displays import display
from forms.rendering.items import Item, Row, Sheet
from forms.rendering.layout import spans
from forms.rendering.situation import Situation
from forms.standing import Place, stand
from forms.tree import Block, CompiledForm, Leaf, Rows
from forms.validation import typed

#: Place of what is wrong with something that is not shown.
ELSEWHERE = "_form"


def draw(form: CompiledForm, situation: Situation) -> Sheet:
    """The form as it stands with these values."""
    values = situation.values or {}
    cleaned, _ = typed(form, values) if values else ({}, {})
    root = stand(form, values, cleaned, situation.variables, is_drawn=True)
    drawing = _Drawing(form, situation)
    items = drawing.items(form.blocks, root, is_fixed=situation.is_fixed)
    return Sheet(
        path=situation.path,
        items=items,
        wrong=drawing.wrong(),
        is_dependent=drawing.is_dependent,
        is_fixed=situation.is_fixed,
    )


class _Drawing:
    """One form being drawn."""

    def __init__(self, form: CompiledForm, situation: Situation) -> None:
        self._form = form
        self._situation = situation
        #: Labels by path of all that is shown and can be wrong, in the order of the form.
        self._labels: dict[str, str] = {}
        #: The row that is being drawn, as told before the labels of what is in it.
        self._row_label = ""
        self.is_dependent = False

    def items(
        self, blocks: tuple[Block, ...], place: Place, *, is_fixed: bool
    ) -> tuple[Item, ...]:
        """What is shown of some blocks, side by side as far as they fit."""
        drawn = [
            (block, item)
            for block in blocks
            if not any(holds(hide, place.scope) for hide in block.hides)
            and (item := self._item(block, place, is_fixed=is_fixed)) is not None
        ]
        return spans(drawn)

    def wrong(self) -> tuple[tuple[str, str], ...]:
        """Everything that is wrong: fields in the order of the form, then what is not shown."""
        paths = self._situation.problems
        shown = [(path, path, label) for path, label in self._labels.items() if path in paths]
        rest = [(ELSEWHERE, path, path) for path in paths if path not in self._labels]
        return tuple(
            (target, self._joined(label, sentence))
            for target, path, label in (*shown, *rest)
            for sentence in self._situation.sentences(path)
        )

    def _joined(self, label: str, sentence: str) -> str:
        colon = ": " if self._situation.is_english else "："
        return f"{label}{colon}{sentence}" if label else sentence

    def _item(self, block: Block, place: Place, *, is_fixed: bool) -> Item | None:
        if isinstance(block.node, Leaf):
            return self._leaf(block, block.node, *_to(place, block.names), is_fixed=is_fixed)
        if isinstance(block.node, Rows):
            return self._rows(block, block.node, *_to(place, block.names), is_fixed=is_fixed)
        if block.component.type == "group":
            return self._group(block, place, is_fixed=is_fixed)
        return display(self._situation, block, place)

    def _group(self, block: Block, place: Place, *, is_fixed: bool) -> Item | None:
        inside = place
        for name in block.names:
            inside = inside.inside(name)
        items = self.items(block.blocks, inside, is_fixed=is_fixed)
        label = self._situation.said(block, "label", place)
        return Item(kind="group", label=label, items=items) if items else None

    def _leaf(self, block: Block, leaf: Leaf, place: Place, name: str, *, is_fixed: bool) -> Item:
        situation, conditions = self._situation, leaf.conditions
        label = situation.said(block, "label", place) or leaf.component.key
        is_shown = (
            is_fixed
            or conditions.computed is not None
            or leaf.component.disabled
            or conditions.is_readonly(place.scope)
        )
        own: dict[str, Any] = (fixed if is_shown else control)(
            situation, leaf, place.seen[name], place
        )
        return Item(
            **own,
            **self._common(block, place, place.to(name), label),
            prefix=situation.said(block, "prefix", place),
            suffix=situation.said(block, "suffix", place),
            is_required=leaf.component.rules.required and not is_shown,
            is_fixed=is_shown,
            is_guarded=not is_shown and _is_guarded(conditions),
            redraws=not is_shown and self._redraws(block),
        )

    def _rows(self, block: Block, rows: Rows, place: Place, name: str, *, is_fixed: bool) -> Item:
        situation = self._situation
        known = place.present.get(name)
        count = len(known) if isinstance(known, list) else 0
        is_fixed = is_fixed or rows.conditions.is_readonly(place.scope)
        may_change = not is_fixed and (rows.component.allow_add_remove or not count)
        return Item(
            kind="rows",
            **self._common(block, place, place.to(name), situation.said(block, "label", place)),
            is_required=rows.component.rules.required and not is_fixed,
            is_fixed=is_fixed,
            is_multiple=may_change,
            is_guarded=not is_fixed and _is_guarded(rows.conditions),
            redraws=not is_fixed and self._redraws(block),
            rows=tuple(
                self._row(
                    block,
                    place.row(name, position),
                    position,
                    is_fixed=is_fixed,
                    is_removable=may_change and (position >= count or not rows.fixed),
                )
                for position in range(len(place.seen[name] or ()))
            ),
        )

    def _row(
        self, block: Block, place: Place, position: int, *, is_fixed: bool, is_removable: bool
    ) -> Row:
        outer = self._row_label
        label = self._situation.said(block, "label", place)
        self._row_label = f"{outer}{label} {position + 1} · "
        self._labels[place.path] = self._row_label.removesuffix(" · ")
        row = Row(
            number=position + 1,
            path=place.path,
            items=self.items(block.blocks, place, is_fixed=is_fixed),
            is_removable=is_removable,
            errors=self._situation.sentences(place.path),
        )
        self._row_label = outer
        return row

    def _common(self, block: Block, place: Place, path: str, label: str) -> dict[str, Any]:
        """What every item with a value has."""
        self._labels[path] = f"{self._row_label}{label}"
        return {
            "path": path,
            "label": label,
            "help": self._situation.said(block, "description", place),
            "errors": self._situation.sentences(path),
        }

    def _redraws(self, block: Block) -> bool:
        """Whether other parts depend on a field; inside a list its own name counts."""
        is_read = any(name in self._form.triggers for name in block.names)
        self.is_dependent |= is_read
        return is_read


def _is_guarded(conditions: Conditions) -> bool:
    """Whether something may turn out hidden or fixed when other values change."""
    return isinstance(conditions.readonly, Expression) or any(
        not hide.is_constant for hide in conditions.hides
    )


def _to(place: Place, names: tuple[str, ...]) -> tuple[Place, str]:
    """The place a value is in, and its name there."""
    *outer, name = names
    for each in outer:
        place = place.inside(each)
    return place, name
