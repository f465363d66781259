"""Scripts of diagrams: assignments and if/else over the expression language, nothing else."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from engine.workflow.errors import ExpressionError
from engine.workflow.expressions import Expression, Lookup, Surroundings, plain, shorten, transform
from engine.workflow.juel import translate

_MAX_SOURCE = 8000
_MAX_STATEMENTS = 200
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


class Assign(Protocol):
    """Writes one variable."""

    def __call__(self, name: str, value: Any, /) -> None:
        """Set the variable ``name``."""
        ...


class _Assignment(msgspec.Struct, frozen=True):
    name: str
    path: tuple[str | int, ...]
    value: Callable[..., Any]
    source: str


class _Choice(msgspec.Struct, frozen=True):
    condition: Callable[..., Any]
    then: tuple[Any, ...]
    otherwise: tuple[Any, ...]
    source: str


class Script(msgspec.Struct, frozen=True):
    """A compiled script; immutable, shared by threads.

    Attributes:
        names: Variables it may write.
    """

    statements: tuple[Any, ...]
    names: frozenset[str]

    def execute(self, lookup: Lookup, surroundings: Surroundings, assign: Assign) -> None:
        """Run the script.

        Raises:
            ExpressionError: A value cannot be computed; earlier assignments stay.
        """
        _execute(self.statements, lookup, surroundings, assign)


def _execute(
    statements: Sequence[Any], lookup: Lookup, surroundings: Surroundings, assign: Assign
) -> None:
    for statement in statements:
        value = _compute(
            statement.condition if isinstance(statement, _Choice) else statement.value,
            statement.source, lookup, surroundings,
        )  # fmt: skip
        if isinstance(statement, _Choice):
            branch = statement.then if value else statement.otherwise
            _execute(branch, lookup, surroundings, assign)
        else:
            value = plain(value)
            if statement.path:
                value = _replaced(lookup(statement.name), statement.path, value, statement.source)
            assign(statement.name, value)


def _compute(
    function: Callable[..., Any], source: str, lookup: Lookup, surroundings: Surroundings
) -> Any:
    return Expression(source, function, frozenset()).evaluate(lookup, surroundings)


def _replaced(whole: Any, path: Sequence[str | int], value: Any, source: str) -> Any:
    """A copy of ``whole`` with the value at the path; the old one stays as it was."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if whole is None and isinstance(key, str):
        return {key: _replaced(None, rest, value, source)}
    if isinstance(whole, dict):
        return {**whole, str(key): _replaced(whole.get(str(key)), rest, value, source)}
    if isinstance(whole, list) and isinstance(key, int) and -len(whole) <= key < len(whole):
        copy = list(whole)
        copy[key] = _replaced(copy[key], rest, value, source)
        return copy
    raise ExpressionError(f"Expected '{source}' to assign a field, but there is no such place.")


@functools.lru_cache(2048)
def compile_script(source: str) -> Script:
    """Compile a script.

    Raises:
        ExpressionError: It is not of the language; the sentence says where and why.
    """
    if len(source) > _MAX_SOURCE:
        raise ExpressionError("Expected a short script, but it is too long.")
    lines = [line.strip() if line.strip() == "" else line for line in source.splitlines()]
    text = "\n".join(lines).strip("\n")
    try:
        tree = ast.parse(_dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ExpressionError(
            f"Expected a script of assignments and if/else, but line {line} is not well formed."
        ) from error
    names: set[str] = set()
    if sum(1 for node in ast.walk(tree) if isinstance(node, ast.stmt)) > _MAX_STATEMENTS:
        raise ExpressionError("Expected a short script, but it has too many statements.")
    try:
        return Script(_statements(tree.body, names), frozenset(names))
    except RecursionError as error:
        raise ExpressionError("Expected a plain script, but it is nested too deeply.") from error


def _dedent(text: str) -> str:
    """JUEL words are translated line by line, the common indent taken away."""
    lines = text.splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    indent = min(indents, default=0)
    return "\n".join(_translated(line[indent:]) for line in lines)


def _translated(line: str) -> str:
    body = line.lstrip()
    if not body or body.startswith("#"):
        return line
    head, equals, tail = body.partition("=")
    if equals and not tail.startswith("=") and head[-1:] not in "!<>=":
        return f"{line[: len(line) - len(body)]}{head}= {translate(tail.strip())}"
    return line


def _statements(body: Iterable[ast.stmt], names: set[str]) -> tuple[Any, ...]:
    result: list[Any] = []
    for statement in body:
        source = shorten(ast.unparse(statement))
        try:
            result.append(_statement(statement, source, names))
        except ExpressionError as error:
            if str(error).startswith("Expected"):
                raise
            raise ExpressionError(
                f"Expected '{source}' to be a statement of the language, but {error}."
            ) from error
    return tuple(result)


def _statement(statement: ast.stmt, source: str, names: set[str]) -> _Assignment | _Choice:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.op, _OPERATORS):
        target = statement.target
        read = ast.parse(ast.unparse(target), mode="eval").body
        value = ast.BinOp(read, statement.op, statement.value)
    elif isinstance(statement, ast.If):
        return _Choice(
            transform(statement.test),
            _statements(statement.body, names),
            _statements(statement.orelse, names),
            f"if {shorten(ast.unparse(statement.test))}",
        )
    else:
        raise ExpressionError("only assignments and if/else are allowed")
    name, path = _target(target)
    names.add(name)
    return _Assignment(name, path, transform(value), source)


def _target(target: ast.expr) -> tuple[str, tuple[str | int, ...]]:
    path: list[str | int] = []
    while not isinstance(target, ast.Name):
        if isinstance(target, ast.Attribute):
            path.append(target.attr)
            target = target.value
        elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            if not isinstance(target.slice.value, str | int):
                raise ExpressionError("a field is named by a text or a position")
            path.append(target.slice.value)
            target = target.value
        else:
            raise ExpressionError("only a variable or one of its fields can be assigned")
    for part in (target.id, *path):
        if isinstance(part, str) and part.startswith("_"):
            raise ExpressionError("names may not start with '_'")
    return target.id, tuple(reversed(path))
