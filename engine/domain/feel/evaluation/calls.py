"""Calls of functions, built in or of the surroundings."""

from collections.abc import Callable
from typing import Any

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.frames import Evaluator, Frame
from engine.domain.feel.functions import FUNCTIONS
from engine.domain.feel.functions.lists import COMPARING, MAX_ITEMS
from engine.domain.feel.values.arithmetic import MAX_TEXT
from engine.domain.feel.values.exchange import enter, leave
from engine.domain.feel.values.kinds import Value


def called(name: str, arguments: list[Evaluator]) -> Evaluator:
    """The call of a function, which is one of the surroundings if it is not built in."""
    function = FUNCTIONS.get(name)

    def run(frame: Frame) -> Value:
        values = [argument(frame) for argument in arguments]
        try:
            if function is None:
                return _asked(frame.surroundings.get(name), values)
            if name in COMPARING:
                frame.spend(
                    sum(len(value) ** 2 for value in values if isinstance(value, list)) // 64
                )
            result = function.call(values)
            if isinstance(result, str | list):
                _check_size(result)
        except FeelError as error:
            if not frame.is_strict:
                return None
            raise FeelError(f"in {name}(…) {error}", f"{name}(…) 中{error.zh}") from error
        return result

    return run


def _asked(answer: Callable[..., Any] | None, values: list[Value]) -> Value:
    """What a function of the surroundings says."""
    if answer is None:
        raise FeelError("it is not known here", "此处不可用")
    try:
        return enter(answer(*(leave(value) for value in values)))
    except (TypeError, ValueError, LookupError) as error:
        raise FeelError("it has no answer", "没有结果") from error


def _check_size(result: str | list[Value]) -> None:
    if len(result) > (MAX_TEXT if isinstance(result, str) else MAX_ITEMS):
        raise FeelError("the result becomes too long", "结果过长")
