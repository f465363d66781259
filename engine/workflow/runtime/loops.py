"""Multi-instance activities and standard loops. Source: BPMN 2.0.2, 13.3.6 and 13.3.7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.workflow.errors import ExpressionError, StepError
from engine.workflow.language.expressions import Expression
from engine.workflow.language.values import plain
from engine.workflow.runtime.compensation import keep_round
from engine.workflow.runtime.tokens import INDEX, LOCALS, Token

#: Keys of `Token.internal_data` of a token that is at a repeating activity.
TOTAL, DONE, OUTPUTS, ITEMS = "t", "q", "o", "l"
#: More repetitions than this are taken for a mistake.
MAX_INSTANCES = 10_000


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """How an activity repeats.

    Attributes:
        collection: Gives the items of a multi-instance activity.
        cardinality: Gives their number instead.
        item_variable: Local variable with the item.
        completion: Ends the activity early when true.
        output_collection: Variable that takes the outputs in item order.
        output_element: Expression computed as each repetition ends.
        is_sequential: One after the other.
        again: Condition of a standard loop; ``test_before`` and ``maximum`` belong to it.
    """

    collection: Expression | None = None
    cardinality: Expression | None = None
    item_variable: str | None = None
    completion: Expression | None = None
    output_collection: str | None = None
    output_element: Expression | None = None
    is_sequential: bool = False
    is_standard: bool = False
    again: Expression | None = None
    test_before: bool = False
    maximum: int | None = None

    def item(self, token: Token) -> Any:
        """Item of one repetition, None without a collection."""
        return token.internal_data.get(LOCALS, {}).get(self.item_variable)

    def counters(self, token: Token) -> dict[str, Any]:
        """What the instances of a multi-instance activity can read of the whole.

        Source: BPMN 2.0.2, table 10.29; the names are those of Camunda 7.
        """
        remembered = token.internal_data
        if self.is_standard or TOTAL not in remembered:
            return {}
        total, done = remembered[TOTAL], remembered[DONE]
        return {
            "nrOfInstances": total,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": 1 if self.is_sequential else total - done,
        }

    def begin(self, token: Token) -> bool | None:
        """Start the repetitions; True when there is none to do."""
        node, remembered = token.task_spec, token.internal_data
        if self.is_standard:
            remembered.update({TOTAL: 0, DONE: 0})
            if self.test_before and not self._goes_on(token, 0):
                return True
            prepared = node.prepare_boundary(token)
            self._spawn(token, 0, None)
            token.workflow.listen(token, prepared)
            return None
        items = self._items(token)
        remembered.update({TOTAL: len(items), DONE: 0, OUTPUTS: {}})
        if not items:
            self._publish(token)
            return True
        prepared = node.prepare_boundary(token)
        if self.is_sequential:
            remembered[ITEMS] = items if self.collection is not None else None
            self._spawn(token, 0, items[0])
        else:
            token.instance.expect_tokens(len(items))
            for index, item in enumerate(items):
                self._spawn(token, index, item)
        token.workflow.listen(token, prepared)
        return None

    def _items(self, token: Token) -> list[Any]:
        if self.collection is not None:
            items = token.evaluate(self.collection)
            if not isinstance(items, list | tuple):
                raise StepError(
                    "expression",
                    f"Expected '{self.collection.source}' to be a list, but it is none.",
                    f"“{self.collection.source}”应为列表，但不是。",
                )
            found = list(items)
        else:
            number = 1 if self.cardinality is None else token.evaluate(self.cardinality)
            if isinstance(number, str) and number.isdigit():
                number = int(number)
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise StepError(
                    "expression",
                    "Expected a number of repetitions, but it is none.",
                    "重复次数应为数字，但不是。",
                )
            found = [None] * min(number, MAX_INSTANCES + 1)
        if len(found) > MAX_INSTANCES:
            raise StepError(
                "loop",
                f"Expected at most {MAX_INSTANCES} repetitions, but there are more.",
                f"最多重复 {MAX_INSTANCES} 次，但次数更多。",
            )
        return found

    def _spawn(self, token: Token, index: int, item: Any) -> None:
        local = {"loopCounter": index}
        if self.item_variable:
            local[self.item_variable] = item
        child = token.workflow.new_token(
            token.task_spec, parent=token.id, internal_data={INDEX: index, LOCALS: local}
        )
        token.instance.schedule(child)

    def child_finished(self, child: Token) -> None:
        """One repetition is done: collect its output, go on, or end the activity."""
        token = child.host
        if token is None:
            raise LookupError(child.id)
        remembered, index = token.internal_data, child.internal_data[INDEX]
        output = self._output(child)
        done = remembered[DONE] + 1
        ends = self._ends(child, done, remembered)
        # From here on nothing can fail.
        if self.output_element is not None:
            remembered[OUTPUTS][str(index)] = output
        remembered[DONE] = done
        for guard in [child.workflow.tasks[number] for number in child._children]:  # noqa: SLF001
            guard.cancel()
        if child.task_spec.keeps:
            keep_round(child, token)
        child.remove()
        if ends:
            self._publish(token)
            # At once: those that did not begin yet must not begin any more.
            for number in list(token._children):  # noqa: SLF001 - of our own class
                if token.workflow.tasks[number].is_loop_child:
                    token.workflow.tasks[number].cancel()
            token.instance.schedule_completion(token)
        elif self.is_standard or self.is_sequential:
            items = remembered.get(ITEMS)
            self._spawn(token, index + 1, items[index + 1] if items else None)

    def _output(self, child: Token) -> Any:
        if self.output_element is None:
            return None
        try:
            return plain(child.evaluate(self.output_element))
        except ExpressionError as error:
            raise StepError("expression", str(error), error.zh) from error

    def _ends(self, child: Token, done: int, remembered: Mapping[str, Any]) -> bool:
        if self.is_standard:
            return not self._goes_on(child, done)
        total = remembered[TOTAL]
        if done >= total:
            return True
        if self.completion is None:
            return False
        active = 1 if self.is_sequential else total - done
        child.internal_data[LOCALS].update(
            nrOfInstances=total, nrOfCompletedInstances=done, nrOfActiveInstances=active
        )
        return bool(child.evaluate(self.completion))

    def _goes_on(self, token: Token, done: int) -> bool:
        if self.maximum is not None and done >= self.maximum:
            return False
        return self.again is None or bool(token.evaluate(self.again))

    def _publish(self, token: Token) -> None:
        if self.output_collection:
            outputs = token.internal_data[OUTPUTS]
            ordered = [outputs[key] for key in sorted(outputs, key=int)]
            token.workflow.assign(self.output_collection, ordered, token)
