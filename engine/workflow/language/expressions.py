"""Expressions of diagrams: compiled once, cached, computed without any way to Python.

Unknown names are None, as ``null`` in FEEL. An expression that begins with ``=`` is FEEL; the
grammar of all others is `engine.workflow.language.grammar`.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from engine.domain.feel import FeelError, FeelSyntaxError, compile_feel
from engine.workflow.errors import ExpressionError
from engine.workflow.language import functions, operators
from engine.workflow.language.grammar import parse
from engine.workflow.language.tokens import outside_texts

Lookup: TypeAlias = Callable[[str], Any]
Surroundings: TypeAlias = Mapping[str, Callable[..., Any]]
Computation: TypeAlias = Callable[[Lookup, Surroundings], Any]

_MAX_PARTS: Final = 200
_AROUND: Final = frozenset(functions.SURROUNDINGS)
_OPENING: Final = re.compile(r"[$#]\{")
_OPERATORS: Final = (
    operators.field, operators.item, operators.part, operators.items, operators.truth,
    operators.plus, operators.minus, operators.times, operators.quotient,
    operators.whole_quotient, operators.remainder, operators.negative, operators.equal,
    operators.unequal, operators.less, operators.at_most, operators.within, operators.is_empty,
)  # fmt: skip
_GLOBALS: Final[dict[str, Any]] = {
    "__builtins__": {},
    **{one.__name__: one for one in _OPERATORS},
    **{f"f_{name}": function.call for name, function in functions.FUNCTIONS.items()},
    **{f"m_{name}": method.call for name, method in functions.METHODS.items()},
}


class Expression:
    """A compiled expression; immutable, shared by threads.

    Attributes:
        source: The text as drawn.
        names: Variables it reads.
    """

    __slots__ = ("_function", "names", "source")

    def __init__(self, source: str, function: Computation, names: frozenset[str]) -> None:
        self.source = source
        self._function = function
        self.names = names

    def evaluate(self, lookup: Lookup, surroundings: Surroundings) -> Any:
        """Value of the expression.

        Args:
            lookup: Gives the value of a variable, None if there is none.
            surroundings: The functions of `engine.workflow.language.functions.SURROUNDINGS`.

        Raises:
            ExpressionError: It cannot be computed with these values.
        """
        try:
            return self._function(lookup, surroundings)
        except (ExpressionError, FeelError) as error:
            raise self._without_value(str(error), error.zh) from error
        except Exception as error:
            raise self._without_value(*_reason(error)) from error

    def as_condition(self) -> Expression:
        """The expression as a condition: its value is true or false, or there is none."""
        function = self._function
        return Expression(
            self.source, lambda names, around: operators.truth(function(names, around)), self.names
        )

    def _without_value(self, reason: str, reason_zh: str) -> ExpressionError:
        shown = shorten(self.source)
        return ExpressionError(
            f"Expected '{shown}' to have a value, but {reason}.",
            f"“{shown}”应能算出结果，但{reason_zh}。",
        )


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, TypeError):
        return (
            "it combines values of different kinds, or an empty one",
            "其中的值类型不同，或有空值",
        )
    if isinstance(error, ZeroDivisionError):
        return "it divides by zero", "出现除以零"
    if isinstance(error, IndexError | KeyError):
        return "it asks for an item that does not exist", "所取的项不存在"
    if isinstance(error, ValueError | OverflowError):
        return "a value in it cannot be converted", "其中的值无法转换"
    return "it cannot be computed with the present values", "用当前的值无法计算"


@functools.lru_cache(8192)
def compile_expression(source: str) -> Expression:
    """Compile an expression, ``${…}`` around it or not; FEEL when it begins with ``=``.

    Raises:
        ExpressionError: It is not of the language; the sentence says why and where.
    """
    text = unwrap(source)
    try:
        if text.startswith("="):
            return _formula(text)
        tree, names = parse(text)
        return Expression(text, compile_tree(tree), names)
    except ExpressionError as error:
        shown = shorten(text)
        raise ExpressionError(
            f"Expected '{shown}' to be an expression, but {error}.",
            f"“{shown}”应为表达式，但{error.zh}。",
        ) from error


@functools.lru_cache(8192)
def compile_condition(source: str) -> Expression:
    """Compile a condition: what has a value that is no truth is an error when computed.

    Raises:
        ExpressionError: It is not of the language; the sentence says why and where.
    """
    return compile_expression(source).as_condition()


def _formula(text: str) -> Expression:
    try:
        formula = compile_feel(text, frozenset(), _AROUND)
    except FeelSyntaxError as error:
        reason, reason_zh = str(error).rstrip("."), error.zh.rstrip("。")
        raise ExpressionError(f"in FEEL: {reason}", f"按 FEEL 解析：{reason_zh}") from error
    return Expression(text, formula.compute, formula.reads)


def compile_tree(tree: ast.expr) -> Computation:
    """Turn a tree of the grammar into ``f(lookup, surroundings)``."""
    arguments = ast.arguments([], [ast.arg("_n"), ast.arg("_s")], None, [], [], None, [])
    whole = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, tree)))
    try:
        code = compile(whole, "<expression>", "eval")
    except (RecursionError, MemoryError) as error:
        raise ExpressionError("it is nested too deeply", "嵌套过深") from error
    function: Computation = eval(code, _GLOBALS)  # noqa: S307 - a tree of our own nodes
    return function


class Template:
    """A text with ``${…}`` parts, as attributes of diagrams are; immutable.

    One single part gives its value as it is; text around parts gives a text.
    """

    __slots__ = ("constant", "names", "parts", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts = tuple(_parts(source))
        expressions = [part for part in self.parts if isinstance(part, Expression)]
        self.names = frozenset[str]().union(*(part.names for part in expressions))
        self.constant = not expressions

    def evaluate(self, lookup: Lookup, surroundings: Surroundings) -> Any:
        """Value of the text.

        Raises:
            ExpressionError: A part cannot be computed.
        """
        if self.constant:
            return self.source
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            return self.parts[0].evaluate(lookup, surroundings)
        texts = [
            operators.text_of(part.evaluate(lookup, surroundings))
            if isinstance(part, Expression)
            else part
            for part in self.parts
        ]
        return operators.bounded("".join(texts))


def _parts(source: str) -> list[str | Expression]:
    if source.lstrip().startswith("="):
        return [compile_expression(source)]
    parts: list[str | Expression] = []
    start = 0
    while (opening := _OPENING.search(source, start)) is not None:
        if source[opening.start() - 1 : opening.start()] == "\\":
            raise ExpressionError(
                "Expected an expression behind '${', but a backslash takes its meaning away.",
                "“${”之后应为表达式，但反斜杠取消了它的含义。",
            )
        if opening.start() > start:
            parts.append(source[start : opening.start()])
        end = _closing(source, opening.end())
        parts.append(compile_expression(source[opening.end() : end]))
        if len(parts) > _MAX_PARTS:
            raise ExpressionError(
                "Expected a text with a few expressions, but there are too many.",
                "文本中的表达式不应过多。",
            )
        start = end + 1
    if start < len(source):
        parts.append(source[start:])
    stripped = [part for part in parts if isinstance(part, Expression) or part.strip()]
    return stripped if len(stripped) == 1 else parts


def _closing(source: str, start: int) -> int:
    """Place of the brace that closes the part; braces and quotes in texts close nothing."""
    depth = 1
    for at, character in outside_texts(source, start):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return at
    shown = shorten(source)
    raise ExpressionError(
        f"Expected '{shown}' to close its '{{', but it does not.",
        f"“{shown}”中的“{{”应有对应的“}}”，但没有。",
    )


@functools.lru_cache(8192)
def compile_template(source: str) -> Template:
    """Compile a text with ``${…}`` parts; FEEL when it begins with ``=``.

    Raises:
        ExpressionError: A part is not of the language.
    """
    if len(source) > operators.MAX_TEXT:
        raise ExpressionError(
            "Expected a text of an attribute, but it is too long.", "属性文本过长。"
        )
    return Template(source)


def unwrap(source: str) -> str:
    """Take ``${…}`` or ``#{…}`` away when it encloses the whole text."""
    text = source.strip()
    if text[:2] in {"${", "#{"} and text.endswith("}") and _closing(text, 2) == len(text) - 1:
        return text[2:-1].strip()
    return text


def shorten(text: str, length: int = 80) -> str:
    """Text for a sentence: one line, at most ``length`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
