"""Variables: one set per process instance and per called process."""

from __future__ import annotations

from typing import Any

from engine.workflow.errors import ExpressionError, StepError
from engine.workflow.language.values import plain

_SCALARS = (str, int, float, type(None))


class Variables:
    """Variables of one scope, and which of them the present step changed.

    Attributes:
        number: 0 for the instance, else the number of the calling activity's token.
        values: Name to value; JSON only.
        changed: Names written since the last report.
    """

    __slots__ = ("changed", "number", "values")

    def __init__(self, number: int, values: dict[str, Any]) -> None:
        self.number = number
        self.values = values
        self.changed: set[str] = set()

    def set(self, name: str, value: Any) -> None:
        """Set one variable."""
        if isinstance(value, _SCALARS) and name in self.values:
            old = self.values[name]
            if type(old) is type(value) and old == value:
                return
        self.values[name] = value
        self.changed.add(name)

    def take_changes(self) -> dict[str, Any]:
        """New values of what changed since the last call, by name in order."""
        changes = {name: self.values.get(name) for name in sorted(self.changed)}
        self.changed.clear()
        return changes


def kept(value: Any) -> Any:
    """A value as it is kept in variables.

    Raises:
        StepError: It cannot be kept.
    """
    try:
        return plain(value)
    except ExpressionError as error:
        raise StepError("expression", str(error), error.zh) from error
