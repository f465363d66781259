"""From a tree to evaluators: closures over what is constant, reading the rest from a frame."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.calls import called
from engine.domain.feel.evaluation.frames import Evaluator, Frame
from engine.domain.feel.evaluation.loops import looped
from engine.domain.feel.evaluation.membership import any_of, check_of
from engine.domain.feel.evaluation.paths import filtered, followed, named
from engine.domain.feel.syntax.tree import (
    Between,
    Calculation,
    Call,
    Choice,
    Comparison,
    Constant,
    ContextOf,
    Inside,
    Joined,
    ListOf,
    Loop,
    Name,
    Negation,
    Negative,
    Node,
    Path,
    RangeOf,
    Steps,
    TheInput,
)
from engine.domain.feel.values.arithmetic import calculate, negative
from engine.domain.feel.values.comparing import compare
from engine.domain.feel.values.exchange import enter
from engine.domain.feel.values.kinds import Range, Value
from engine.domain.feel.values.logic import all_true, any_true, opposite


def build(node: Node) -> Evaluator:
    """The evaluator of a tree."""
    return _BUILDERS[type(node)](node)


# -- one builder per kind of node --


def _constant(node: Constant) -> Evaluator:
    value = node.value
    return lambda _frame: value


def _name(node: Name) -> Evaluator:
    name = node.name

    def run(frame: Frame) -> Value:
        value = enter(frame.read(name))
        frame.spend_on(value)
        return value

    return run


def _the_input(_node: TheInput) -> Evaluator:
    return lambda frame: frame.the_input


def _list(node: ListOf) -> Evaluator:
    parts = [build(item) for item in node.items]
    return lambda frame: [part(frame) for part in parts]


def _context(node: ContextOf) -> Evaluator:
    entries = [(key, build(value)) for key, value in node.entries]

    def run(frame: Frame) -> Value:
        found: dict[str, Value] = {}
        inner = frame.inside(lambda name: found[name] if name in found else frame.read(name))
        for key, value in entries:
            found[key] = value(inner)
        return found

    return run


def _range(node: RangeOf) -> Evaluator:
    low, high = build(node.low), build(node.high)

    def run(frame: Frame) -> Value:
        ends = low(frame), high(frame)
        if frame.is_strict and compare("<=", *ends) is False:
            raise FeelError("the range ends before it begins", "区间的终点早于起点")
        return Range(*ends, node.closed_low, node.closed_high)

    return run


def _steps(node: Steps) -> Evaluator:
    first, last = build(node.first), build(node.last)
    return lambda frame: Range(first(frame), last(frame), closed_low=True, closed_high=True)


def _comparison(node: Comparison) -> Evaluator:
    left, right, sign = build(node.left), build(node.right), node.sign
    return lambda frame: frame.compare(sign, left(frame), right(frame))


def _between(node: Between) -> Evaluator:
    value, low, high = build(node.value), build(node.low), build(node.high)

    def run(frame: Frame) -> Value:
        found = value(frame)
        return all_true(
            frame.compare("<=", low(frame), found), frame.compare("<=", found, high(frame))
        )

    return run


def _inside(node: Inside) -> Evaluator:
    value = build(node.value)
    checks = [check_of(test.sign, build(test.operand)) for test in node.tests.tests]
    check = any_of(checks, negated=node.tests.negated)
    return lambda frame: check(value(frame), frame)


def _joined(node: Joined) -> Evaluator:
    parts = [build(part) for part in node.parts]
    join, decided = (any_true, True) if node.word == "or" else (all_true, False)

    def run(frame: Frame) -> Value:
        result: bool | None = not decided
        for part in parts:
            result = join(result, frame.condition(part(frame)))
            if result is decided:
                break
        return result

    return run


def _calculation(node: Calculation) -> Evaluator:
    first = build(node.first)
    rest = [(sign, build(value)) for sign, value in node.rest]

    def run(frame: Frame) -> Value:
        result = first(frame)
        for sign, value in rest:
            right = value(frame)
            try:
                result = calculate(sign, result, right)
            except FeelError as error:
                result = frame.nothing(error)
        return result

    return run


def _negative(node: Negative) -> Evaluator:
    value = build(node.value)

    def run(frame: Frame) -> Value:
        try:
            return negative(value(frame))
        except FeelError as error:
            return frame.nothing(error)

    return run


def _negation(node: Negation) -> Evaluator:
    value = build(node.value)
    return lambda frame: opposite(frame.condition(value(frame)))


def _choice(node: Choice) -> Evaluator:
    test, yes, no = build(node.test), build(node.yes), build(node.no)
    return lambda frame: yes(frame) if frame.condition(test(frame)) else no(frame)


def _path(node: Path) -> Evaluator:
    return followed(
        build(node.base),
        [
            named(step) if isinstance(step, str) else filtered(step, build(step))
            for step in node.steps
        ],
    )


def _loop(node: Loop) -> Evaluator:
    variables = [(name, build(items)) for name, items in node.variables]
    return looped(node.word, variables, build(node.body))


def _call(node: Call) -> Evaluator:
    return called(node.function, [build(argument) for argument in node.arguments])


_BUILDERS: Final[Mapping[type, Callable[[Any], Evaluator]]] = {
    Constant: _constant,
    Name: _name,
    TheInput: _the_input,
    ListOf: _list,
    ContextOf: _context,
    RangeOf: _range,
    Steps: _steps,
    Comparison: _comparison,
    Between: _between,
    Inside: _inside,
    Joined: _joined,
    Calculation: _calculation,
    Negative: _negative,
    Negation: _negation,
    Choice: _choice,
    Loop: _loop,
    Path: _path,
    Call: _call,
}
