"""Expressions of diagrams: a whitelist over the Python grammar, compiled once and cached.

There is no attribute access to anything but fields of objects, no call but of the functions
listed here, and sizes are bounded. Unknown names are None, as ``null`` in FEEL. The habits of
JUEL (``&&``, ``!x``, ``empty x``, ``a ? b : c``, ``x.equals(y)``) are translated first.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from typing_extensions import override

from engine.workflow.durations import duration
from engine.workflow.errors import ExpressionError, TimerError
from engine.workflow.juel import translate

_MAX_SOURCE = 4000
_MAX_NODES = 400
_MAX_DEPTH = 80
_MAX_DIGITS = 15
_MAX_TEXT = 100_000
_MAX_INT = 1 << 63

_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp,
    ast.Constant, ast.Name, ast.Load, ast.List, ast.Tuple, ast.Dict, ast.Subscript, ast.Slice,
    ast.Attribute, ast.Call, ast.keyword, ast.ListComp, ast.GeneratorExp, ast.comprehension,
    ast.Store,
)  # fmt: skip

Lookup: TypeAlias = Callable[[str], Any]
Surroundings: TypeAlias = Mapping[str, Callable[..., Any]]


def _field(owner: Any, name: str) -> Any:
    if owner is None:
        return None
    if isinstance(owner, dict):
        return owner.get(name)
    raise ExpressionError(f"there is no field '{name}' on a plain value")


def _item(owner: Any, key: Any) -> Any:
    if owner is None:
        return None
    if isinstance(owner, dict):
        return owner.get(key)
    return owner[key]


def _bounded(value: Any) -> Any:
    if isinstance(value, int):
        if abs(value) >= _MAX_INT:
            raise ExpressionError("a number becomes too large")
    elif isinstance(value, str | list | tuple) and len(value) > _MAX_TEXT:
        raise ExpressionError("a text or list becomes too long")
    return value


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) != isinstance(right, str):
        # JUEL joins texts and numbers with "+"; so do the diagrams.
        left, right = _text(left), _text(right)
    return _bounded(left + right)


def _multiply(left: Any, right: Any) -> Any:
    for value in (left, right):
        if isinstance(value, str | list | tuple):
            raise ExpressionError("a text or list cannot be multiplied")
    return _bounded(left * right)


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise ExpressionError("a text cannot be divided")
    return left % right


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _round(value: Any, digits: int = 0) -> Any:
    if abs(digits) > _MAX_DIGITS:
        raise ExpressionError("a number can be rounded to at most 15 digits")
    return round(value, digits) if digits else round(value)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {}, ())


def _contains(whole: Any, part: Any) -> bool:
    return whole is not None and part in whole


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ExpressionError("an instant is written without its offset from UTC")
    return instant.astimezone(UTC)


def _duration(value: str) -> timedelta:
    try:
        length = duration(value)
    except TimerError as error:
        raise ExpressionError(str(error)) from error
    if length.months:
        raise ExpressionError("a duration in an expression has months, whose length varies")
    return length.exact


def _get_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | dict) else [value]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len, "min": min, "max": max, "sum": sum, "any": any, "all": all, "abs": abs,
    "round": _round, "str": _text, "int": int, "float": float, "bool": bool, "sorted": sorted,
    "list": _get_list, "count": len, "contains": _contains, "date": _date, "instant": _instant,
    "duration": _duration, "string": _text, "number": float, "is_empty": _empty,
    "lower": lambda text: _text(text).lower(), "upper": lambda text: _text(text).upper(),
    "trim": lambda text: _text(text).strip(),
    "starts_with": lambda text, head: _text(text).startswith(_text(head)),
    "ends_with": lambda text, tail: _text(text).endswith(_text(tail)),
    "split": lambda text, mark: _text(text).split(_text(mark) or None),
    "join": lambda items, mark: _bounded(_text(mark).join(_text(item) for item in items)),
}  # fmt: skip

#: Functions whose answer depends on the step: the instant, and the SLA clocks.
SURROUNDINGS = frozenset({"now", "today", "clock"})

#: Java methods that JUEL conditions call, as functions of the owner.
_METHODS: dict[str, str] = {
    "equals": "_equals", "contains": "contains", "size": "len", "length": "len",
    "isEmpty": "is_empty", "toString": "str", "toLowerCase": "lower", "toUpperCase": "upper",
    "startsWith": "starts_with", "endsWith": "ends_with", "trim": "trim", "get": "_item",
    "containsKey": "contains", "intValue": "int", "equalsIgnoreCase": "_equals_ignore_case",
}  # fmt: skip

_GLOBALS: dict[str, Any] = {
    "__builtins__": {},
    "_field": _field,
    "_item": _item,
    "_add": _add,
    "_multiply": _multiply,
    "_modulo": _modulo,
    "_equals": lambda left, right: left == right,
    "_equals_ignore_case": lambda left, right: _text(left).lower() == _text(right).lower(),
    **FUNCTIONS,
}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "_add",
    ast.Mult: "_multiply",
    ast.Mod: "_modulo",
}
_WORDS = {"true": True, "false": False, "null": None}


class _Whitelist(ast.NodeTransformer):
    """Refuses what is not allowed and turns names into look-ups."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.nodes = 0
        self.depth = 0
        self.bound: set[str] = set()

    @override
    def visit(self, node: ast.AST) -> Any:
        self.nodes += 1
        if self.nodes > _MAX_NODES:
            raise ExpressionError("it has too many parts")
        if self.depth > _MAX_DEPTH:
            raise ExpressionError("it is nested too deeply")
        if not isinstance(node, _ALLOWED):
            raise ExpressionError(f"'{_describe(node)}' is not part of the language")
        self.depth += 1
        try:
            return super().visit(node)
        finally:
            self.depth -= 1

    @override
    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id.startswith("_"):
            raise ExpressionError("names may not start with '_'")
        if node.id in self.bound:
            return node
        if node.id in _WORDS:
            return ast.copy_location(ast.Constant(_WORDS[node.id]), node)
        self.names.add(node.id)
        return _call("_n", [ast.Constant(node.id)], node)

    @override
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if not isinstance(value, str | int | float | None):
            raise ExpressionError("only texts, numbers, true, false and null are constants")
        _bounded(value)
        return node

    @override
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr.startswith("_"):
            raise ExpressionError("names may not start with '_'")
        return _call("_field", [self.visit(node.value), ast.Constant(node.attr)], node)

    @override
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.slice, ast.Slice):
            return self.generic_visit(node)
        return _call("_item", [self.visit(node.value), self.visit(node.slice)], node)

    @override
    def visit_Call(self, node: ast.Call) -> ast.AST:
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [self.visit(keyword) for keyword in node.keywords]
        if any(keyword.arg is None for keyword in keywords):
            raise ExpressionError("'**' is not part of the language")
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _METHODS:
            owner = self.visit(function.value)
            return _call(_METHODS[function.attr], [owner, *arguments], node)
        if not isinstance(function, ast.Name):
            raise ExpressionError("only the functions of the language can be called")
        if function.id in SURROUNDINGS:
            called = ast.Subscript(
                ast.Name("_s", ast.Load()), ast.Constant(function.id), ast.Load()
            )
            return ast.copy_location(ast.Call(called, arguments, keywords), node)
        if function.id not in FUNCTIONS:
            raise ExpressionError(f"there is no function '{function.id}'")
        return ast.copy_location(ast.Call(function, arguments, keywords), node)

    @override
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        operator = _OPERATORS.get(type(node.op))
        return _call(operator, [node.left, node.right], node) if operator else node

    @override
    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    @override
    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> ast.AST:
        if len(node.generators) != 1 or self.bound:
            raise ExpressionError("loops cannot be nested")
        loop = node.generators[0]
        if not isinstance(loop.target, ast.Name) or loop.target.id.startswith("_"):
            raise ExpressionError("a loop has one plain variable")
        loop.iter = self.visit(loop.iter)
        self.bound.add(loop.target.id)
        try:
            node.elt = self.visit(node.elt)
            loop.ifs = [self.visit(condition) for condition in loop.ifs]
        finally:
            self.bound.clear()
        return node


def _call(function: str, arguments: list[Any], node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Call(ast.Name(function, ast.Load()), arguments, []), node)


def _describe(node: ast.AST) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).lower()


class Expression:
    """A compiled expression; immutable, shared by threads.

    Attributes:
        source: The text as drawn.
        names: Variables it reads.
    """

    __slots__ = ("_function", "names", "source")

    def __init__(self, source: str, function: Callable[..., Any], names: frozenset[str]) -> None:
        self.source = source
        self._function = function
        self.names = names

    def evaluate(self, lookup: Lookup, surroundings: Surroundings) -> Any:
        """Value of the expression.

        Args:
            lookup: Gives the value of a variable, None if there is none.
            surroundings: The functions of `SURROUNDINGS`.

        Raises:
            ExpressionError: It cannot be computed with these values.
        """
        try:
            return self._function(lookup, surroundings)
        except ExpressionError as error:
            raise ExpressionError(self._sentence(str(error))) from error
        except Exception as error:
            raise ExpressionError(self._sentence(_reason(error))) from error

    def _sentence(self, reason: str) -> str:
        return f"Expected '{self.source}' to have a value, but {reason}."


def _reason(error: Exception) -> str:
    if isinstance(error, TypeError):
        return "it combines values of different kinds, or an empty one"
    if isinstance(error, ZeroDivisionError):
        return "it divides by zero"
    if isinstance(error, IndexError | KeyError):
        return "it asks for an item that does not exist"
    if isinstance(error, ValueError | OverflowError):
        return "a value in it cannot be converted"
    return "it cannot be computed with the present values"


@functools.lru_cache(8192)
def compile_expression(source: str) -> Expression:
    """Compile an expression, ``${…}`` around it or not.

    Raises:
        ExpressionError: It is not of the language; the sentence says why.
    """
    text = unwrap(source)
    whitelist = _Whitelist()
    try:
        function = build_function(whitelist.visit(_parse(text)).body)
    except ExpressionError as error:
        raise ExpressionError(
            f"Expected '{shorten(text)}' to be an expression, but {error}."
        ) from error
    return Expression(text, function, frozenset(whitelist.names))


def _parse(text: str) -> ast.Expression:
    if not text or len(text) > _MAX_SOURCE:
        raise ExpressionError("it is too long" if text else "it is empty")
    try:
        return ast.parse(translate(text), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("it is not well formed") from error


def transform(tree: ast.expr) -> Callable[..., Any]:
    """Whitelist and compile an expression that is part of a script.

    Raises:
        ExpressionError: It is not of the language.
    """
    return build_function(_Whitelist().visit(tree))


def build_function(body: ast.expr) -> Callable[..., Any]:
    """Turn a whitelisted tree into ``f(lookup, surroundings)``."""
    arguments = ast.arguments([], [ast.arg("_n"), ast.arg("_s")], None, [], [], None, [])
    tree = ast.Expression(ast.Lambda(arguments, body))
    try:
        code = compile(ast.fix_missing_locations(tree), "<expression>", "eval")
    except (RecursionError, ValueError, SyntaxError) as error:
        raise ExpressionError("it is nested too deeply") from error
    function: Callable[..., Any] = eval(code, _GLOBALS)  # noqa: S307 - whitelisted above
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
        return "".join(
            _text(part.evaluate(lookup, surroundings)) if isinstance(part, Expression) else part
            for part in self.parts
        )


def _parts(source: str) -> list[str | Expression]:
    parts: list[str | Expression] = []
    start = 0
    while (at := _opening(source, start)) >= 0:
        if at > start:
            parts.append(source[start:at])
        end = _closing(source, at + 2)
        parts.append(compile_expression(source[at + 2 : end]))
        start = end + 1
    if start < len(source):
        parts.append(source[start:])
    stripped = [part for part in parts if isinstance(part, Expression) or part.strip()]
    return stripped if len(stripped) == 1 else parts


def _opening(source: str, start: int) -> int:
    found = [at for at in (source.find("${", start), source.find("#{", start)) if at >= 0]
    return min(found, default=-1)


def _closing(source: str, start: int) -> int:
    depth, quote = 1, ""
    for at in range(start, len(source)):
        character = source[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
    raise ExpressionError(f"Expected '{shorten(source)}' to close its '{{', but it does not.")


@functools.lru_cache(8192)
def compile_template(source: str) -> Template:
    """Compile a text with ``${…}`` parts.

    Raises:
        ExpressionError: A part is not of the language.
    """
    if len(source) > _MAX_TEXT:
        raise ExpressionError("Expected a text of an attribute, but it is too long.")
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


def plain(value: Any) -> Any:
    """A value as it can be kept in a variable.

    Raises:
        ExpressionError: It cannot be kept.
    """
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return _bounded(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():g}S"
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    raise ExpressionError(
        "Expected a value that can be kept in a variable, but it is of another kind."
    )
