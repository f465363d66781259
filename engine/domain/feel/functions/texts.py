"""Functions about texts and contexts, and conversions. Source: DMN 1.3, 10.3.4.1 to 10.3.4.3."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.functions.signature import Function, function
from engine.domain.feel.values.arithmetic import MAX_TEXT
from engine.domain.feel.values.durations import Months
from engine.domain.feel.values.exchange import enter, leave, shown
from engine.domain.feel.values.kinds import Value

_NUMBER: Final = re.compile(r"-?(?:\d{1,30}(?:\.\d{1,30})?|\.\d{1,30})", re.ASCII)
_PATTERN_SIGNS: Final = frozenset("\\.^$|?*+()[]{}")


def text_of(value: Value) -> str | None:
    """A value as a text; null for null.

    Raises:
        FeelError: It is a list, context or range.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return "0" if not value else format(value.normalize(), "f")
    if isinstance(value, date | time | timedelta | Months):
        return str(leave(value))
    raise FeelError(f"{shown(value)} cannot be written as a text", f"{shown(value)} 不能转为文本")


def _number_of(text: str) -> Decimal:
    if _NUMBER.fullmatch(text) is None:
        raise FeelError(f"{shown(text)} is not a number", f"{shown(text)} 不是数字")
    return Decimal(text)


def _number_written(text: str, grouping: str | None, point: str | None) -> Decimal:
    if grouping not in (None, "", " ", ",", ".") or point not in (None, ".", ","):
        raise FeelError("groups are marked by ' ', ',' or '.'", "分组符只能是空格、逗号或句点")
    if grouping and grouping == (point or "."):
        raise FeelError("one sign marks groups and decimals", "分组符与小数点相同")
    plain = text.replace(grouping, "") if grouping else text
    return _number_of(plain.replace(point, ".") if point else plain)


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    at = whole(start)
    if at == 0 or abs(at) > len(text):
        raise FeelError(
            f"there is no character {at} in {shown(text)}", f"{shown(text)} 没有第 {at} 个字符"
        )
    begin = at - 1 if at > 0 else len(text) + at
    if length is None:
        return text[begin:]
    count = whole(length)
    if count < 1:
        raise FeelError(f"a length is 1 or more, not {count}", f"长度至少为 1，而非 {count}")
    return text[begin : begin + count]


def whole(number: Decimal) -> int:
    """A number that counts something.

    Raises:
        FeelError: It is not whole, or beyond all bounds.
    """
    if number != number.to_integral_value() or number.adjusted() > len(str(MAX_TEXT)):
        raise FeelError(
            f"{shown(number)} is not a whole number in bounds", f"{shown(number)} 不是合理的整数"
        )
    return int(number)


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _split(text: str, mark: str) -> list[str]:
    # The standard takes a pattern; only marks that mean themselves are the same either way.
    if not mark or _PATTERN_SIGNS & set(mark):
        raise FeelError(
            f"{shown(mark)} cannot mark parts of a text", f"{shown(mark)} 不能用作分隔符"
        )
    return text.split(mark)


def _join(items: list[Value], mark: str | None = None) -> str:
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        raise FeelError("only texts can be joined", "只能连接文本")
    if sum(map(len, texts)) + len(texts) * len(mark or "") > MAX_TEXT:
        raise FeelError("the text becomes too long", "文本过长")
    return (mark or "").join(texts)


def _entries(context: Mapping[str, Value]) -> list[dict[str, Value]]:
    return [{"key": key, "value": value} for key, value in context.items()]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "string": function(("any", text_of)),
    "number": function(
        ("text", _number_of),
        ("number", lambda number: number),
        ("text any any", _number_written),
    ),
    "substring": function(("text number number?", _substring)),
    "string length": function(("text", lambda text: Decimal(len(text)))),
    "upper case": function(("text", str.upper)),
    "lower case": function(("text", str.lower)),
    "trim": function(("text", str.strip)),
    "substring before": function(("text text", _before)),
    "substring after": function(("text text", _after)),
    "contains": function(("text text", lambda text, part: part in text)),
    "starts with": function(("text text", str.startswith)),
    "ends with": function(("text text", str.endswith)),
    "split": function(("text text", _split)),
    "string join": function(("list text?", _join)),
    "is defined": function(("any", lambda value: value is not None)),
    "is empty": function(
        ("list", lambda items: not items),
        ("text", lambda text: not text),
    ),
    "get value": function(("context text", lambda context, key: enter(context.get(key)))),
    "get entries": function(("context", _entries)),
}
