"""Decisions of DMN files: tables with all hit policies, literal expressions, requirements.

Written here because no library was right: the workflow library's own evaluates cells as Python
and takes the first rule whatever the hit policy. A wrong value is never returned: what is not
understood is refused when deployed, what contradicts itself fails when evaluated.
Source: DMN 1.3, clauses 6.3, 7.3, 8.2 and 8.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from lxml import etree

from engine.workflow.errors import DecisionError, ExpressionError
from engine.workflow.expressions import (
    Expression,
    Lookup,
    Surroundings,
    compile_expression,
    plain,
)
from engine.workflow.reader import local
from engine.workflow.report import Report
from engine.workflow.unary import Test, feel, split_list, unary_tests

_POLICIES = frozenset(
    {"UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"}
)
_AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})
_MAX_DEPTH = 20
Row = dict[str, Any]


class Input(msgspec.Struct, frozen=True):
    """An input column.

    Attributes:
        kind: ``typeRef``: string, boolean, number, integer, long, double, date …
    """

    label: str
    value: Expression
    kind: str


class Output(msgspec.Struct, frozen=True):
    """An output column.

    Attributes:
        order: Allowed values, the most important first.
        default: Value when no rule matches.
    """

    name: str
    order: tuple[Any, ...] = ()
    default: Expression | None = None


class TableRule(msgspec.Struct, frozen=True):
    """A row of a decision table."""

    tests: tuple[Test, ...]
    values: tuple[Expression | None, ...]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled decision; immutable, shared by threads.

    Attributes:
        variable: Name under which decisions that require this one see its result.
        required: Decisions it requires.
        literal: Expression of a literal decision; None for a table.
        is_broken: Whether a finding refused part of it.
    """

    id: str
    variable: str
    policy: str = "UNIQUE"
    aggregation: str | None = None
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    rules: tuple[TableRule, ...] = ()
    literal: Expression | None = None
    required: tuple[str, ...] = ()
    family: dict[str, Decision] = {}

    def evaluate(self, lookup: Lookup, surroundings: Surroundings, depth: int = 0) -> Any:
        """Result: the matching rows, or the one value of an aggregation or literal.

        Raises:
            DecisionError: The table gives no single right answer.
            ExpressionError: A cell cannot be computed.
        """
        if depth > _MAX_DEPTH:
            raise DecisionError(f"Expected decision '{self.id}' not to require itself.")
        known: dict[str, Any] = {}
        for name in self.required:
            other = self.family[name]
            result = other.evaluate(lookup, surroundings, depth + 1)
            known[other.variable] = other.as_value(result)

        def read(name: str) -> Any:
            return known[name] if name in known else lookup(name)

        if self.literal is not None:
            return plain(self.literal.evaluate(read, surroundings))
        return self._decide(self._matching(read, surroundings), read, surroundings)

    def _matching(self, lookup: Lookup, surroundings: Surroundings) -> list[TableRule]:
        values = [
            _typed(column, column.value.evaluate(lookup, surroundings)) for column in self.inputs
        ]
        return [
            rule
            for rule in self.rules
            if all(
                test(value, lookup, surroundings)
                for test, value in zip(rule.tests, values, strict=True)
            )
        ]

    def _decide(
        self, rules: Sequence[TableRule], lookup: Lookup, surroundings: Surroundings
    ) -> Any:
        if self.policy == "FIRST":
            rules = rules[:1]
        if self.policy == "UNIQUE" and len(rules) > 1:
            raise DecisionError(
                f"Expected one rule of the table '{self.id}' to match, but {len(rules)} do."
            )
        rows = [self._row(rule, lookup, surroundings) for rule in rules]
        if not rows and any(column.default is not None for column in self.outputs):
            rows = [self._default(lookup, surroundings)]
        if self.policy == "ANY":
            if any(row != rows[0] for row in rows):
                raise DecisionError(
                    f"Expected the matching rules of the table '{self.id}' to agree, "
                    "but they differ."
                )
            rows = rows[:1]
        elif self.policy in {"PRIORITY", "OUTPUT ORDER"}:
            rows = sorted(rows, key=self._rank)
            rows = rows[:1] if self.policy == "PRIORITY" else rows
        elif self.aggregation is not None:
            return self._aggregate(rows)
        return rows

    def _row(self, rule: TableRule, lookup: Lookup, surroundings: Surroundings) -> Row:
        return {
            column.name: None if cell is None else plain(cell.evaluate(lookup, surroundings))
            for column, cell in zip(self.outputs, rule.values, strict=True)
        }

    def _default(self, lookup: Lookup, surroundings: Surroundings) -> Row:
        return {
            column.name: None
            if column.default is None
            else plain(column.default.evaluate(lookup, surroundings))
            for column in self.outputs
        }

    def _rank(self, row: Row) -> tuple[int, ...]:
        rank: list[int] = []
        for column in self.outputs:
            if column.order:
                value = row[column.name]
                if value not in column.order:
                    raise DecisionError(
                        f"Expected '{value}' among the ordered values of '{column.name}'."
                    )
                rank.append(column.order.index(value))
        return tuple(rank)

    def _aggregate(self, rows: Sequence[Row]) -> Any:
        values = [row[self.outputs[0].name] for row in rows]
        if self.aggregation == "COUNT":
            return len(values)
        if not values:
            return None
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise DecisionError(
                    f"Expected numbers to aggregate in the table '{self.id}', "
                    f"but '{value}' is none."
                )
        if self.aggregation == "SUM":
            return sum(values)
        return min(values) if self.aggregation == "MIN" else max(values)

    def mapped(
        self,
        result: Any,
        mapping: Literal["singleEntry", "singleResult", "collectEntries", "resultList"],
    ) -> Any:
        """Result as ``camunda:mapDecisionResult`` asks for it.

        Raises:
            DecisionError: A single one was asked for, but there are several.
        """
        if not isinstance(result, list) or self.literal is not None:
            if mapping == "singleEntry" or self.literal is None:
                wrapped = {self.outputs[0].name: result} if self.outputs else {}
                return {
                    "singleEntry": result,
                    "singleResult": wrapped or {self.variable: result},
                    "collectEntries": [result],
                    "resultList": [wrapped or {self.variable: result}],
                }[mapping]
            wrapped = {self.variable: result}
            return {
                "singleResult": wrapped,
                "collectEntries": [result],
                "resultList": [wrapped],
            }[mapping]
        if mapping == "resultList":
            return result
        if mapping == "collectEntries":
            return [self._only_value(row) for row in result]
        if len(result) > 1:
            raise DecisionError(
                f"Expected one result of the table '{self.id}', but there are {len(result)}."
            )
        if not result:
            return None
        return self._only_value(result[0]) if mapping == "singleEntry" else result[0]

    def _only_value(self, row: Row) -> Any:
        if len(row) > 1:
            raise DecisionError(
                f"Expected one output of the table '{self.id}', but there are {len(row)}."
            )
        return next(iter(row.values()), None)

    def as_value(self, result: Any) -> Any:
        """Result as another decision sees it: a value, a row, or a list of either."""
        if self.literal is not None or not isinstance(result, list):
            return result
        rows = [next(iter(row.values())) if len(row) == 1 else row for row in result]
        if self.policy in {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}:
            return rows
        return rows[0] if rows else None


def _typed(column: Input, value: Any) -> Any:
    """The value of an input, in the kind its column names."""
    if value is None:
        return None
    kind = column.kind.rpartition(":")[2].lower()
    if kind in {"number", "integer", "long", "double"}:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    elif kind == "string":
        fits = isinstance(value, str)
    elif kind == "boolean":
        fits = isinstance(value, bool)
    elif kind in {"date", "datetime"}:
        fits = isinstance(value, str | date)
    else:
        fits = True
    if not fits:
        raise DecisionError(
            f"Expected the input '{column.label}' to be a {kind}, but it is '{value}'."
        )
    return value


def read_decisions(root: etree._Element, report: Report) -> dict[str, Decision]:
    """Compile the decisions of a DMN file (1.1 and later); what is wrong becomes a finding."""
    nodes = {str(node.get("id")): node for node in root if _is(node, "decision")}
    family: dict[str, Decision] = {}
    for id_, node in nodes.items():
        try:
            family[id_] = _decision(id_, node, nodes, family)
        except (DecisionError, ExpressionError) as error:
            report.add("decision-invalid", node, reason=_clause(error))
    for decision in family.values():
        for name in decision.required:
            if name not in family:
                node = nodes[decision.id]
                report.add("decision-invalid", node, reason=f"'{name}', which it requires, is not")
    return family


def _decision(
    id_: str,
    node: etree._Element,
    nodes: Mapping[str, etree._Element],
    family: dict[str, Decision],
) -> Decision:
    variable = _child(node, "variable")
    name = (variable.get("name") if variable is not None else None) or id_
    required = tuple(
        str(link.get("href")).rpartition("#")[2]
        for requirement in node
        if _is(requirement, "informationRequirement")
        for link in requirement
        if _is(link, "requiredDecision")
    )
    unknown = [one for one in required if one not in nodes]
    if unknown:
        raise DecisionError(f"Expected the decision '{unknown[0]}', but it is not in the file.")
    table, literal = _child(node, "decisionTable"), _child(node, "literalExpression")
    common: dict[str, Any] = {
        "id": id_, "variable": name, "required": required, "family": family,
    }  # fmt: skip
    if table is not None:
        return _table(table, common)
    if literal is not None:
        text = _text(literal)
        return Decision(**common, literal=_compiled(text))
    raise DecisionError("Expected a decision table or a literal expression, but there is neither.")


def _table(node: etree._Element, common: Mapping[str, Any]) -> Decision:
    policy = (node.get("hitPolicy") or "UNIQUE").upper()
    aggregation = (node.get("aggregation") or "").upper() or None
    if policy not in _POLICIES:
        raise DecisionError(f"Expected a hit policy of DMN, but '{policy}' is none.")
    if aggregation is not None and (policy != "COLLECT" or aggregation not in _AGGREGATIONS):
        raise DecisionError(f"Expected an aggregation of COLLECT, but '{aggregation}' is none.")
    inputs = tuple(_input(one) for one in node if _is(one, "input"))
    outputs = tuple(_output(one, str(common["id"])) for one in node if _is(one, "output"))
    if not outputs:
        raise DecisionError("Expected an output column, but there is none.")
    if aggregation is not None and len(outputs) > 1:
        raise DecisionError("Expected one output to aggregate, but there are several.")
    if policy in {"PRIORITY", "OUTPUT ORDER"} and not any(one.order for one in outputs):
        raise DecisionError("Expected output values in order of priority, but there are none.")
    rules = tuple(_rule(one, len(inputs), len(outputs)) for one in node if _is(one, "rule"))
    return Decision(
        **common,
        policy=policy,
        aggregation=aggregation,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
    )


def _input(node: etree._Element) -> Input:
    expression = _child(node, "inputExpression")
    text = "" if expression is None else _text(expression)
    kind = "" if expression is None else expression.get("typeRef") or ""
    return Input(node.get("label") or text, _compiled(text), kind)


def _output(node: etree._Element, fallback: str) -> Output:
    values = _child(node, "outputValues")
    default = _child(node, "defaultOutputEntry")
    order = [] if values is None else split_list(_text(values))
    return Output(
        node.get("name") or fallback,
        tuple(_compiled(one).evaluate(lambda _: None, {}) for one in order if one),
        None if default is None or not _text(default) else _compiled(_text(default)),
    )


def _rule(node: etree._Element, inputs: int, outputs: int) -> TableRule:
    tests = tuple(unary_tests(_text(one)) for one in node if _is(one, "inputEntry"))
    values = tuple(
        _compiled(_text(one)) if _text(one) else None for one in node if _is(one, "outputEntry")
    )
    if len(tests) != inputs or len(values) != outputs:
        raise DecisionError(
            "Expected a cell for every column in every rule, but some are missing."
        )
    return TableRule(tests, values)


def _compiled(text: str) -> Expression:
    return compile_expression(feel(text))


def _is(node: etree._Element, name: str) -> bool:
    return isinstance(node.tag, str) and local(node) == name


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in node if _is(one, name)), None)


def _text(node: etree._Element) -> str:
    found = _child(node, "text")
    return "" if found is None else (found.text or "").strip()


def _clause(error: Exception) -> str:
    text = str(error)
    return text[0].lower() + text[1:].rstrip(".") if text else text
