"""From unary tests to checks of an input. Source: DMN 1.3, table 54."""

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.building import build
from engine.domain.feel.evaluation.frames import Check
from engine.domain.feel.evaluation.membership import any_of, check_of
from engine.domain.feel.syntax.tree import Test, Tests, is_condition
from engine.domain.feel.values.kinds import Value
from engine.domain.feel.values.logic import truth


def build_tests(tests: Tests) -> Check:
    """The evaluator of unary tests, for the input and a frame in which ``?`` is the input."""
    if not tests.tests:
        return lambda _value, _frame: True
    return any_of([_check(test) for test in tests.tests], negated=tests.negated)


def _check(test: Test) -> Check:
    run = build(test.operand)
    if test.sign == "?":
        return lambda _value, frame: truth(run(frame))
    if test.sign == "=" and is_condition(test.operand):
        return lambda value, frame: _said(value, run(frame))
    return check_of(test.sign, run)


def _said(value: Value, result: Value) -> bool | None:
    """A condition that does not mention the input: it holds or not, whatever the input is."""
    if isinstance(value, bool):
        raise FeelError(
            "a condition about true or false names it with '?'",
            "对布尔输入的条件应以“?”表示该输入",
        )
    return truth(result)
