"""Scripts of diagrams: assignments and if/else over the expression language, nothing else."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec

from engine.workflow.errors import ExpressionError
from engine.workflow.language import operators
from engine.workflow.language.expressions import (
    Computation,
    Expression,
    Lookup,
    Surroundings,
    compile_tree,
    shorten,
)
from engine.workflow.language.grammar import parse_words
from engine.workflow.language.lines import Line, lines_of, refused_at
from engine.workflow.language.operands import RESERVED
from engine.workflow.language.tokens import Token
from engine.workflow.language.values import plain

#: Scripts in these languages are read as the language of the engine.
LANGUAGES = frozenset({"", "python", "gongdan", "juel", "application/x-python"})
_MAX_SOURCE: Final = 8000
_MAX_STATEMENTS: Final = 200
_MAX_DEPTH: Final = 20
_MAX_PATH: Final = 60
_OPERATORS: Final = {
    "+": operators.plus, "-": operators.minus, "*": operators.times,
    "/": operators.quotient, "//": operators.whole_quotient, "%": operators.remainder,
}  # fmt: skip
_TARGET: Final = re.compile(r"n(?:\.n|\[-?i\]|\[t\])*")


class Assign(Protocol):
    """Writes one variable."""

    def __call__(self, name: str, value: Any, /) -> None:
        """Set the variable ``name``."""
        ...


class _Assignment(msgspec.Struct, frozen=True):
    name: str
    path: tuple[str | int, ...]
    value: Computation
    source: str


class _Choice(msgspec.Struct, frozen=True):
    condition: Computation
    then: tuple[Any, ...]
    otherwise: tuple[Any, ...]
    source: str


class Script(msgspec.Struct, frozen=True):
    """A compiled script; immutable, shared by threads.

    Attributes:
        names: Variables it may write.
        reads: Variables it may read.
    """

    statements: tuple[Any, ...]
    names: frozenset[str]
    reads: frozenset[str] = frozenset()

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
    function: Computation, source: str, lookup: Lookup, surroundings: Surroundings
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
    raise ExpressionError(
        f"Expected '{source}' to assign a field, but there is no such place.",
        f"“{source}”应给字段赋值，但没有这个位置。",
    )


@functools.lru_cache(2048)
def compile_script(source: str) -> Script:
    """Compile a script.

    Raises:
        ExpressionError: It is not of the language; the sentence says where and why.
    """
    if len(source) > _MAX_SOURCE:
        raise ExpressionError("Expected a short script, but it is too long.", "脚本过长。")
    lines = list(lines_of(source))
    if len(lines) > _MAX_STATEMENTS:
        raise ExpressionError(
            "Expected a short script, but it has too many statements.", "脚本语句过多。"
        )
    return _Compiler(lines).script()


class _Compiler:
    """Turns the lines of a script into statements, block by block."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._next = 0
        self._depth = 0
        self._written: set[str] = set()
        self._read: set[str] = set()

    def script(self) -> Script:
        """The whole script."""
        first = self._line
        statements = () if first is None else self._block(first)
        if self._line is not None:
            raise refused_at(self._line.number, "the indent is wrong", "缩进有误")
        return Script(statements, frozenset(self._written), frozenset(self._read))

    @property
    def _line(self) -> Line | None:
        """The present line; None behind the last one."""
        return self._lines[self._next] if self._next < len(self._lines) else None

    def _block(self, first: Line) -> tuple[Any, ...]:
        """The statements that stand below each other, from the present one on."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise refused_at(first.number, "blocks are nested too deeply", "嵌套过深")
        statements: list[Any] = []
        while (line := self._line) is not None and line.indent == first.indent:
            try:
                statements.append(self._statement(line))
            except ExpressionError as error:
                if str(error).startswith("Expected"):
                    raise
                raise refused_at(line.number, str(error), error.zh) from error
        self._depth -= 1
        return tuple(statements)

    def _statement(self, line: Line) -> _Assignment | _Choice:
        if line.words[0].is_name("if"):
            return self._choice(line)
        self._next += 1
        return self._assignment(line)

    def _choice(self, line: Line) -> _Choice:
        """``if`` or ``elif`` with its block and what follows otherwise."""
        condition = self._condition(line)
        then = self._indented(line)
        otherwise: tuple[Any, ...] = ()
        following = self._line
        if following is not None and following.indent == line.indent:
            if following.words[0].is_name("elif"):
                otherwise = (self._choice(following),)
            elif following.words[0].is_name("else"):
                if [word.text for word in following.words[1:]] != [":", ""]:
                    raise refused_at(following.number, "'else:' is incomplete", "“else:”不完整")
                otherwise = self._indented(following)
        return _Choice(condition, then, otherwise, shorten(line.text.rstrip(":")))

    def _condition(self, line: Line) -> Computation:
        *words, colon, end = line.words[1:]
        if not words or not colon.is_sign(":"):
            raise refused_at(line.number, "the condition does not end with ':'", "条件应以“:”结尾")
        value = self._computed([*words, end])
        return lambda lookup, around: operators.truth(value(lookup, around))

    def _indented(self, line: Line) -> tuple[Any, ...]:
        self._next += 1
        first = self._line
        if first is None or first.indent <= line.indent:
            raise refused_at(line.number, "nothing is indented below it", "其下没有缩进的语句")
        return self._block(first)

    def _assignment(self, line: Line) -> _Assignment:
        words = line.words
        equals = next((at for at, word in enumerate(words) if word.is_sign("=")), None)
        if not equals:
            raise ExpressionError(
                "only assignments and if/else are allowed", "只允许赋值和 if/else"
            )
        before = words[equals - 1]
        operator = _OPERATORS.get(before.text) if before.kind == "sign" else None
        target = words[: equals - 1 if operator else equals]
        name, path = _target(target)
        value = self._computed(words[equals + 1 :])
        if operator is not None:
            value = _combined(operator, self._computed([*target, words[-1]]), value)
        self._written.add(name)
        return _Assignment(name, path, value, shorten(line.text))

    def _computed(self, words: Sequence[Token]) -> Computation:
        tree, names = parse_words(words)
        self._read |= names
        return compile_tree(tree)


def _combined(operator: Any, left: Computation, right: Computation) -> Computation:
    return lambda lookup, around: operator(left(lookup, around), right(lookup, around))


def _target(words: Sequence[Token]) -> tuple[str, tuple[str | int, ...]]:
    """Variable and path of ``order.lines[0]``."""
    shape = "".join({"name": "n", "number": "i", "text": "t"}.get(w.kind, w.text) for w in words)
    if len(shape) > _MAX_PATH or not _TARGET.fullmatch(shape):
        raise ExpressionError(
            "only a variable or one of its fields can be assigned",
            "只能给变量或其字段赋值",
        )
    names = [word.text for word in words if word.kind == "name"]
    if any(name.startswith("_") for name in names) or names[0] in RESERVED:
        raise ExpressionError(
            "a name begins with '_' or is a word of the language", "名称以“_”开头或是保留字"
        )
    path = [
        int(word.text) if word.kind == "number" else word.text
        for word in words[1:]
        if word.kind != "sign"
    ]
    return names[0], tuple(path)
