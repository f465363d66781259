"""Bounds on posted values as a whole, checked before anything looks at them in detail."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.domain.forms import FieldProblem
from forms.messages import problem

MAX_TEXT: Final = 10_000
MAX_ENTRIES: Final = 500
MAX_DEPTH: Final = 8
MAX_KEY: Final = 100
MAX_BITS: Final = 128
#: Values of all levels together; 500 rows of 20 fields fit.
MAX_VALUES: Final = 20_000

# PostgreSQL cannot store a null character in JSON, and nobody can encode half a surrogate pair.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def exceeded(values: Mapping[str, Any]) -> dict[str, list[FieldProblem]]:
    """Problems by path of everything too big, too deep or not storable; empty when all is well."""
    problems: dict[str, list[FieldProblem]] = {}
    for count, (path, value, depth) in enumerate(_walk("", values, 0)):
        if count >= MAX_VALUES:
            problems[""] = [problem("too_many_entries", limit=MAX_VALUES)]
            break
        found = _problem(value, depth)
        if found is not None:
            problems.setdefault(path, []).append(found)
    return problems


def _problem(value: Any, depth: int) -> FieldProblem | None:
    if isinstance(value, str):
        return _text_problem(value)
    if isinstance(value, list | Mapping):
        return _size_problem(value, depth)
    is_long = isinstance(value, int) and value.bit_length() > MAX_BITS
    return problem("magnitude") if is_long else None


def _text_problem(value: str) -> FieldProblem | None:
    if len(value) > MAX_TEXT:
        return problem("too_long", limit=MAX_TEXT)
    return problem("text_invalid") if _UNSTORABLE.search(value) else None


def _size_problem(value: list[Any] | Mapping[str, Any], depth: int) -> FieldProblem | None:
    if depth > MAX_DEPTH:
        return problem("too_deep")
    if len(value) > MAX_ENTRIES:
        return problem("too_many_entries", limit=MAX_ENTRIES)
    if isinstance(value, Mapping) and not all(map(_is_key, value)):
        return problem("field_unknown")
    return None


def _walk(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any, int]]:
    """Every value with its path; nothing below a value that is itself refused."""
    yield path, value, depth
    if _problem(value, depth) is not None:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(f"{path}.{key}" if path else key, inner, depth + 1)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _walk(f"{path}.{position}", inner, depth + 1)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and 0 < len(key) <= MAX_KEY and not _UNSTORABLE.search(key)
