"""Whether a value is what a test says: equal to a value, in a list, in a range. Three-valued."""

from engine.domain.feel.evaluation.frames import Check, Evaluator, Frame
from engine.domain.feel.values.comparing import is_same
from engine.domain.feel.values.kinds import Range, Value
from engine.domain.feel.values.logic import all_true, any_true, opposite


def any_of(checks: list[Check], *, negated: bool) -> Check:
    """Whether one of several checks is passed, or none if negated."""
    only = checks[0]
    if len(checks) == 1:
        return only if not negated else lambda value, frame: opposite(only(value, frame))

    def run(value: Value, frame: Frame) -> bool | None:
        result: bool | None = False
        for check in checks:
            result = any_true(result, check(value, frame))
            if result:
                break
        return opposite(result) if negated else result

    return run


def check_of(sign: str, run: Evaluator) -> Check:
    """The check of a test from its sign and the evaluator of its operand."""
    if sign != "=":
        return lambda value, frame: frame.compare(sign, value, run(frame))
    return lambda value, frame: contained(value, run(frame), frame)


def contained(value: Value, test: Value, frame: Frame) -> bool | None:
    """``value in test``, where a test is a range, a list of tests or a value."""
    if isinstance(test, Range):
        above = frame.compare("<=" if test.closed_low else "<", test.low, value)
        below = frame.compare("<=" if test.closed_high else "<", value, test.high)
        return all_true(above, below)
    if isinstance(test, list | tuple):
        if isinstance(value, list | tuple):
            return is_same(value, test) or any(is_same(value, one) for one in test)
        result: bool | None = False
        for one in test:
            result = any_true(result, contained(value, one, frame))
        return result
    return frame.equal(value, test)
