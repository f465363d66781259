"""Decision tables: which rows match, and what the hit policy makes of them.

Source: DMN 1.3, clause 8, above all 8.2.8 (hit policies) and 8.2.10 (default outputs).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NoReturn

import msgspec

from engine.domain.feel import Expression, FeelError, Frame, UnaryTests
from engine.domain.feel.values import calculate, compare, is_same, kind_of, shown
from engine.workflow.decisions.types import Type
from engine.workflow.errors import DecisionError

POLICIES: Final = frozenset(
    {"UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"}
)
#: Policies whose result is a list.
MULTIPLE: Final = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})
#: Policies that need an order of output values.
ORDERED: Final = frozenset({"PRIORITY", "OUTPUT ORDER"})
AGGREGATIONS: Final = frozenset({"SUM", "MIN", "MAX", "COUNT"})
_ADDED: Final = frozenset({"number", "duration", "months"})
_RANKED: Final = _ADDED | {"date", "instant", "time"}

Row = dict[str, Any]


class InputColumn(msgspec.Struct, frozen=True):
    """An input column.

    Attributes:
        label: What people call it.
    """

    label: str
    expression: Expression
    type: Type


class OutputColumn(msgspec.Struct, frozen=True, kw_only=True):
    """An output column.

    Attributes:
        order: Its values, the most important first; none if they have no order.
        default: Value when no rule matches.
    """

    name: str
    type: Type
    order: tuple[Any, ...] = ()
    default: Expression | None = None


class Rule(msgspec.Struct, frozen=True):
    """A row.

    Attributes:
        number: Counted from 1.
        tests: One for each input column.
        values: One for each output column; None for an empty cell.
        telling: Position and test of those columns that are not ``-``.
    """

    number: int
    tests: tuple[UnaryTests, ...]
    values: tuple[Expression | None, ...]
    telling: tuple[tuple[int, UnaryTests], ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A decision table; immutable, shared by threads.

    Attributes:
        id: Of the decision, for sentences.
    """

    id: str
    policy: str
    aggregation: str | None
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]

    @property
    def reads(self) -> frozenset[str]:
        """Names its expressions and cells read."""
        parts: list[Expression | UnaryTests] = [column.expression for column in self.inputs]
        parts += [column.default for column in self.outputs if column.default is not None]
        for rule in self.rules:
            parts += rule.tests
            parts += [value for value in rule.values if value is not None]
        return frozenset[str]().union(*(part.reads for part in parts))

    @property
    def columns(self) -> frozenset[str]:
        """Names the expressions of its input columns read, which its cells may read as well."""
        return frozenset[str]().union(*(column.expression.names for column in self.inputs))

    def evaluate(self, frame: Frame) -> Any:
        """The rows that count, or the one value of an aggregation.

        Raises:
            DecisionError: There is no single right answer, or a cell has none.
        """
        values = [self._input(column, frame) for column in self.inputs]
        rules = self._matching(values, frame)
        if self.policy == "FIRST":
            first = next(rules, None)
            found = [] if first is None else [first]
        else:
            found = list(rules)
        if self.policy == "UNIQUE" and len(found) > 1:
            numbers = ", ".join(str(rule.number) for rule in found)
            self._refuse(
                f"one rule to match, but rules {numbers} do",
                f"应只有一条规则匹配，但规则 {numbers} 均匹配",
            )
        defaults = [column.default for column in self.outputs]
        if not found and any(default is not None for default in defaults):
            return self._decided([self._row(defaults, frame)])
        return self._decided([self._row(rule.values, frame, rule) for rule in found])

    def _input(self, column: InputColumn, frame: Frame) -> Any:
        try:
            return column.type.take(column.expression.value(frame))
        except FeelError as error:
            raise self._wrong(f"input '{column.label}'", f"输入“{column.label}”", error) from error

    def _matching(self, values: Sequence[Any], frame: Frame) -> Iterator[Rule]:
        for rule in self.rules:
            for at, tests in rule.telling:
                try:
                    if not tests.holds(values[at], frame):
                        break
                except FeelError as error:
                    label = self.inputs[at].label
                    raise self._wrong(
                        f"rule {rule.number}, input '{label}'",
                        f"规则 {rule.number} 的输入“{label}”",
                        error,
                    ) from error
            else:
                yield rule

    def _row(
        self, cells: Sequence[Expression | None], frame: Frame, rule: Rule | None = None
    ) -> Row:
        """The values of a rule, or the defaults if it is none."""
        row: Row = {}
        for column, cell in zip(self.outputs, cells, strict=True):
            try:
                row[column.name] = None if cell is None else column.type.take(cell.value(frame))
            except FeelError as error:
                name = column.name
                if rule is None:
                    where, where_zh = f"default of '{name}'", f"“{name}”的默认值"
                else:
                    where = f"rule {rule.number}, output '{name}'"
                    where_zh = f"规则 {rule.number} 的输出“{name}”"
                raise self._wrong(where, where_zh, error) from error
        return row

    def _decided(self, rows: list[Row]) -> Any:
        if self.aggregation is not None:
            return self._aggregated([row[self.outputs[0].name] for row in rows])
        if self.policy == "ANY":
            if not all(is_same(row, rows[0]) for row in rows):
                self._refuse(
                    "the matching rules to agree, but they differ",
                    "匹配的规则结果应一致，但并不一致",
                )
            return rows[:1]
        if self.policy in ORDERED:
            return self._ordered(rows)
        return rows

    def _ordered(self, rows: list[Row]) -> list[Row]:
        ranked = sorted(((self._rank(row), row) for row in rows), key=lambda pair: pair[0])
        if self.policy == "OUTPUT ORDER":
            return [row for _, row in ranked]
        best = [row for rank, row in ranked if rank == ranked[0][0]]
        if not all(is_same(row, best[0]) for row in best):
            self._refuse(
                "one rule of the highest priority, but several that differ have it",
                "优先级最高的规则应只有一条结果，但有多条且不一致",
            )
        return best[:1]

    def _rank(self, row: Row) -> tuple[int, ...]:
        rank: list[int] = []
        for column in self.outputs:
            if column.order:
                value = row[column.name]
                places = [at for at, one in enumerate(column.order) if is_same(one, value)]
                if not places:
                    self._refuse(
                        f"{shown(value)} to be among the ordered values of '{column.name}', "
                        "but it is not",
                        f"{shown(value)} 应在“{column.name}”的有序取值之中，但不在",
                    )
                rank.append(places[0])
        return tuple(rank)

    def _aggregated(self, values: list[Any]) -> Any:
        """Source: DMN 1.3, 8.2.8, table 28: sum, minimum, maximum and number of all outputs."""
        if self.aggregation == "COUNT":
            return len(values)
        if not values:
            return None
        fitting = _ADDED if self.aggregation == "SUM" else _RANKED
        result = None
        for at, value in enumerate(values):
            if kind_of(value) not in fitting:
                self._refuse(
                    f"numbers to aggregate, but {shown(value)} is none",
                    f"汇总的值应为数字，但 {shown(value)} 不是",
                )
            try:
                result = value if at == 0 else self._joined(result, value)
            except FeelError as error:
                raise self._wrong("the aggregation", "汇总", error) from error
        return result

    def _joined(self, result: Any, value: Any) -> Any:
        if self.aggregation == "SUM":
            return calculate("+", result, value)
        sign = "<" if self.aggregation == "MIN" else ">"
        return value if compare(sign, value, result) else result

    def _wrong(self, where: str, where_zh: str, error: FeelError) -> DecisionError:
        return DecisionError(
            f"Expected {where} of the table '{self.id}' to have a value, but {error}.",
            f"决策表“{self.id}”的{where_zh}应能得出结果，但{error.zh}。",
        )

    def _refuse(self, en: str, zh: str) -> NoReturn:
        raise DecisionError(
            f"Expected of the table '{self.id}' {en}.", f"决策表“{self.id}”：{zh}。"
        )
