"""Translates the habits of JUEL that Camunda files show into the expression language."""

from __future__ import annotations

import re

from engine.workflow.errors import ExpressionError

_TOKEN = re.compile(
    r"""\s+|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\d+(?:\.\d+)?|[^\W\d]\w*"""
    r"""|&&|\|\||==|!=|<=|>=|//|.""",
    re.DOTALL,
)
_HABIT = re.compile(r"&&|\|\||!|\?|\b(?:empty|eq|ne|lt|gt|le|ge|div|mod|true|false|null)\b")
_WORDS = {
    "&&": " and ", "||": " or ", "!": " not ", "eq": "==", "ne": "!=", "lt": "<", "gt": ">",
    "le": "<=", "ge": ">=", "div": "/", "mod": "%", "null": "None", "true": "True",
    "false": "False",
}  # fmt: skip
_OPEN, _CLOSE = "([{", ")]}"
_MAX_DEPTH = 40


def translate(text: str) -> str:
    """Text in the expression language; unchanged if no habit of JUEL is in it."""
    if not _HABIT.search(text):
        return text
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    return " ".join(_expression(tokens, 0)).strip()


def _expression(tokens: list[str], depth: int) -> list[str]:
    """Translate ``a ? b : c`` outermost first, then words and ``empty``."""
    if depth > _MAX_DEPTH:
        raise ExpressionError("it is nested too deeply")
    question = _find(tokens, "?", 0)
    if question is None:
        return _operators(tokens, depth)
    colon = _matching_colon(tokens, question + 1)
    if colon is None:
        raise ExpressionError("a '?' has no ':'")
    condition = _expression(tokens[:question], depth + 1)
    chosen = _expression(tokens[question + 1 : colon], depth + 1)
    other = _expression(tokens[colon + 1 :], depth + 1)
    return ["(", *chosen, ")", "if", "(", *condition, ")", "else", "(", *other, ")"]


def _find(tokens: list[str], wanted: str, start: int) -> int | None:
    level = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token in _OPEN:
            level += 1
        elif token in _CLOSE:
            level -= 1
        elif token == wanted and level == 0:
            return at
    return None


def _matching_colon(tokens: list[str], start: int) -> int | None:
    level = nested = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token in _OPEN:
            level += 1
        elif token in _CLOSE:
            level -= 1
        elif level == 0 and token == "?":  # noqa: S105
            nested += 1
        elif level == 0 and token == ":":  # noqa: S105
            if nested == 0:
                return at
            nested -= 1
    return None


def _operators(tokens: list[str], depth: int) -> list[str]:
    result: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        after_dot = bool(result) and result[-1] == "."
        if token in _OPEN and token != "{":  # noqa: S105
            end = _closing(tokens, at)
            inner = _arguments(tokens[at + 1 : end], depth + 1)
            result += [token, *inner, tokens[end] if end < len(tokens) else ""]
            at = end + 1
        elif token == "empty" and not after_dot and at + 1 < len(tokens):  # noqa: S105
            end = _operand(tokens, at + 1)
            result += ["is_empty(", *_operators(tokens[at + 1 : end], depth + 1), ")"]
            at = end
        elif token == "!" or (token in _WORDS and not after_dot):  # noqa: S105
            result.append(_WORDS[token])
            at += 1
        else:
            result.append(token)
            at += 1
    return result


def _arguments(tokens: list[str], depth: int) -> list[str]:
    result: list[str] = []
    start = 0
    while (comma := _find(tokens, ",", start)) is not None:
        result += [*_expression(tokens[start:comma], depth), ","]
        start = comma + 1
    return result + _expression(tokens[start:], depth)


def _closing(tokens: list[str], start: int) -> int:
    level = 0
    for at in range(start, len(tokens)):
        if tokens[at] in _OPEN:
            level += 1
        elif tokens[at] in _CLOSE:
            level -= 1
            if level == 0:
                return at
    return len(tokens)


def _operand(tokens: list[str], start: int) -> int:
    at = _closing(tokens, start) + 1 if tokens[start] in _OPEN else start + 1
    while at < len(tokens) and tokens[at] in {".", "[", "("}:
        at = at + 2 if tokens[at] == "." else _closing(tokens, at) + 1
    return min(at, len(tokens))
