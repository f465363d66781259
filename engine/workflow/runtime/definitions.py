"""A compiled definition: shared by all its instances and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

if TYPE_CHECKING:
    from engine.workflow.decisions import Decision
    from engine.workflow.runtime.gateways import InclusiveGateway
    from engine.workflow.runtime.sub_processes import EventSubProcess


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]  # the library ships no types
    """The graph of a process or sub-process.

    Attributes:
        starts: Names of the nodes a token is put on when it begins.
        starts_by_message: Name of the start event by name of its message.
        event_sub_processes: Sub-processes that listen while it is open.
        inclusive_joins: Inclusive gateways with several incoming flows.
        has_conditions: Whether conditional events occur in it.
    """

    def __init__(self, name: str, description: str, filename: str | None) -> None:
        # Not the library's own constructor: it takes the names Start, End and Root from authors.
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.description = description
        self.start = BpmnStartTask(self, "#start")
        self.end = None
        self.svg = None
        self.io_specification = None
        self.data_objects: dict[str, object] = {}
        self.data_stores: dict[str, object] = {}
        self.correlation_keys: dict[str, object] = {}
        self.bpmn_start_events: list[object] = []
        self.starts: tuple[str, ...] = ()
        self.starts_by_message: dict[str, str] = {}
        self.event_sub_processes: tuple[EventSubProcess, ...] = ()
        self.inclusive_joins: tuple[InclusiveGateway, ...] = ()
        self.has_conditions = False


class Definition:
    """One published definition, compiled.

    Attributes:
        id: Its database id.
        key: Process key.
        specs: Graphs by process or sub-process id.
        decisions: Decisions of the same deployment by id.
    """

    def __init__(
        self, id_: int, key: str, specs: dict[str, ProcessSpec], decisions: dict[str, Decision]
    ) -> None:
        self.id = id_
        self.key = key
        self.specs = specs
        self.decisions = decisions
