"""Values as variables keep them: JSON, of bounded size."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from engine.workflow.errors import ExpressionError
from engine.workflow.language import operators

#: Size of one list or object in characters, and how deep it is; JSON readers have limits, too.
_MAX_SIZE: Final = 1_000_000
#: What a part of a list or object counts besides its own characters.
_PART_SIZE: Final = 5
_MAX_LEVELS: Final = 100


def plain(value: Any) -> Any:
    """A value as it can be kept in a variable.

    Raises:
        ExpressionError: It cannot be kept.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return operators.bounded(value)
    if isinstance(value, date | timedelta):
        return operators.text_of(value)
    if isinstance(value, list | tuple | dict):
        return _copied(value, [_MAX_SIZE], 0)
    raise ExpressionError(
        "Expected a value that can be kept in a variable, but it is of another kind.",
        "应为可以保存在变量中的值，但它是其他类型。",
    )


def _copied(whole: Any, left: list[int], depth: int) -> Any:
    """A list or object of plain values; one part may stand in it more often than it is long.

    Args:
        whole: The value.
        left: How large it may still become, as the only item.
        depth: How many lists and objects are around it.
    """
    left[0] -= _PART_SIZE + (len(whole) if isinstance(whole, str) else 0)
    if left[0] < 0 or depth > _MAX_LEVELS:
        raise ExpressionError(
            "Expected a value that can be kept in a variable, but it is too large or nested too "
            "deeply.",
            "应为可以保存在变量中的值，但它过大或嵌套过深。",
        )
    if isinstance(whole, list | tuple):
        return [_copied(one, left, depth + 1) for one in whole]
    if isinstance(whole, dict):
        return {str(key): _copied(one, left, depth + 1) for key, one in whole.items()}
    return plain(whole)
