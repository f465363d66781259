"""Texts with values in them, as form-js writes them: ``{{ name }}``, sections and loops.

``= expression`` as a whole text, ``{{expression}}``, ``{{#if condition}}…{{/if}}`` and
``{{#loop list}}…{{/loop}}``; inside a loop ``this``, ``parent`` and the keys of the item are
known. Expressions are FEEL. Never fails and never grows without bounds.
Source: feelers, the templating of form-js.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from engine.domain.feel import Expression, FeelSyntaxError, Scope, compile_feel
from engine.domain.forms import FormBrokenError

#: Items of a loop that are written, and characters of a whole text.
MAX_ITEMS: Final = 200
MAX_TEXT: Final = 20_000
_MAX_DEPTH: Final = 5
_TAG: Final = re.compile(r"\{\{(?:#(?P<open>if|loop)\s(?P<of>.*?)|/(?P<close>if|loop)\s*"
                         r"|(?P<insert>.*?))\}\}\n?", re.DOTALL)  # fmt: skip

Escape = Callable[[str], str]


class Insert(msgspec.Struct, frozen=True):
    """The value of an expression."""

    expression: Expression


class Section(msgspec.Struct, frozen=True):
    """What is written if a condition holds."""

    expression: Expression
    parts: tuple[Part, ...]


class Loop(msgspec.Struct, frozen=True):
    """What is written once per item of a list."""

    expression: Expression
    parts: tuple[Part, ...]


Part = str | Insert | Section | Loop


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled text.

    Attributes:
        parts: What it consists of, in order.
    """

    parts: tuple[Part, ...]

    def expressions(self) -> Iterator[Expression]:
        """Everything it evaluates."""
        return _expressions(self.parts)

    def written(self, scope: Scope, escape: Escape = str) -> str:
        """The text with its values.

        Args:
            scope: What names mean.
            escape: Makes a value harmless in the language of the text.
        """
        pieces: list[str] = []
        room = MAX_TEXT
        for piece in _written(self.parts, scope, escape):
            pieces.append(piece[:room])
            room -= len(piece)
            if room <= 0:
                break
        return "".join(pieces)


def compile_wording(source: str) -> Wording:
    """Compile a text.

    Raises:
        FormBrokenError: An expression is wrong, or a section is not closed.
    """
    if source.startswith("="):
        return Wording(parts=(Insert(_compiled(source)),))
    if "{{" not in source:
        return Wording(parts=(source,) if source else ())
    return Wording(parts=_Reader(source).read())


def text_of(value: Any) -> str:
    """A value as text in a sentence: nothing for null, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return format(number.normalize() if number else number, "f")
    if isinstance(value, list):
        return ", ".join(map(text_of, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


class _Reader:
    """Reads one source from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._tags = _TAG.finditer(source)

    def read(self) -> tuple[Part, ...]:
        return self._parts(None, 1)

    def _parts(self, inside: str | None, depth: int) -> tuple[Part, ...]:
        """Everything up to the end of the section that is open."""
        if depth > _MAX_DEPTH:
            raise _broken("is nested too deeply", "嵌套过深")
        parts: list[Part] = []
        for tag in self._tags:
            # A line break behind a value belongs to the text, behind a section it does not.
            end = tag.end() - (tag["insert"] is not None and tag[0].endswith("\n"))
            parts += filter(None, [self._source[self._at : tag.start()]])
            self._at = end
            if tag["close"]:
                if tag["close"] != inside:
                    raise _broken(
                        f"closes {tag['close']} too often", f"多余的 {tag['close']} 结束"
                    )
                return tuple(parts)
            if tag["open"]:
                kind = Section if tag["open"] == "if" else Loop
                parts.append(kind(_compiled(tag["of"]), self._parts(tag["open"], depth + 1)))
            elif tag["insert"].strip():
                parts.append(Insert(_compiled(tag["insert"])))
        if inside is not None:
            raise _broken(f"does not close {inside}", f"{inside} 没有结束")
        parts += filter(None, [self._source[self._at :]])
        return tuple(parts)


def _compiled(source: str) -> Expression:
    try:
        return compile_feel(source)
    except FeelSyntaxError as error:
        raise FormBrokenError(
            f"an expression of its text is wrong: {error}", f"文本中的表达式有误：{error.zh}"
        ) from error


def _broken(fact: str, fact_zh: str) -> FormBrokenError:
    return FormBrokenError(f"its text {fact}", f"其文本{fact_zh}")


def _written(parts: tuple[Part, ...], scope: Scope, escape: Escape) -> Iterator[str]:
    for part in parts:
        match part:
            case Insert():
                yield escape(text_of(part.expression.evaluate(scope)))
            case Section():
                if part.expression.evaluate(scope) not in (None, False, 0, ""):
                    yield from _written(part.parts, scope, escape)
            case Loop():
                for item in _items(part.expression.evaluate(scope)):
                    yield from _written(part.parts, _inside(scope, item), escape)
            case _:
                yield part


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return value[:MAX_ITEMS] if isinstance(value, list) else [value]


def _inside(scope: Scope, item: Any) -> Scope:
    names = {"this": item, "_this_": item, "parent": scope.get("this")}
    own = item if isinstance(item, Mapping) else {}
    return ChainMap(cast("dict[str, Any]", own), names, cast("dict[str, Any]", scope))


def _expressions(parts: tuple[Part, ...]) -> Iterator[Expression]:
    for part in parts:
        if not isinstance(part, str):
            yield part.expression
        if isinstance(part, Section | Loop):
            yield from _expressions(part.parts)
