"""What the engine asks of the world, as protocols. Adapters are wired in `engine.bootstrap`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from engine.domain.drawing import Position
from engine.domain.effects import Effect
from engine.domain.findings import Finding
from engine.domain.forms import NO_RIGHTS, Rights


class Clock(Protocol):
    """The only source of "now"."""

    def now(self) -> datetime:
        """Current instant, aware, in UTC."""
        ...


class WorkingTime(Protocol):
    """A working calendar as seen by timers."""

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Instant at which ``length`` of working time has passed since ``start``."""
        ...


class ClockReader(Protocol):
    """SLA clocks of one instance as seen by timer expressions."""

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """When a clock reaches a point.

        Args:
            clock: Clock name, or ``"task"`` for the clock of the guarded task.
            point: ``"75%"`` of the target, or ``"+PT4H"`` / ``"-PT4H"`` relative to the deadline
                in the clock's own kind of time.
            task: Number of the task guarded by the timer, if any.

        Returns:
            The instant, or None when there is no such clock yet, or it is paused or stopped.
        """
        ...


class DefinitionFiles(msgspec.Struct, frozen=True, kw_only=True):
    """One published process definition.

    Attributes:
        id: Database id of this key and version.
        key: Process id in the BPMN file.
        version: Counted from 1 per key.
        bpmn: The file as deployed.
        decisions: DMN files of the same deployment.
    """

    id: int
    key: str
    version: int
    bpmn: bytes
    decisions: tuple[bytes, ...] = ()


class DefinitionLibrary(Protocol):
    """Published definitions, read by the kernel when it needs them."""

    def files(self, definition_id: int) -> DefinitionFiles:
        """Files of one definition; never changes for an id, so it may be kept."""
        ...

    def latest(self, process_key: str) -> int | None:
        """Id of the newest published version of a process, None if there is none."""
        ...


class StepContext(msgspec.Struct, frozen=True, kw_only=True):
    """What one step may know of its surroundings.

    Attributes:
        now: Instant of the command; the only time the step sees.
        clocks: SLA clocks of the instance.
        calendar: Working calendar for durations written ``…@business``.
        zone: IANA zone in which cron expressions are read and ``today()`` is taken.
    """

    now: datetime
    clocks: ClockReader
    calendar: WorkingTime
    zone: str = "Asia/Shanghai"


class FormDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What checks of diagrams need to know of a form.

    Attributes:
        fields: Keys it writes. reads: Other variables it looks at or shows.
        paths: Everything in it that can have rights: paths of fields, groups and lists.
    """

    fields: tuple[str, ...]
    reads: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What there is around the files of a deployment. None: nobody knows, so it is not checked.

    Attributes:
        roles: Candidate groups. units: Codes of units. service_levels: Keys of policies.
        forms: Forms by key: those of the deployment.
        topics: Topics the engine answers itself, with the variables they give back.
        variables: Variables every order has from the start.
    """

    roles: frozenset[str] | None = None
    units: frozenset[str] | None = None
    service_levels: frozenset[str] | None = None
    forms: Mapping[str, FormDescription] | None = None
    topics: Mapping[str, frozenset[str]] = {}
    variables: frozenset[str] = frozenset()


NOTHING_KNOWN = Known()


class TaskDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A user task as drawn.

    Attributes:
        ahead: Ids of the user tasks that come after it on the shortest way to a good end.
    """

    element_id: str
    name: str
    name_en: str
    lane: str | None
    form_key: str | None
    properties: dict[str, str]
    ahead: tuple[str, ...] = ()


class ProcessDescription(msgspec.Struct, frozen=True, kw_only=True):
    """An executable process of a deployment as the catalogue shows it.

    Attributes:
        file: Name of the file it stands in.
        start_form_key: ``camunda:formKey`` of the none start event, if any.
        publish: Names of variables to publish (extension property ``publish`` of the process).
        properties: All extension properties of the process.
        messages: Names of messages that start it.
        calls: Keys of statically called processes. decisions: DMN ids it uses.
    """

    key: str
    file: str
    name: str
    name_en: str
    start_form_key: str | None
    publish: tuple[str, ...]
    properties: dict[str, str]
    tasks: tuple[TaskDescription, ...]
    messages: tuple[str, ...]
    calls: tuple[str, ...]
    decisions: tuple[str, ...]
    topics: tuple[str, ...]


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of reading a deployment: all findings at once, and what it contains.

    Attributes:
        elements: Ids of the flow nodes of each process, by its key.
    """

    findings: tuple[Finding, ...]
    processes: tuple[ProcessDescription, ...]
    decisions: tuple[str, ...]
    elements: Mapping[str, tuple[str, ...]] = {}

    @property
    def is_refused(self) -> bool:
        """Whether any finding forbids publishing."""
        return any(finding.severity == "refused" for finding in self.findings)


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A node an open task's token may be moved to.

    Attributes:
        kind: Name of the XML element.
    """

    element_id: str
    name: str
    name_en: str
    kind: str


class Run(Protocol):
    """One process instance in memory, for one command. Not thread-safe; thrown away on error."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """Variables of the instance (top scope)."""
        ...

    @property
    def next_due_at(self) -> datetime | None:
        """Earliest due time over all timers."""
        ...

    @property
    def is_ended(self) -> bool:
        """Whether no token is left."""
        ...

    @property
    def positions(self) -> tuple[Position, ...]:
        """Nodes that hold tokens, those that only listen left out."""
        ...

    def task_variables(self, number: int) -> Mapping[str, Any]:
        """Variables seen by a task: its scope, with the multi-instance element variable."""
        ...

    def complete_task(self, number: int, values: Mapping[str, Any]) -> None:
        """Complete an open user task and step until nothing can go on.

        Raises:
            LookupError: No such open task in this state.
        """
        ...

    def complete_job(self, number: int, values: Mapping[str, Any]) -> None:
        """Give a job its result and go on."""
        ...

    def fail_job(
        self, number: int, *, code: str | None, message: str, message_zh: str = ""
    ) -> None:
        """Fail a job: with a ``code`` as a BPMN error, without one as an incident."""
        ...

    def deliver(self, message: str, values: Mapping[str, Any]) -> bool:
        """Deliver a message to the instance; True if a subscription took it."""
        ...

    def signal(self, name: str) -> bool:
        """Deliver a signal; True if anything took it."""
        ...

    def fire_timers(self) -> int:
        """Fire every timer due at or before the context's now; number of firings."""
        ...

    def reschedule(self, clock: str, task: int | None = None) -> None:
        """Recompute timers that read this clock (reported as TimerSet again if moved)."""
        ...

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Set variables of the instance without moving a token."""
        ...

    def retry(self, incident: int) -> None:
        """Try the failed element again with the present variables.

        If it fails again the same incident stays open (reported again with the new message).

        Raises:
            LookupError: No such open incident.
        """
        ...

    def cancel(self) -> None:
        """End the instance at once, closing everything that is open."""
        ...

    def destinations(self, number: int) -> tuple[Destination, ...]:
        """Where an open task's token may be moved to: tasks, events, ends.

        Raises:
            LookupError: No such open task.
        """
        ...

    def can_move(self, number: int, element_id: str) -> bool:
        """Whether `move` would accept it.

        Raises:
            LookupError: No such open task.
        """
        ...

    def move(self, number: int, element_id: str) -> None:
        """Take an open task away and put a token on another node around it.

        Used to send a work order back to an earlier step, or on to another one.

        Raises:
            LookupError: No such open task, no such node, or the process would not be sound.
        """
        ...

    def gather(self, numbers: Sequence[int], element_id: str) -> None:
        """Take all open tasks of a scope away and put one token on a node around them.

        Used to take a step back that led to several tasks.

        Raises:
            LookupError: As for `move`, or there are others in the scope.
        """
        ...

    def take_effects(self) -> Sequence[Effect]:
        """Effects since the last call, in order."""
        ...

    def dump(self) -> bytes:
        """State to store; finished work pruned."""
        ...


class Kernel(Protocol):
    """Steps process instances; knows no database and no network."""

    def diagnose(self, files: Mapping[str, bytes], known: Known = NOTHING_KNOWN) -> Diagnosis:
        """Read a deployment (``*.bpmn``, ``*.dmn``) without publishing it; never raises.

        Args:
            files: File name to content.
            known: What there is around them.
        """
        ...

    def start(
        self,
        definition_id: int,
        variables: Mapping[str, Any],
        context: StepContext,
        *,
        message: str | None = None,
    ) -> Run:
        """Create an instance and step it until it waits.

        Args:
            definition_id: Which definition.
            variables: Variables of the instance.
            context: Surroundings of the step.
            message: Name of the message that starts it; None for the plain start event.
        """
        ...

    def load(self, state: bytes, context: StepContext) -> Run:
        """Restore an instance from `Run.dump`; the state names its own definitions."""
        ...


class RecordOption(msgspec.Struct, frozen=True, kw_only=True):
    """One record to choose from.

    Attributes:
        value: What is kept: the code or number people know it by.
        label: Its name. label_en: The same in English, empty for none.
    """

    value: str
    label: str
    label_en: str = ""


class Records(Protocol):
    """Records one person may choose from in forms, as they are at one moment.

    Kinds: ``customers``, ``circuits``, ``contracts``, ``units``, ``people``. ``customer`` is the
    code of the customer whose circuits or contracts are meant, None for anybody's.
    """

    def found(
        self, kind: str, values: Sequence[str], *, customer: str | None = None
    ) -> dict[str, RecordOption]:
        """Those of these values that are records the person may choose, by value."""
        ...

    def some(
        self, kind: str, text: str = "", *, customer: str | None = None, limit: int
    ) -> list[RecordOption]:
        """Records whose name or code contains the text, in order of their codes."""
        ...


class FormCatalogue(Protocol):
    """Rules of form definitions (form-js JSON); knows no task and no person."""

    def validate(
        self,
        form: bytes,
        values: Mapping[str, Any],
        *,
        variables: Mapping[str, Any],
        draft: bool = False,
        rights: Rights = NO_RIGHTS,
        records: Records | None = None,
    ) -> dict[str, Any]:
        """Check posted values against a form.

        Args:
            form: The form definition as deployed.
            values: Posted values by field key.
            variables: Variables of the task; they feed conditions, options and fixed fields.
            draft: Whether the form is only put aside: what is there must be of the right type
                and within its bounds, but nothing need be there or finished.
            rights: What the step may do with the fields.
            records: What the person may choose from; None leaves such choices unchecked.

        Returns:
            The values to set as variables, JSON-ready: dates and instants as ISO 8601 text. A
            field posted empty is None, one not posted is absent.

        Raises:
            FormInvalidError: Some fields do not fit; it names all of them.
            FormBrokenError: The definition cannot be read.
        """
        ...

    def built_in(self, key: str) -> bytes | None:
        """A form the desk itself asks with, whatever is deployed; None if it has none so."""
        ...

    def check(self, form: bytes, name: str) -> tuple[Finding, ...]:
        """Remarks about a definition before it is deployed; never raises.

        Args:
            form: The file.
            name: Its name, repeated in every finding.
        """
        ...

    def adapted(self, form: bytes, rights: Rights) -> dict[str, Any]:
        """The definition as JSON, as a step with these rights has it.

        Raises:
            FormBrokenError: The definition cannot be read.
        """
        ...

    def describe(self, form: bytes) -> FormDescription:
        """What a form writes and reads; nothing of one that cannot be read, never raises."""
        ...


class OutboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way out of the outbox.

    Attributes:
        event_id: Stable over all attempts; the receiver recognises a repetition by it.
        kind: Stable word for what it is about, e.g. ``task.escalated``.
        address: Where to, in the form of the channel (mail address, URL).
        subject: One line.
        text: Plain text for people.
        payload: The facts for machines, JSON-ready.
        language: Language of subject and text, ``zh`` or ``en``.
    """

    event_id: str
    kind: str
    address: str
    subject: str
    text: str
    payload: dict[str, Any] = {}
    language: str = "zh"


class DeliveryError(Exception):
    """A message was not delivered, as far as one can know.

    Attributes:
        reason: One sentence for the operator; no secret in it.
        retry: Whether a later attempt with the same message may succeed.
    """

    def __init__(self, reason: str, *, retry: bool) -> None:
        self.reason = reason
        self.retry = retry
        super().__init__(reason)


class Channel(Protocol):
    """A way to the outside. Shared by threads; called outside of transactions."""

    def deliver(self, message: OutboundMessage) -> None:
        """Hand a message over; returns when the other side has taken responsibility for it.

        Raises:
            DeliveryError: It has not, or nobody knows; the caller decides about another attempt.
        """
        ...
