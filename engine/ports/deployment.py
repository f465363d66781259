"""What is deployed, and what the kernel finds in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from engine.domain.findings import Finding
from engine.ports.forms import FormDescription


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
