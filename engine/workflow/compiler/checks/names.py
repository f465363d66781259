"""Finds variables that are read and that nothing sets.

What comes from outside cannot be seen in files: a process that may get variables nobody drew
(started without a form, by a message, by other systems) is only told about names that look like a
known one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches

import msgspec
from lxml import etree

from engine.domain.forms import form_key
from engine.ports.deployment import Known
from engine.ports.forms import FormDescription
from engine.workflow.compiler.checks.vocabulary import names_of, reads, writes
from engine.workflow.compiler.reading.reader import bpmn, camunda
from engine.workflow.compiler.report import Report
from engine.workflow.decisions import Decision
from engine.workflow.runtime.activities import BusinessRuleTask, Job, UserTask
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.events import EventNode, ThrowEvent
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.sub_processes import CallActivity, EventSubProcess
from engine.workflow.runtime.triggers import MessageTrigger

_NEAR = 0.8
_SHORTEST, _LONGEST = 4, 60
#: Letters more or less by which a slip changes a name.
_MAX_SLIP = 2
#: Bounds for files that are made to be slow.
_MAX_SEARCHES, _MAX_KNOWN, _MAX_ROUNDS = 100, 1_000, 20
_MAX_FIELDS = 6
_MAX_CONDITION = 1_000
_PROPERTY = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"


class Drawn(msgspec.Struct, frozen=True):
    """A process as drawn and as built.

    Attributes:
        specs: Graphs of its file, by process and sub-process.
    """

    file: str
    process: etree._Element
    specs: Mapping[str, ProcessSpec]


def check_deployment(
    processes: list[Drawn], decisions: Mapping[str, Decision], known: Known, report: Report
) -> None:
    """Report variables nothing sets, and forms nothing reads.

    Args:
        processes: All that were built; names are passed between them.
        decisions: Decisions of the deployment.
        known: What there is around it.
        report: Takes the findings.
    """
    words = {str(one.process.get("id")): _Words(one, decisions, known) for one in processes}
    _exchange(words)
    for one in words.values():
        report.file = one.drawn.file
        one.check(report)
    used = frozenset[str]().union(*(one.reads for one in words.values()))
    for one in words.values():
        report.file = one.drawn.file
        one.check_forms(used, report)


def _exchange(words: Mapping[str, _Words]) -> None:
    """Give called processes the names of their callers, and the other way round."""
    for one in words.values():
        for call in one.calls:
            if call.called.constant and call.called.source in words:
                words[call.called.source].is_called = True
    changed, rounds = True, 0
    while changed and rounds < _MAX_ROUNDS:
        changed, rounds = False, rounds + 1
        for one in words.values():
            for call in one.calls:
                other = words.get(call.called.source) if call.called.constant else None
                changed |= one.take_back(call, other)
                if other is not None:
                    changed |= other.take_over(call, one)
    for one in words.values() if changed else ():
        one.open()


class _Words:
    """Variables of one process.

    Attributes:
        known: Names something sets. reads: Names something reads.
        is_open: Whether variables nobody drew may come from outside.
        is_called: Whether another process of the deployment calls it.
    """

    def __init__(self, drawn: Drawn, decisions: Mapping[str, Decision], known: Known) -> None:
        self.drawn = drawn
        self.decisions = decisions
        self.surroundings = known
        self.by_id = {str(node.get("id")): node for node in drawn.process.iter(bpmn("*"))}
        self.nodes = [
            node
            for name in self.by_id
            if name in drawn.specs
            for node in drawn.specs[name].task_specs.values()
            if isinstance(node, FlowNode) and node.name in self.by_id
        ]
        self.by_name = {node.name: node for node in self.nodes}
        self.calls = [node for node in self.nodes if isinstance(node, CallActivity)]
        self.start_forms = [
            form_key(key)
            for start in drawn.process.iterfind(bpmn("startEvent"))
            if (key := start.get(camunda("formKey")) or start.get(camunda("formRef")))
        ]
        self.given = {name: set(_listed(node, "given")) for name, node in self.by_id.items()}
        self.known = set(known.variables).union(
            *self.given.values(),
            *(writes(node, decisions, known) for node in self.nodes),
            *(form.fields for key in self.start_forms if (form := self._form(key)) is not None),
        )
        self.reads = frozenset(_listed(drawn.process, "publish")).union(
            *(reads(node, decisions) for node in self.nodes),
            *(form.reads for form in self._forms()),
        )
        self.near: dict[str, str | None] = {}
        self.is_called = False
        self._is_open = any(map(self._opens, self.nodes))

    @property
    def is_open(self) -> bool:
        """Whether variables nobody drew may come from outside."""
        is_started_freely = not self.is_called and not any(
            self._form(key) is not None for key in self.start_forms
        )
        has_given = bool(self.given.get(str(self.drawn.process.get("id"))))
        return self._is_open or (is_started_freely and not has_given)

    def _form(self, key: str) -> FormDescription | None:
        return (self.surroundings.forms or {}).get(key)

    def _forms(self) -> Iterator[FormDescription]:
        keys = [*self.start_forms, *(key for node in self.nodes if (key := _key(node)))]
        for key in keys:
            form = self._form(key)
            if form is not None:
                yield form

    def _opens(self, node: FlowNode) -> bool:
        """Whether a node may bring along variables that are not drawn."""
        if self.given.get(node.name):
            return False
        if isinstance(node, UserTask):
            key = _key(node)
            return key is None or self._form(key) is None
        if isinstance(node, Job):
            topic = node.topic
            return (
                topic is not None
                and not node.result_variable
                and topic.source not in self.surroundings.topics
            )
        if isinstance(node, BusinessRuleTask):
            return not node.result_variable and node.decision not in self.decisions
        if isinstance(node, EventSubProcess):
            return self._opens(node.start)
        return (
            isinstance(node, EventNode)
            and not isinstance(node, ThrowEvent)
            and isinstance(node.trigger, MessageTrigger)
        )

    def open(self) -> None:
        """Say that anything may come from outside."""
        self._is_open = True

    def take_over(self, call: CallActivity, caller: _Words) -> bool:
        """Names a caller passes in; whether that was news."""
        before = len(self.known), self._is_open
        for mapping in call.passed:
            if mapping.name is None:
                self.known |= caller.known
                self._is_open = self._is_open or caller.is_open
            else:
                self.known.add(mapping.name)
        return before != (len(self.known), self._is_open)

    def take_back(self, call: CallActivity, called: _Words | None) -> bool:
        """Names a called process gives back; whether that was news."""
        if all(mapping.name is not None for mapping in call.returned):
            return False
        before = len(self.known), self._is_open
        self.known |= called.known if called is not None else set()
        self._is_open = self._is_open or called is None or called.is_open
        return before != (len(self.known), self._is_open)

    def check(self, report: Report) -> None:
        """Report names that are read and not known."""
        for node in self.nodes:
            at = self.by_id[node.name]
            for flow in node.flows:
                self._report(names_of(flow.condition), self.by_id.get(flow.id, at), report)
            on_flows = frozenset[str]().union(*(names_of(flow.condition) for flow in node.flows))
            key = _key(node)
            form = self._form(key) if key else None
            self._report(
                (reads(node, self.decisions) - on_flows)
                | (form.reads - set(form.fields) if form is not None else frozenset()),
                at,
                report,
            )

    def _report(self, names: frozenset[str], at: etree._Element, report: Report) -> None:
        for name in sorted(names - self.known):
            near = self._near(name)
            if near is not None:
                report.add("variable-misspelt", at, variable=name, near=near)
            elif (other := self._compared(name, at)) is not None:
                report.add("text-unquoted", at, variable=name, other=other)
            elif not self.is_open:
                report.add("variable-unknown", at, variable=name)

    def _compared(self, name: str, flow: etree._Element) -> str | None:
        """The known variable an unknown name is compared with on a flow."""
        if not name.isidentifier():
            return None
        condition = flow.findtext(bpmn("conditionExpression")) or ""
        found = re.search(rf"([\w]+)\s*[!=]=\s*{name}\b(?!\s*[.(\[])", condition[:_MAX_CONDITION])
        return found[1] if found is not None and found[1] in self.known else None

    def _near(self, name: str) -> str | None:
        if not _SHORTEST <= len(name) <= _LONGEST:
            return None
        if name not in self.near and len(self.near) < _MAX_SEARCHES:
            alike = [one for one in self.known if abs(len(one) - len(name)) <= _MAX_SLIP]
            found = get_close_matches(name, alike[:_MAX_KNOWN], n=3, cutoff=_NEAR)
            self.near[name] = next((near for near in found if _is_slip(name, near)), None)
        return self.near.get(name)

    def check_forms(self, used: frozenset[str], report: Report) -> None:
        """Report forms nobody looks at before a decision about something nobody sets.

        A form that only keeps a record is fine.
        """
        for node in self.nodes if self.is_open else ():
            key = _key(node)
            form = self._form(key) if key else None
            if form is None or not form.fields or used.intersection(form.fields):
                continue
            deciding = [node, *(self.by_name[flow.target] for flow in node.flows)]
            asked = frozenset[str]().union(
                *(names_of(flow.condition) for one in deciding for flow in one.flows)
            )
            if asked and not asked & self.known and not any(map(self._near, asked)):
                report.add(
                    "form-unread",
                    self.by_id[node.name],
                    fields=", ".join(form.fields[:_MAX_FIELDS]),
                    variable=", ".join(sorted(asked)),
                )


def _key(node: FlowNode) -> str | None:
    """Key of the form of a user task, if it is known before it opens."""
    if not isinstance(node, UserTask):
        return None
    drawn = node.assignment.form_key
    return form_key(drawn.source) if drawn is not None and drawn.constant else None


def _is_slip(name: str, near: str) -> bool:
    """Whether two names differ by a slip of the pen; ``line_1`` and ``line_2`` do not."""
    words, others = name.split("_"), near.split("_")
    if len(words) != len(others):
        return True
    return all(
        one == other
        or (
            re.sub(r"\d", "", one) != re.sub(r"\d", "", other)
            and SequenceMatcher(None, one, other).ratio() >= _NEAR
        )
        for one, other in zip(words, others, strict=True)
    )


def _listed(node: etree._Element, name: str) -> list[str]:
    """Names in a comma-separated extension property."""
    text = next(
        (one.get("value") or "" for one in node.iterfind(_PROPERTY) if one.get("name") == name),
        "",
    )
    return [part.strip() for part in text.split(",") if part.strip()]
