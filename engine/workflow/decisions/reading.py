"""From DMN files (1.1 to 1.5) to decisions. Source: DMN 1.3, clauses 6, 7 and 12."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import Final

from lxml import etree

from engine.domain.feel import Expression
from engine.workflow.decisions import coverage
from engine.workflow.decisions.compiling import Compiler, Place
from engine.workflow.decisions.decision import Decision
from engine.workflow.decisions.definitions import Definitions
from engine.workflow.decisions.requirements import required, required_decisions
from engine.workflow.decisions.tables import Table
from engine.workflow.decisions.tabular import read_table
from engine.workflow.decisions.types import ANYTHING, Type
from engine.workflow.decisions.xml import (
    Findings,
    child,
    children,
    dmn_children,
    label_of,
    local_name,
    variable_of,
)

_TOLD: Final = frozenset(
    {
        *("description", "extensionElements", "question", "allowedAnswers", "variable"),
        *("informationRequirement", "authorityRequirement"),
        *("supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner"),
        *("usingProcess", "usingTask", "decisionTable", "literalExpression"),
    }
)
_UNSUPPORTED: Final = frozenset(
    {
        *("context", "invocation", "relation", "list", "functionDefinition", "conditional"),
        *("filter", "for", "every", "some", "knowledgeRequirement"),
    }
)


def read_decisions(root: etree._Element, report: Findings) -> dict[str, Decision]:
    """Compile the decisions of a DMN file; what is wrong becomes a finding.

    Decisions that are refused are among the result, so that what refers to them is not reported
    as well; evaluating them is an error.
    """
    return _File(root, report).decisions()


class _File:
    """One DMN file."""

    def __init__(self, root: etree._Element, report: Findings) -> None:
        self._root = root
        self._report = report
        self._definitions = Definitions(root, report)
        self._nodes = {
            str(one.get("id")): one for one in children(root, "decision") if one.get("id")
        }
        self._data = {
            str(one.get("id")): self._input_data(one) for one in children(root, "inputData")
        }

    def decisions(self) -> dict[str, Decision]:
        """All of them by id."""
        self._check_ids()
        family: dict[str, Decision] = {}
        for id_, ids in required_decisions(self._nodes, self._report).items():
            family[id_] = self._decision(id_, ids, family)
        return family

    def _check_ids(self) -> None:
        counts = Counter(one.get("id") for one in children(self._root, "decision"))
        for node in children(self._root, "decision"):
            if not node.get("id"):
                self._report.add("decision-without-id", node)
            elif counts[node.get("id")] > 1:
                self._report.add("decision-repeated", node, decision=node.get("id"))
        for node in children(self._root, "decisionService"):
            self._report.add("decision-service-ignored", node)

    def _input_data(self, node: etree._Element) -> tuple[str, Type]:
        """Name and type of an input datum."""
        variable = child(node, "variable")
        type_ = self._definitions.type_of(
            variable_of(node, "typeRef"), node if variable is None else variable
        )
        return variable_of(node, "name") or label_of(node), type_

    def _decision(self, id_: str, ids: tuple[str, ...], family: dict[str, Decision]) -> Decision:
        node = self._nodes[id_]
        inputs = required(node, "requiredInput", self._data, self._report)
        data = dict(self._data[one] for one in inputs)
        declared = frozenset(data).union(*(self._offered(one) for one in ids))
        compiler = Compiler(node, declared | self._definitions.names, self._report)
        table: Table | None = None
        literal: Expression | None = None
        type_ = ANYTHING
        logic = _logic(node, compiler)
        if logic is not None and local_name(logic) == "literalExpression":
            literal, type_ = self._literal(node, logic, compiler)
            _check_names(compiler, declared, frozenset(), is_complete=bool(data))
        elif logic is not None:
            table = read_table(id_, logic, compiler, self._definitions.type_of)
        if table is not None:
            _check_names(compiler, declared, table.columns, is_complete=bool(data))
        if table is not None and not compiler.is_broken:
            _check_coverage(table, logic, compiler)
        own = variable_of(node, "name")
        return Decision(
            id=id_,
            name=label_of(node),
            variable=own or id_,
            has_variable=own is not None,
            type=type_,
            table=None if compiler.is_broken else table,
            literal=None if compiler.is_broken else literal,
            required=ids,
            data=data,
            family=family,
        )

    def _offered(self, id_: str) -> set[str]:
        """Names under which a required decision may be read."""
        node = self._nodes[id_]
        names = {id_, label_of(node)}
        own = variable_of(node, "name")
        if own:
            return names | {own}
        table = child(node, "decisionTable")
        outputs = [] if table is None else children(table, "output")
        return names | {str(one.get("name")) for one in outputs if one.get("name")}

    def _literal(
        self, node: etree._Element, logic: etree._Element, compiler: Compiler
    ) -> tuple[Expression | None, Type]:
        """Literal expression of a decision, and the type of its result."""
        place = Place("the expression", "表达式")
        literal = compiler.expression(logic, place)
        type_ = self._definitions.type_of(
            variable_of(node, "typeRef") or logic.get("typeRef"), node
        )
        if literal is not None:
            compiler.check_value(literal, type_, logic, place)
        return literal, type_


def _logic(node: etree._Element, compiler: Compiler) -> etree._Element | None:
    """Table or literal expression of a decision, if it has just one of them."""
    found: list[etree._Element] = []
    for one in dmn_children(node):
        name = local_name(one)
        if name in {"decisionTable", "literalExpression"}:
            found.append(one)
        elif name in _UNSUPPORTED:
            compiler.add("decision-logic-unsupported", one, kind=name)
        elif name not in _TOLD:
            compiler.add("decision-element-unknown", one, element=name)
    if len(found) == 1:
        return found[0]
    if not compiler.is_broken:
        compiler.add("decision-logic-missing", node, count=len(found))
    return None


def _check_names(
    compiler: Compiler, declared: frozenset[str], columns: frozenset[str], *, is_complete: bool
) -> None:
    """Warn of names nothing declares.

    Args:
        compiler: What was compiled.
        declared: Names of input data and required decisions.
        columns: Names the columns read, which cells may read as well.
        is_complete: Whether input data are drawn, so that they should be all there is.
    """
    seen: set[str] = set()
    for name, node, place in compiler.read:
        is_cell = local_name(node) in {"inputEntry", "outputEntry", "defaultOutputEntry"}
        known = declared | columns if is_cell else declared
        if name in known or name in seen or not (is_complete or is_cell):
            continue
        seen.add(name)
        near = get_close_matches(name, known, 1)
        compiler.remark(
            "decision-name-undeclared", node, where=place.en, where_zh=place.zh, name=name,
            nearest=f"; the nearest is '{near[0]}'" if near else "",
            nearest_zh=f"，最接近的是“{near[0]}”" if near else "",
        )  # fmt: skip


def _check_coverage(table: Table, node: etree._Element, compiler: Compiler) -> None:
    rows = children(node, "rule")
    for earlier, later in coverage.overlaps(table):
        code = "decision-rule-unreachable" if table.policy == "FIRST" else "decision-rules-overlap"
        compiler.remark(code, rows[later - 1], earlier=earlier, later=later)
    missing = coverage.gaps(table)
    if missing:
        compiler.remark("decision-gap", node, inputs="; ".join(missing))
