"""A small, safe and total subset of FEEL, the expression language of form-js conditions.

Compiling refuses what the subset does not know; evaluating never raises and never loops: what has
no meaning is null, as FEEL itself has it. Source: OMG DMN 1.3, chapter 10.3.
"""

from functools import lru_cache
from typing import Final

import msgspec

from engine.domain.feel.parser import Evaluator, Parser, Scope
from engine.domain.feel.tokens import FeelSyntaxError
from engine.domain.feel.values import Value, leave

__all__ = ["Expression", "FeelSyntaxError", "Scope", "compile_feel"]

MAX_SOURCE: Final = 2_000


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled expression.

    Attributes:
        source: As written, without the leading ``=``.
        names: Variables it reads (first part of dotted names).
    """

    source: str
    names: frozenset[str]
    run: Evaluator

    def evaluate(self, scope: Scope) -> Value:
        """Value as JSON data, dates as ISO 8601 text; null for what has no meaning."""
        return leave(self.run(scope))

    def is_true(self, scope: Scope) -> bool:
        """Whether the value is exactly ``true``; null and any other value are not."""
        return self.run(scope) is True


@lru_cache(maxsize=2_048)
def compile_feel(source: str) -> Expression:
    """Compile an expression, with or without the leading ``=`` form-js writes.

    Raises:
        FeelSyntaxError: It is not in the subset, too long or nested too deeply.
    """
    text = source.strip().removeprefix("=").strip()
    if len(text) > MAX_SOURCE:
        raise FeelSyntaxError(f"at most {MAX_SOURCE} characters", str(len(text)), MAX_SOURCE)
    parser = Parser(text)
    run = parser.whole()
    return Expression(source=text, names=frozenset(parser.names), run=run)
