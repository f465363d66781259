"""Reading decision tables. Source: DMN 1.3, 8.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from lxml import etree

from engine.domain.feel import Expression, FeelError
from engine.workflow.decisions.compiling import CELL_INPUT, Compiler, Place
from engine.workflow.decisions.tables import (
    AGGREGATIONS,
    ORDERED,
    POLICIES,
    InputColumn,
    OutputColumn,
    Rule,
    Table,
)
from engine.workflow.decisions.types import Type
from engine.workflow.decisions.xml import child, children, dmn_children, local_name, text_of
from engine.workflow.language.expressions import shorten

_CHILDREN: Final = {
    "decisionTable": frozenset({"input", "output", "annotation", "rule"}),
    "input": frozenset({"inputExpression", "inputValues"}),
    "output": frozenset({"outputValues", "defaultOutputEntry"}),
    "rule": frozenset({"inputEntry", "outputEntry", "annotationEntry"}),
}
_ANYWHERE: Final = frozenset({"description", "extensionElements"})


def read_table(
    id_: str,
    node: etree._Element,
    compiler: Compiler,
    type_of: Callable[[str | None, etree._Element], Type],
) -> Table | None:
    """Compile a table; None if something it cannot do without is missing.

    Args:
        id_: Of the decision.
        node: The ``decisionTable``.
        compiler: Compiles its cells and keeps what is wrong.
        type_of: Gives the type of a ``typeRef``.
    """
    return _TableReader(id_, node, compiler, type_of).read()


class _TableReader:
    def __init__(
        self,
        id_: str,
        node: etree._Element,
        compiler: Compiler,
        type_of: Callable[[str | None, etree._Element], Type],
    ) -> None:
        self._id = id_
        self._node = node
        self._compiler = compiler
        self._type_of = type_of
        self._inputs = children(node, "input")
        self._outputs = children(node, "output")

    def read(self) -> Table | None:
        self._check_elements()
        policy = (self._node.get("hitPolicy") or "UNIQUE").upper()
        aggregation = (self._node.get("aggregation") or "").upper() or None
        self._check_policy(policy, aggregation)
        inputs = [self._input(one) for one in self._inputs]
        for column in inputs:
            self._compiler.names |= frozenset() if column is None else column.expression.names
        outputs = self._output_columns()
        if policy in ORDERED and not any(column.order for column in outputs):
            self._refuse(
                "output values in order of priority, but there are none",
                "应按优先级列出输出值，但没有",
            )
        known = [column for column in inputs if column is not None]
        if len(known) < len(inputs) or not outputs:
            return None
        rules = [
            rule
            for number, one in enumerate(children(self._node, "rule"), 1)
            if (rule := self._rule(one, number, known, outputs)) is not None
        ]
        return Table(
            id=self._id,
            policy=policy,
            aggregation=aggregation,
            inputs=tuple(known),
            outputs=tuple(outputs),
            rules=tuple(rules),
        )

    def _refuse(self, reason: str, reason_zh: str, node: etree._Element | None = None) -> None:
        self._compiler.add(
            "decision-table-invalid",
            self._node if node is None else node,
            reason=reason,
            reason_zh=reason_zh,
        )

    def _check_elements(self) -> None:
        for parent in (self._node, *dmn_children(self._node)):
            name = local_name(parent)
            if name not in _CHILDREN:
                continue
            for one in dmn_children(parent):
                if local_name(one) not in _CHILDREN[name] | _ANYWHERE:
                    self._compiler.add("decision-element-unknown", one, element=local_name(one))

    def _check_policy(self, policy: str, aggregation: str | None) -> None:
        if policy not in POLICIES:
            self._refuse(
                f"a hit policy of DMN, but '{shorten(policy)}' is none",
                f"应使用 DMN 的命中策略，但“{shorten(policy)}”不是",
            )
        if not self._outputs:
            self._refuse("an output column, but there is none", "应有输出列，但没有")
        if aggregation is None:
            return
        if policy != "COLLECT" or aggregation not in AGGREGATIONS:
            self._refuse(
                f"an aggregation of COLLECT, but '{shorten(aggregation)}' is none",
                f"应为 COLLECT 的汇总方式，但“{shorten(aggregation)}”不是",
            )
        if len(self._outputs) > 1:
            self._refuse(
                "one output to aggregate, but there are several", "汇总时应只有一个输出，但有多个"
            )
        if aggregation == "COUNT" and any(
            text_of(child(one, "defaultOutputEntry")) for one in self._outputs
        ):
            self._refuse(
                "no default where rules are counted, but there is one",
                "计数时不应有默认输出，但有",
            )

    def _input(self, node: etree._Element) -> InputColumn | None:
        expression = child(node, "inputExpression")
        text = "" if expression is None else text_of(expression)
        label = shorten(text or node.get("label") or node.get("id") or "?", 40)
        place = Place(f"the input '{label}'", f"输入“{label}”")
        if expression is None or not text:
            self._refuse(
                f"an expression of {place.en}, but there is none",
                f"{place.zh}应有表达式，但没有",
                node,
            )
            return None
        compiled = self._compiler.input_expression(expression, place)
        type_ = self._type_of(expression.get("typeRef"), expression)
        type_, _ = self._narrowed(type_, child(node, "inputValues"), place)
        return None if compiled is None else InputColumn(label, compiled, type_)

    def _narrowed(
        self, type_: Type, node: etree._Element | None, place: Place
    ) -> tuple[Type, Type]:
        """The type with the values a column lists, and these values alone."""
        if node is None or not text_of(node):
            return type_, Type()
        place = Place(f"the values of {place.en}", f"{place.zh}的取值")
        tests = self._compiler.tests(node, place)
        if tests is None:
            return type_, Type()
        self._compiler.check_tests(tests, type_, node, place)
        return (
            msgspec.structs.replace(type_, allowed=(*type_.allowed, tests)),
            Type(allowed=(tests,)),
        )

    def _output_columns(self) -> list[OutputColumn]:
        found: list[OutputColumn] = []
        for node in self._outputs:
            name = node.get("name") or ("" if len(self._outputs) > 1 else self._id)
            if not name or any(column.name == name for column in found):
                self._refuse(
                    "a name of its own for each of several outputs, but it is missing or repeated",
                    "多个输出应各有不同的名称，但缺少或重复",
                    node,
                )
                continue
            found.append(self._output(node, name))
        return found

    def _output(self, node: etree._Element, name: str) -> OutputColumn:
        place = Place(f"the output '{name}'", f"输出“{name}”")
        plain = self._type_of(node.get("typeRef"), node)
        type_, listed = self._narrowed(plain, child(node, "outputValues"), place)
        order = listed.values if listed.allowed else plain.values
        default = child(node, "defaultOutputEntry")
        compiled: Expression | None = None
        if default is not None and text_of(default):
            place = Place(f"the default of {place.en}", f"{place.zh}的默认值")
            compiled = self._compiler.expression(default, place)
            if compiled is not None:
                self._compiler.check_value(compiled, type_, default, place)
        return OutputColumn(
            name=name,
            type=type_,
            order=tuple(_taken(plain, one) for one in order or ()),
            default=compiled,
        )

    def _rule(
        self,
        node: etree._Element,
        number: int,
        inputs: list[InputColumn],
        outputs: list[OutputColumn],
    ) -> Rule | None:
        cells, results = children(node, "inputEntry"), children(node, "outputEntry")
        if len(cells) != len(self._inputs) or len(results) != len(self._outputs):
            self._refuse(
                f"a cell for every column in rule {number}, but there are {len(cells)} of "
                f"{len(self._inputs)} inputs and {len(results)} of {len(self._outputs)} outputs",
                f"规则 {number} 每列应有一个单元格，但输入为 {len(cells)}/{len(self._inputs)}，"
                f"输出为 {len(results)}/{len(self._outputs)}",
                node,
            )
            return None
        tests = [
            self._cell(cell, column, own, number)
            for cell, column, own in zip(cells, inputs, self._inputs, strict=True)
        ]
        values = [
            self._result(cell, column, number)
            for cell, column in zip(results, outputs, strict=False)
        ]
        if any(one is None for one in tests):
            return None
        found = tuple(one for one in tests if one is not None)
        telling = tuple((at, one) for at, one in enumerate(found) if one.tests.tests)
        return Rule(number, found, tuple(values), telling)

    def _cell(
        self, cell: etree._Element, column: InputColumn, node: etree._Element, number: int
    ) -> Any:
        place = Place(
            f"rule {number}, input '{column.label}'", f"规则 {number} 的输入“{column.label}”"
        )
        own = next(
            (
                str(value)
                for key, value in node.attrib.items()
                if str(key).endswith("}inputVariable")
            ),
            CELL_INPUT,
        )
        tests = self._compiler.tests(cell, place, frozenset({own}))
        if tests is not None:
            self._compiler.check_tests(tests, column.type, cell, place)
        return tests

    def _result(
        self, cell: etree._Element, column: OutputColumn, number: int
    ) -> Expression | None:
        if not text_of(cell):
            return None
        place = Place(
            f"rule {number}, output '{column.name}'", f"规则 {number} 的输出“{column.name}”"
        )
        compiled = self._compiler.expression(cell, place)
        if compiled is not None:
            self._compiler.check_value(compiled, column.type, cell, place)
        return compiled


def _taken(type_: Type, value: Any) -> Any:
    """A value of the order as results have it, where it is of the type at all."""
    read = Type(kinds=type_.kinds)
    try:
        return read.take(value)
    except FeelError:
        return value
