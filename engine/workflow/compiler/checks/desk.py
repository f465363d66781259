"""Checks against the desk a process will run on: its people, units, clocks and forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache

from lxml import etree

from engine.domain.forms import EVERY, RIGHTS_PROPERTY, RightsError, form_key, read_rights
from engine.domain.signing import RULE, WHENS
from engine.ports.deployment import Known
from engine.workflow.compiler.reading.reader import bpmn, camunda
from engine.workflow.compiler.report import Report
from engine.workflow.language.expressions import Template
from engine.workflow.runtime.activities import UserTask
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.nodes import FlowNode

#: Extension properties that mean something. Source: docs/modelling.md.
PROPERTIES = frozenset(
    {
        "fields", "given", "milestone", "name:en", "notSamePersonAs", "numberPrefix",
        "outputCollection", "outputElement", "publish", "resultVariable", "role", "signers",
        "signing", "signingWhen", "skipSameHandler", "startClock", "state", "stopClock",
        "taskClock", "terminates", "unit",
    }
)  # fmt: skip
#: How the properties of a signing round are written. Source: docs/modelling.md, signing.
_SIGNING: Mapping[str, Callable[[str], object]] = {
    "signing": RULE.fullmatch,
    "signingWhen": WHENS.__contains__,
}
#: Values of properties that say yes or no.
_FLAGS = frozenset({"true", "false"})
#: Units every installation has.
_UNITS = frozenset({"", "order", "hq"})
_NEAR = 0.8
_MAX_KNOWN = 1_000
_LONGEST = max(map(len, PROPERTIES))
_PROPERTY = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"


def check_desk(
    process: etree._Element, specs: Mapping[str, ProcessSpec], known: Known, report: Report
) -> None:
    """Report what the desk does not have; computed names are checked when they are met.

    Args:
        process: The process as drawn.
        specs: Its graphs.
        known: What there is.
        report: Takes the findings.
    """
    _Desk(process, specs, known, report).check()


class _Desk:
    def __init__(
        self,
        process: etree._Element,
        specs: Mapping[str, ProcessSpec],
        known: Known,
        report: Report,
    ) -> None:
        self.process = process
        self.known = known
        self.report = report
        self.drawn = {str(node.get("id")): node for node in process.iter(bpmn("*"))}
        self.nodes = [
            node
            for spec in specs.values()
            for node in spec.task_specs.values()
            if isinstance(node, FlowNode) and node.name in self.drawn
        ]
        self.tasks = {node.name for node in self.nodes if isinstance(node, UserTask)}
        #: Tasks with a clock whose property is misspelt.
        self.slips: set[etree._Element] = set()

    def check(self) -> None:
        self._properties()
        for node in self.nodes:
            at = self.drawn[node.name]
            for level in _service_levels(node):
                if (
                    self.known.service_levels is not None
                    and level not in self.known.service_levels
                ):
                    near = _perhaps(level, self.known.service_levels)
                    self.report.add("service-level-missing", at, level=level, **near)
            if isinstance(node, UserTask):
                self._task(node, at)
        for start in self.process.iterfind(bpmn("startEvent")):
            key = start.get(camunda("formKey")) or start.get(camunda("formRef"))
            if key:
                self._form(form_key(key), start)

    def _properties(self) -> None:
        """Properties without a value, and those that are nearly ones of the engine."""
        for node in self.drawn.values():
            for one in node.iterfind(_PROPERTY):
                name = one.get("name") or ""
                if name in PROPERTIES:
                    if not (one.get("value") or "").strip():
                        self.report.add("property-empty", node, property=name)
                    continue
                near = _near(name)
                if near is not None:
                    if near == "taskClock":
                        self.slips.add(node)
                    self.report.add("property-unknown", node, property=name, near=near)

    def _task(self, task: UserTask, at: etree._Element) -> None:
        drawn, lane = task.assignment, task.element.lane
        properties = dict(drawn.properties)
        groups = drawn.candidate_groups
        if not (groups or drawn.assignee or drawn.candidate_users or lane):
            self.report.add("task-unassigned", at)
        for group in groups:
            if group.constant:
                self._role(group.source, at)
        if lane is not None and not groups:
            # One mistake in a lane is one finding, however many tasks are in it.
            self._role(lane.role, self.drawn.get(lane.id, at))
        if "taskClock" not in properties and drawn.due is None and at not in self.slips:
            self.report.add("clock-missing", at)
        self._unit(properties.get("unit"), at)
        other = properties.get("notSamePersonAs")
        if other is not None and other.constant and other.source.strip() not in self.tasks:
            self.report.add("other-person-unknown", at, step=other.source)
        self._signing(properties, at)
        skip = properties.get("skipSameHandler")
        if skip is not None and skip.constant and skip.source.strip() not in _FLAGS:
            self.report.add("skip-malformed", at, value=skip.source)
        key = drawn.form_key
        form = form_key(key.source) if key is not None and key.constant else None
        if form is not None:
            self._form(form, at)
        self._rights(properties.get(RIGHTS_PROPERTY), form, at)

    def _rights(self, rights: Template | None, form: str | None, at: etree._Element) -> None:
        """Rights of fields must be readable, and name fields of the step's form."""
        if rights is None or not rights.source.strip():
            return
        try:
            named = read_rights(rights.source)
        except RightsError as error:
            self.report.add("field-rights-malformed", at, part=error.word)
            return
        known = None if form is None else (self.known.forms or {}).get(form)
        if known is None:
            return
        for path in named:
            if path != EVERY and path not in known.paths:
                near = _perhaps(path, known.paths)
                self.report.add("field-right-unknown", at, path=path, form=f"{form}.json", **near)

    def _signing(self, properties: Mapping[str, Template], at: etree._Element) -> None:
        """How many have to sign, and when; who they are is known when the task opens."""
        for name, is_right in _SIGNING.items():
            value = properties.get(name)
            if value is None:
                continue
            if "signers" not in properties:
                self.report.add("signers-missing", at, property=name)
            if value.constant and not is_right(value.source.strip()):
                self.report.add("signing-malformed", at, property=name, value=value.source)

    def _role(self, role: str, at: etree._Element) -> None:
        known = self.known.roles
        if known is not None and role not in known:
            self.report.add("role-unknown", at, role=role, roles=", ".join(sorted(known)))

    def _unit(self, unit: Template | None, at: etree._Element) -> None:
        if (
            unit is not None
            and unit.constant
            and self.known.units is not None
            and unit.source not in self.known.units | _UNITS
        ):
            self.report.add("unit-unknown", at, unit=unit.source)

    def _form(self, key: str, at: etree._Element) -> None:
        if self.known.forms is not None and key not in self.known.forms:
            near = _perhaps(key, self.known.forms)
            self.report.add("form-missing", at, form=f"{key}.json", **near)


def _perhaps(name: str, known: Iterable[str]) -> dict[str, str]:
    """Which known name is probably meant, as the end of a sentence."""
    near = get_close_matches(name[: 2 * _LONGEST], list(known)[:_MAX_KNOWN], n=1, cutoff=_NEAR)
    if not near:
        return {"near": "", "near_zh": ""}
    return {"near": f"; perhaps {near[0]} is meant", "near_zh": f"，可能应为 {near[0]}"}


@lru_cache(1_000)
def _near(name: str) -> str | None:
    """The property of the engine that looks like this name."""
    is_short = len(name) < 2 * _LONGEST
    near = get_close_matches(name, PROPERTIES, n=1, cutoff=_NEAR) if is_short else []
    return near[0] if near else None


def _service_levels(node: FlowNode) -> Iterator[str]:
    levels = [sla for _, sla in node.element.start_clocks]
    if isinstance(node, UserTask):
        levels += [value for name, value in node.assignment.properties if name == "taskClock"]
    for level in levels:
        if level.constant and level.source:
            yield level.source
