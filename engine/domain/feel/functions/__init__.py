"""Built-in functions by name. Source: DMN 1.3, 10.3.4."""

from collections.abc import Mapping
from typing import Final

from engine.domain.feel.functions import lists, numbers, temporal, texts
from engine.domain.feel.functions.signature import Function

FUNCTIONS: Final[Mapping[str, Function]] = {
    **texts.FUNCTIONS,
    **numbers.FUNCTIONS,
    **lists.FUNCTIONS,
    **temporal.FUNCTIONS,
}

__all__ = ["FUNCTIONS"]
