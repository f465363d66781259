"""Values somebody might enter into a form: made up, but valid. For trial runs and tests."""

from __future__ import annotations

import contextlib
import random
from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from engine.domain.feel import Scope
from engine.domain.forms import FormInvalidError
from forms.conditions import row_scope
from forms.definition import LISTS
from forms.patterns import Pattern
from forms.rules import options_of
from forms.samples import sample
from forms.standing import shown
from forms.tree import Branch, CompiledForm, Leaf, Rows
from forms.validation import validate

#: Tries until values are found that satisfy rules which depend on each other.
TRIES: Final = 40
#: From this try on, only what must be there is entered.
_SPARE_FROM: Final = 10
_EMAIL: Final = "li.qiang@example.com"
_PHONE: Final = "13800138000"
_ATTACHMENT: Final = "example"
_DAYS_AHEAD: Final = 10
#: Days between one date of a form and the next: forms ask in the order in which things happen.
_DAYS_BETWEEN: Final = 3
_SPAN: Final = 100
_PATTERN_TRIES: Final = 5
#: How often something that need not be there is.
_OFTEN: Final = 0.5
_TEXT: Final = "示例"
#: What people would enter where a pattern is asked for, the likeliest first; else the pattern
#: itself makes something up. Addresses and block are for documentation (RFC 5737, RFC 3849).
_LIKELY: Final = (
    "C-1001", "A1001", "1001", _PHONE, "0571-88000000", _EMAIL, "30.2741,120.1551",
    "192.0.2.0/29", "192.0.2.10", "2001:db8::/48", "2001:db8::10", "2026-001", "HT-2026-001",
    "310000", "913301000000000000", "abc", "ABC",
)  # fmt: skip


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the values are made for.

    Attributes:
        variables: Variables of the task. given: Values that are decided already; None leaves a
            field out.
        now: Present instant. zone: Zone of wall times.
    """

    variables: Mapping[str, Any]
    given: Mapping[str, Any]
    now: datetime
    zone: ZoneInfo


def example(form: CompiledForm, wish: Wish, chance: random.Random) -> dict[str, Any]:
    """Valid values for a form, cleaned as if they had been posted.

    The same chance gives the same values.

    Raises:
        FormInvalidError: None were found; it tells what was wrong with the last ones.
    """
    for attempt in range(TRIES):
        writer = _Writer(form, wish, chance, is_spare=attempt >= _SPARE_FROM)
        with contextlib.suppress(FormInvalidError):
            return _validated(form, writer.written(), wish)
    return _validated(form, _Writer(form, wish, chance, is_spare=True).written(), wish)


def _validated(form: CompiledForm, values: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    return validate(
        form, values, variables=wish.variables, draft=False, now=wish.now, zone=wish.zone
    )


class _Writer:
    """Fills one form in from top to bottom, as often as conditions change what is shown."""

    def __init__(
        self, form: CompiledForm, wish: Wish, chance: random.Random, *, is_spare: bool
    ) -> None:
        self._form = form
        self._wish = wish
        self._chance = chance
        self._is_spare = is_spare
        self._skipped: set[int] = set()
        self._last: datetime | None = None

    def written(self) -> dict[str, Any]:
        """The values."""
        values: dict[str, Any] = {}
        for _ in range(3):
            before = msgspec.json.encode(values)
            scope = ChainMap(
                shown(self._form.root, values, values, self._wish.variables),
                dict(self._wish.variables),
            )
            self._branch(self._form.root, values, self._wish.given, scope)
            if msgspec.json.encode(values) == before:
                break
        return {**values, **self._unknown()}

    def _unknown(self) -> dict[str, Any]:
        """What is given for fields the form does not have; the check names them."""
        children = self._form.root.children
        return {name: value for name, value in self._wish.given.items() if name not in children}

    def _branch(
        self, branch: Branch, values: dict[str, Any], given: Mapping[str, Any], scope: Scope
    ) -> None:
        for name, node in branch.children.items():
            match node:
                case Leaf():
                    self._leaf(name, node, values, given, scope)
                case Rows():
                    self._rows(name, node, values, given, scope)
                case Branch():
                    inner = given.get(name)
                    self._branch(
                        node,
                        values.setdefault(name, {}),
                        inner if isinstance(inner, Mapping) else {},
                        scope,
                    )

    def _leaf(
        self,
        name: str,
        leaf: Leaf,
        values: dict[str, Any],
        given: Mapping[str, Any],
        scope: Scope,
    ) -> None:
        if name in given:
            if given[name] is not None:
                values[name] = given[name]
        elif not _is_open(leaf, scope):
            values.pop(name, None)
        elif name not in values and not self._skips(leaf):
            value = self._value(leaf, scope)
            if value is not None:
                values[name] = value
        # The fields below see it as it stands on the screen.
        if isinstance(scope, ChainMap) and name in values:
            scope.maps[0][name] = values[name]

    def _skips(self, leaf: Leaf) -> bool:
        """Whether a field that may stay empty does; decided once."""
        if leaf.component.rules.required:
            return False
        if id(leaf) not in self._skipped and not self._is_spare and self._chance.random() < _OFTEN:
            return False
        self._skipped.add(id(leaf))
        return True

    def _rows(
        self,
        name: str,
        rows: Rows,
        values: dict[str, Any],
        given: Mapping[str, Any],
        scope: Scope,
    ) -> None:
        if rows.conditions.is_hidden(scope):
            values.pop(name, None)
            return
        wanted = given.get(name)
        known = self._wish.variables.get(name)
        count = len(known) if isinstance(known, list) and known else 1
        filled = values.setdefault(name, [{} for _ in range(count)])
        if isinstance(wanted, list):
            values[name] = wanted
            return
        for position, row in enumerate(filled):
            present = known[position] if isinstance(known, list) and position < len(known) else {}
            variables = present if isinstance(present, Mapping) else {}
            inner = row_scope(scope, shown(rows.row, row, row, variables), position + 1)
            self._branch(rows.row, row, {}, inner)

    def _value(self, leaf: Leaf, scope: Scope) -> Any:
        make = _MAKERS.get(leaf.component.type)
        return None if make is None else make(self, leaf, scope)

    # ---- by type ----------------------------------------------------------------------------

    def text(self, leaf: Leaf, scope: Scope) -> str:
        """The label itself, or what the rules ask for."""
        component = leaf.component
        if leaf.pattern is not None:
            return self._matching(leaf, leaf.pattern, scope)
        kind = component.rules.validation_type
        if kind in ("email", "phone"):
            return _EMAIL if kind == "email" else _PHONE
        text = component.name or _TEXT
        least = leaf.conditions.bound("min_length", scope)
        most = leaf.conditions.bound("max_length", scope)
        while least is not None and len(text) < least:
            text += _TEXT
        return text if most is None else text[: int(most)]

    def _matching(self, leaf: Leaf, pattern: Pattern, scope: Scope) -> str:
        """What people would enter, if the pattern and the lengths allow one of it."""
        least = leaf.conditions.bound("min_length", scope) or 0
        most = leaf.conditions.bound("max_length", scope)
        for text in () if self._is_spare else _LIKELY:
            fits = least <= len(text) and (most is None or len(text) <= most)
            if fits and pattern.matches(text):
                return text
        source = leaf.component.rules.pattern
        return min((sample(source, self._chance) for _ in range(_PATTERN_TRIES)), key=len)

    def number(self, leaf: Leaf, scope: Scope) -> int | float | str:
        """A number within the bounds, on a step."""
        least = leaf.conditions.bound("min", scope)
        most = leaf.conditions.bound("max", scope)
        step = leaf.conditions.bound("increment", scope) or Decimal(1)
        low = least if least is not None else min(Decimal(0), most or Decimal(0))
        high = low + _SPAN * step
        if most is not None:
            high = min(most, high)
        first = -(-low // step) if low % step else low // step
        value = self._chance.randint(int(first), max(int(first), int(high // step))) * step
        if value < low or value > high:
            value = low
        if leaf.component.serialize_to_string:
            return format(value, "f")
        return int(value) if value == value.to_integral_value() else float(value)

    def moment(self, leaf: Leaf, _scope: Scope) -> str:
        """A day or instant soon, not before that of a field above."""
        if self._last is None or self._is_spare:
            ahead = timedelta(days=self._chance.randint(0, _DAYS_AHEAD), hours=1)
            self._last = self._wish.now + ahead
        else:
            self._last += timedelta(days=self._chance.randint(0, _DAYS_BETWEEN), hours=1)
        instant = self._last.astimezone(self._wish.zone)
        match leaf.component.subtype:
            case "time":
                return f"{instant:%H:%M}"
            case "datetime":
                return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:00}Z"
            case _:
                return f"{instant:%Y-%m-%d}"

    def box(self, leaf: Leaf, _scope: Scope) -> bool:
        """Ticked if it must be."""
        return leaf.component.rules.required or self._chance.random() < _OFTEN

    def choice(self, leaf: Leaf, scope: Scope) -> Any:
        """One option, or some."""
        known = options_of(leaf, scope)
        if not known:
            return None
        chosen = self._chance.choice(known)
        return [chosen] if leaf.component.type in LISTS else chosen

    def attachment(self, _leaf: Leaf, _scope: Scope) -> list[str]:
        """One id."""
        return [_ATTACHMENT]


def _is_open(leaf: Leaf, scope: Scope) -> bool:
    conditions = leaf.conditions
    return not (
        leaf.component.disabled
        or conditions.computed is not None
        or conditions.is_hidden(scope)
        or conditions.is_readonly(scope)
    )


_MAKERS: Final[Mapping[str, Callable[[_Writer, Leaf, Scope], Any]]] = {
    "textfield": _Writer.text,
    "textarea": _Writer.text,
    "number": _Writer.number,
    "datetime": _Writer.moment,
    "checkbox": _Writer.box,
    "select": _Writer.choice,
    "radio": _Writer.choice,
    "checklist": _Writer.choice,
    "taglist": _Writer.choice,
    "filepicker": _Writer.attachment,
}
