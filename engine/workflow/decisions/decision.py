"""Decisions and what they require of each other. Source: DMN 1.3, clauses 6.3 and 7.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from engine.domain.feel import Expression, FeelError, Frame, strict_frame
from engine.domain.feel.values import leave
from engine.workflow.decisions.tables import MULTIPLE, Table
from engine.workflow.decisions.types import ANYTHING, Type
from engine.workflow.errors import DecisionError
from engine.workflow.language.expressions import Lookup, Surroundings
from engine.workflow.language.values import plain

ResultMapping = Literal["singleEntry", "singleResult", "collectEntries", "resultList"]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled decision; immutable, shared by threads.

    Attributes:
        id: Id of the element.
        name: Its name.
        variable: Name under which decisions that require this one see its result.
        has_variable: Whether the file gives that name itself.
        type: What the result of a literal expression may be.
        table: Table of the decision.
        literal: Expression of the decision; without either it is broken and was refused.
        required: Ids of the decisions it requires.
        data: Input data it requires, by name.
        family: All decisions of the file, by id.
    """

    id: str
    name: str
    variable: str
    has_variable: bool = False
    type: Type = ANYTHING
    table: Table | None = None
    literal: Expression | None = None
    required: tuple[str, ...] = ()
    data: Mapping[str, Type] = {}
    family: dict[str, Decision] = {}

    @property
    def reads(self) -> frozenset[str]:
        """Variables read by it and by the decisions it requires, without their results."""
        own: set[str] = set()
        if self.literal is not None:
            own |= self.literal.reads
        if self.table is not None:
            own |= self.table.reads
        for id_ in self.required:
            own -= self.family[id_].names
        return frozenset(own).union(*(self.family[id_].reads for id_ in self.required))

    @property
    def names(self) -> frozenset[str]:
        """Names under which its result can be read by decisions that require it."""
        names = {self.variable, self.name, self.id}
        if self.table is not None and not self.has_variable:
            names |= {column.name for column in self.table.outputs}
        return frozenset(names)

    @property
    def outputs_named(self) -> frozenset[str]:
        """Variables a task sets that gives its result no variable of its own."""
        if self.table is None:
            return frozenset({self.variable})
        return frozenset(column.name for column in self.table.outputs)

    def evaluate(self, lookup: Lookup, surroundings: Surroundings) -> Any:
        """Result as JSON: the rows that count, or the one value of an aggregation or literal.

        Args:
            lookup: Gives the value of a variable, None if there is none.
            surroundings: Functions of the place: now, today, clock.

        Raises:
            DecisionError: There is no single right answer, or a part has none.
            ExpressionError: The result cannot be kept in a variable.
        """
        return plain(leave(self._result(lookup, surroundings, {})))

    def _result(self, lookup: Lookup, surroundings: Surroundings, done: dict[str, Any]) -> Any:
        """Result as FEEL values; ``done`` keeps those of decisions required more than once."""
        if self.id in done:
            return done[self.id]
        known: dict[str, Any] = {}
        for id_ in self.required:
            other = self.family[id_]
            result = other._result(lookup, surroundings, done)  # noqa: SLF001
            for name, value in other.offered(result).items():
                known.setdefault(name, value)
        done[self.id] = result = self._decide(
            strict_frame(self._reader(lookup, known), surroundings)
        )
        return result

    def _reader(self, lookup: Lookup, known: Mapping[str, Any]) -> Lookup:
        data = self.data
        if not data and not known:
            return lookup

        def read(name: str) -> Any:
            if name in data:
                try:
                    return data[name].take(lookup(name))
                except FeelError as error:
                    raise FeelError(f"of '{name}' {error}", f"“{name}”{error.zh}") from error
            return known[name] if name in known else lookup(name)

        return read

    def _decide(self, frame: Frame) -> Any:
        if self.table is not None:
            return self.table.evaluate(frame)
        if self.literal is None:
            raise DecisionError(
                f"Expected the decision '{self.id}' to be right, but it was refused.",
                f"决策“{self.id}”应无误，但已被拒绝。",
            )
        try:
            return self.type.take(self.literal.value(frame))
        except FeelError as error:
            raise DecisionError(
                f"Expected the decision '{self.id}' to have a value, but {error}.",
                f"决策“{self.id}”应能得出结果，但{error.zh}。",
            ) from error

    @property
    def _is_rows(self) -> bool:
        """Whether a result is rows and not one value."""
        return self.table is not None and self.table.aggregation is None

    def offered(self, result: Any) -> dict[str, Any]:
        """What a decision that requires this one can read, by name.

        The standard offers the result under the name of its variable. Camunda 7 offers the
        columns by their names; so they are, as long as the file names no variable.
        """
        value = self.as_value(result)
        offered = dict.fromkeys((self.variable, self.name, self.id), value)
        if self.table is None or self.has_variable:
            return offered
        for column in self.table.outputs:
            name = column.name
            if not self._is_rows:
                offered.setdefault(name, value)
            elif self.table.policy in MULTIPLE:
                offered.setdefault(name, [row[name] for row in result])
            else:
                offered.setdefault(name, result[0][name] if result else None)
        return offered

    def as_value(self, result: Any) -> Any:
        """Result as another decision sees it: a value, a row, or a list of either."""
        if self.table is None or not self._is_rows:
            return result
        rows = [next(iter(row.values())) if len(row) == 1 else row for row in result]
        if self.table.policy in MULTIPLE:
            return rows
        return rows[0] if rows else None

    def mapped(self, result: Any, mapping: ResultMapping) -> Any:
        """Result as ``camunda:mapDecisionResult`` asks for it.

        Raises:
            DecisionError: A single one was asked for, but there are several.
        """
        if self._is_rows:
            rows = result
        else:
            name = self.variable if self.table is None else self.table.outputs[0].name
            rows = [{name: result}]
        if mapping == "resultList":
            return rows
        if mapping == "collectEntries":
            return [self._only_value(row) for row in rows]
        if len(rows) > 1:
            raise DecisionError(
                f"Expected one result of the table '{self.id}', but there are {len(rows)}.",
                f"决策表“{self.id}”应只有一个结果，但有 {len(rows)} 个。",
            )
        if not rows:
            return None
        return self._only_value(rows[0]) if mapping == "singleEntry" else rows[0]

    def _only_value(self, row: dict[str, Any]) -> Any:
        if len(row) > 1:
            raise DecisionError(
                f"Expected one output of the table '{self.id}', but there are {len(row)}.",
                f"决策表“{self.id}”应只有一个输出，但有 {len(row)} 个。",
            )
        return next(iter(row.values()), None)
