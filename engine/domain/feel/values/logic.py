"""Truth with null as "unknown". Source: DMN 1.3, 10.3.2."""

from engine.domain.feel.errors import FeelError
from engine.domain.feel.values.exchange import shown
from engine.domain.feel.values.kinds import KINDS, Value, kind_of


def all_true(left: Value, right: Value) -> bool | None:
    """``and`` with null as "unknown"."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def any_true(left: Value, right: Value) -> bool | None:
    """``or`` with null as "unknown"."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def truth(value: Value) -> bool | None:
    """The value of a condition.

    Raises:
        FeelError: It is neither true, false nor null.
    """
    if value is None or isinstance(value, bool):
        return value
    en, zh = KINDS[kind_of(value)]
    raise FeelError(
        f"a condition is to be true or false, but {shown(value)} is {en}",
        f"条件应为真或假，但 {shown(value)} 是{zh}",
    )


def opposite(value: bool | None) -> bool | None:
    """``not(…)`` with null as "unknown"."""
    return None if value is None else not value
