"""The values of FEEL and what can be done with them, whatever expression they come from.

`kinds` says what there is, `exchange` brings values in and out; `comparing`, `logic`,
`arithmetic` and `members` are the operations, `times` and `durations` what ISO 8601 writes.
"""

from engine.domain.feel.values.arithmetic import calculate
from engine.domain.feel.values.comparing import compare, is_same
from engine.domain.feel.values.exchange import enter, leave, shown
from engine.domain.feel.values.kinds import KINDS, Range, Value, kind_of
from engine.domain.feel.values.times import read_any

__all__ = [
    "KINDS",
    "Range",
    "Value",
    "calculate",
    "compare",
    "enter",
    "is_same",
    "kind_of",
    "leave",
    "read_any",
    "shown",
]
