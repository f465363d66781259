"""Types of columns and input data: which values they take. Source: DMN 1.3, 7.3.2 and 10.3.2.3."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from engine.domain.feel import FeelError, UnaryTests, strict_frame
from engine.domain.feel.syntax import Constant
from engine.domain.feel.values import KINDS, Range, enter, kind_of, read_any, shown

_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "any": (),
    "string": ("text",),
    "boolean": ("boolean",),
    **dict.fromkeys(("number", "double", "integer", "long"), ("number",)),
    # Camunda 7 calls an instant a date as well.
    "date": ("date", "instant"),
    "time": ("time",),
    **dict.fromkeys(("datetime", "date and time"), ("instant",)),
    "duration": ("duration", "months"),
    **dict.fromkeys(("daytimeduration", "days and time duration"), ("duration",)),
    **dict.fromkeys(("yearmonthduration", "years and months duration"), ("months",)),
    "context": ("context",),
    "list": ("list",),
}
_WHOLE: Final = frozenset({"integer", "long"})


class Type(msgspec.Struct, frozen=True, kw_only=True):
    """What a column, an input datum or a result may be; null always.

    Attributes:
        name: As the file names it; empty for anything.
        kinds: Kinds of FEEL values; none for any.
        is_whole: Whether a number is to be whole.
        is_collection: Whether it is a list of such values.
        allowed: Unary tests of which a value is to pass one, each from one source.
    """

    name: str = ""
    kinds: tuple[str, ...] = ()
    is_whole: bool = False
    is_collection: bool = False
    allowed: tuple[UnaryTests, ...] = ()

    @property
    def values(self) -> list[Any] | None:
        """All values but null it has, if they are few and known."""
        if self.kinds == ("boolean",) and not self.is_collection:
            return [True, False]
        if len(self.allowed) != 1 or self.is_collection:
            return None
        tests = self.allowed[0].tests
        constants = [test.operand for test in tests.tests if test.sign == "="]
        values = [one.value for one in constants if isinstance(one, Constant)]
        is_plain = len(values) == len(tests.tests) and not tests.negated
        is_single = all(not isinstance(value, Range | list) for value in values)
        return values if is_plain and is_single else None

    def take(self, raw: Any) -> Any:
        """The value as this type has it.

        Raises:
            FeelError: It is of another kind, or not among the allowed values.
        """
        if raw is None:
            return None
        value = enter(raw)
        if self.is_collection:
            if not isinstance(value, list | tuple):
                raise self._other(value, "list")
            return [self._take_one(enter(item)) for item in value]
        return self._take_one(value)

    def _take_one(self, value: Any) -> Any:
        value = self.take_kind(value)
        if self.is_whole and value is not None and value != value.to_integral_value():
            raise FeelError(f"{shown(value)} is not a whole number", f"{shown(value)} 不是整数")
        for tests in self.allowed:
            if value is not None and not tests.holds(value, strict_frame()):
                raise FeelError(
                    f"{shown(value)} is not among the allowed values {tests.source}",
                    f"{shown(value)} 不在允许的取值 {tests.source} 之中",
                )
        return value

    def take_kind(self, value: Any) -> Any:
        """A single value in one of the kinds; ISO 8601 texts become what they say.

        Raises:
            FeelError: It is of another kind.
        """
        kind = kind_of(value)
        if not self.kinds or kind in self.kinds or value is None:
            return value
        read = read_any(value) if kind == "text" else None
        if read is None or kind_of(read) not in self.kinds:
            raise self._other(value, self.kinds[0])
        return read

    def _other(self, value: Any, kind: str) -> FeelError:
        en, zh = KINDS[kind]
        found, found_zh = KINDS[kind_of(value)]
        return FeelError(
            f"it is to be {en}, but {shown(value)} is {found}",
            f"应为{zh}，但 {shown(value)} 是{found_zh}",
        )


ANYTHING: Final = Type()


def built_in(reference: str) -> Type | None:
    """The type of a ``typeRef``, with or without a prefix; None if it is not built in."""
    name = reference.rpartition(":")[2].strip()
    kinds = _KINDS.get(name.lower())
    if kinds is None:
        return None
    return Type(name=name, kinds=kinds, is_whole=name.lower() in _WHOLE)
