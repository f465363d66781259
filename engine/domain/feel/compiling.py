"""From a source to what can be evaluated; the same source is compiled once."""

from functools import lru_cache
from typing import Final

from engine.domain.feel.compiled import Expression, UnaryTests
from engine.domain.feel.errors import FeelSyntaxError
from engine.domain.feel.evaluation.building import build
from engine.domain.feel.evaluation.folding import fold
from engine.domain.feel.evaluation.unary_tests import build_tests
from engine.domain.feel.syntax import Test, Tests, read_expression, read_tests

MAX_SOURCE: Final = 4_000
_CACHED: Final = 4_096


@lru_cache(_CACHED)
def compile_feel(
    source: str, names: frozenset[str] = frozenset(), surroundings: frozenset[str] = frozenset()
) -> Expression:
    """Compile an expression, with or without the leading ``=`` of form-js and diagrams.

    Args:
        source: The text.
        names: Names of several words, such as ``order size``, that it may use.
        surroundings: Functions besides the built-in ones, such as ``now``.

    Raises:
        FeelSyntaxError: It is not of the language, too long or nested too deeply.
    """
    text = _bounded(source.strip().removeprefix("=").strip())
    parsed = read_expression(text, names, surroundings)
    tree = fold(parsed.tree)
    return Expression(
        source=text,
        names=parsed.names,
        doubtful=parsed.doubtful,
        asked=parsed.asked,
        tree=tree,
        run=build(tree),
    )


@lru_cache(_CACHED)
def compile_tests(
    source: str,
    names: frozenset[str] = frozenset(),
    surroundings: frozenset[str] = frozenset(),
    inputs: frozenset[str] = frozenset(),
) -> UnaryTests:
    """Compile the cell of an input column; an empty one is ``-``.

    Args:
        source: The text.
        names: Names of several words, such as ``order size``, that it may use.
        surroundings: Functions besides the built-in ones, such as ``now``.
        inputs: Names that mean the value of the column, like ``?``.

    Raises:
        FeelSyntaxError: It is not of the language, too long or nested too deeply.
    """
    text = _bounded(source.strip() or "-")
    parsed = read_tests(text, names, surroundings, inputs)
    folded = tuple(Test(one.sign, fold(one.operand)) for one in parsed.tree.tests)
    tests = Tests(folded, parsed.tree.negated)
    return UnaryTests(
        source=text,
        names=parsed.names,
        doubtful=parsed.doubtful,
        asked=parsed.asked,
        tests=tests,
        check=build_tests(tests),
    )


def _bounded(text: str) -> str:
    if len(text) > MAX_SOURCE:
        raise FeelSyntaxError(
            f"at most {MAX_SOURCE} characters", str(len(text)), MAX_SOURCE,
            expected_zh=f"不超过 {MAX_SOURCE} 个字符",
        )  # fmt: skip
    return text
