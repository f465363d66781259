"""Reads Camunda 7 attributes and extension elements of one BPMN element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from lxml import etree

from engine.domain.forms import form_key
from engine.workflow.compiler.building.references import References
from engine.workflow.compiler.reading.reader import CAMUNDA, bpmn, camunda, local, place
from engine.workflow.compiler.report import Report
from engine.workflow.errors import ExpressionError, TimerError
from engine.workflow.language import timers
from engine.workflow.language.expressions import (
    Expression,
    Template,
    compile_condition,
    compile_expression,
    compile_template,
)
from engine.workflow.language.scripts import LANGUAGES
from engine.workflow.runtime.activities import Assignment
from engine.workflow.runtime.elements import Element, Lane, ListValue, MapValue, Value
from engine.workflow.runtime.sub_processes import Passing

_NULL = Template("")
_STRUCTURES = frozenset({"list", "map", "script"})


class ElementReader:
    """Reads one element; what cannot be read becomes a finding."""

    def __init__(self, node: etree._Element, report: Report, names: References) -> None:
        self.node = node
        self.report = report
        self.names = names
        extensions = node.find(bpmn("extensionElements"))
        self.extensions: list[etree._Element] = (
            [] if extensions is None else [one for one in extensions if isinstance(one.tag, str)]
        )
        self.attributes = {
            key[len(CAMUNDA) + 2 :]: value
            for key, value in node.attrib.items()
            if key.startswith(f"{{{CAMUNDA}}}")
        }
        self.properties = {
            str(one.get("name")): str(one.get("value") or "")
            for group in self._of("properties")
            for one in group.iterfind(camunda("property"))
            if one.get("name")
        }

    def _of(self, name: str) -> list[etree._Element]:
        return [one for one in self.extensions if one.tag == camunda(name)]

    # -- language --

    def expression(self, text: str, node: etree._Element | None = None) -> Expression | None:
        """Compile an expression; None and a finding if it is none."""
        compiled: Expression | None = self._compiled(compile_expression, text, node)
        return compiled

    def template(self, text: str, node: etree._Element | None = None) -> Template:
        """Compile a text with ``${…}``; an empty one and a finding if it cannot be."""
        return self._compiled(compile_template, text, node) or _NULL

    def _compiled(
        self, compiler: Callable[[str], Any], text: str, node: etree._Element | None
    ) -> Any:
        try:
            return compiler(text)
        except ExpressionError as error:
            self.report.invalid(
                "expression-invalid", self.node if node is None else node, error, text
            )
            return None

    def optional(self, text: str | None) -> Template | None:
        """Compile a text if there is one."""
        return self.template(text) if text else None

    def condition(self, text: str, node: etree._Element | None = None) -> Expression | None:
        """Compile an expression that is true or false; None and a finding if it is none."""
        compiled: Expression | None = self._compiled(compile_condition, text, node)
        return compiled

    def optional_condition(self, text: str | None) -> Expression | None:
        """Compile a condition if there is one."""
        return self.condition(text) if text and text.strip() else None

    def optional_expression(self, text: str | None) -> Expression | None:
        """Compile an expression if there is one."""
        return self.expression(text) if text and text.strip() else None

    # -- the common part --

    def element(self, lane: Lane | None) -> Element:
        """What all flow nodes have."""
        name = " ".join((self.node.get("name") or "").split())
        inputs, outputs = self.parameters()
        properties = self.properties
        line, column = place(self.node) or (0, 0)
        return Element(
            id=str(self.node.get("id")),
            name=name,
            name_en=properties.get("name:en") or name,
            kind=local(self.node),
            line=line,
            column=column,
            lane=lane,
            attributes=self.attributes,
            properties=properties,
            state=properties.get("state") or None,
            milestone=properties.get("milestone") or None,
            start_clocks=tuple(
                (clock, self.template(sla or clock))
                for clock, _, sla in map(_halves, _split(properties.get("startClock")))
            ),
            stop_clocks=tuple(_split(properties.get("stopClock"))),
            inputs=inputs,
            outputs=outputs,
        )

    def parameters(
        self,
    ) -> tuple[tuple[tuple[str, Value], ...], tuple[tuple[str, Value], ...]]:
        """Input and output parameters in order."""
        found: dict[str, list[tuple[str, Value]]] = {"inputParameter": [], "outputParameter": []}
        for group in self._of("inputOutput"):
            for one in group:
                kind, name = local(one), one.get("name")
                if kind in found and name:
                    found[kind].append((name, self.value(one)))
        return tuple(found["inputParameter"]), tuple(found["outputParameter"])

    def value(self, node: etree._Element) -> Value:
        """Value of a parameter: a text, list, map or script; null if there is nothing."""
        for child in node:
            if local(child) in _STRUCTURES:
                return self._structure(child)
        text = (node.text or "").strip()
        return self.template(text, node) if text else compile_expression("null")

    def _structure(self, node: etree._Element) -> Value:
        kind = local(node)
        if kind == "list":
            return ListValue(
                tuple(
                    self._structure(one) if local(one) in _STRUCTURES else self.value(one)
                    for one in node
                )
            )
        if kind == "map":
            return MapValue(tuple((str(one.get("key")), self.value(one)) for one in node))
        language = (node.get("scriptFormat") or "").lower()
        if language not in LANGUAGES:
            self.report.add("script-language", node, language=language)
            return _NULL
        return self.expression(node.text or "", node) or _NULL

    # -- user tasks --

    def assignment(self) -> Assignment:
        """Whose a user task is and when it is due."""
        attributes = self.attributes
        form = form_key(attributes.get("formKey") or attributes.get("formRef") or "")
        for name in ("dueDate", "followUpDate"):
            self._check_instant(attributes.get(name))
        name = self.node.get("name") or ""
        return Assignment(
            name=self.template(name) if is_computed(name) else None,
            form_key=self.optional(form),
            assignee=self.optional(attributes.get("assignee")),
            candidate_groups=self._names("candidateGroups"),
            candidate_users=self._names("candidateUsers"),
            due=self.optional(attributes.get("dueDate")),
            follow_up=self.optional(attributes.get("followUpDate")),
            priority=self.optional(attributes.get("priority")),
            properties=tuple(
                (name, self.template(value)) for name, value in self.properties.items()
            ),
        )

    def _names(self, attribute: str) -> tuple[Template, ...]:
        text = self.attributes.get(attribute)
        if not text:
            return ()
        # A comma inside an expression separates nothing.
        parts = [text] if "${" in text or "#{" in text else text.split(",")
        return tuple(self.template(part.strip()) for part in parts if part.strip())

    def _check_instant(self, text: str | None) -> None:
        if text and not is_computed(text):
            self.checked(timers.check_instant, text, self.node)

    def checked(self, check: Callable[[str], object], text: str, node: etree._Element) -> None:
        """Add a finding if a text is no instant, duration or cycle."""
        try:
            check(text)
        except TimerError as error:
            self.report.invalid("timer-invalid", node, error, text)

    # -- calls --

    def passings(self, name: Literal["in", "out"]) -> tuple[Passing, ...]:
        """Variables given to or taken from a called process."""
        result: list[Passing] = []
        for one in self._of(name):
            if one.get("variables") == "all":
                result.append(Passing(name=None, value=None))
            elif one.get("target"):
                source = one.get("source") or one.get("sourceExpression") or ""
                result.append(Passing(name=one.get("target"), value=self.expression(source, one)))
        return tuple(result)


def is_computed(text: str) -> bool:
    """Whether a text has to be evaluated."""
    return "${" in text or "#{" in text


def _split(text: str | None) -> list[str]:
    """Parts of a comma-separated list; commas inside braces separate nothing."""
    parts, depth = [""], 0
    for character in text or "":
        depth += (character in "{(") - (character in "})")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _halves(text: str) -> tuple[str, str, str]:
    name, equals, value = text.partition("=")
    return name.strip(), equals, value.strip()
