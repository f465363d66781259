"""Publishing processes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Definition
from engine.errors import InvalidError
from engine.examination import Examination, examine
from engine.handlers.context import Beforehand, Context
from engine.handlers.results import DeploymentResult, PublishedDefinition
from engine.ports.deployment import ProcessDescription


class DeploymentRefusedError(InvalidError):
    """Files would not run as drawn; ``params["findings"]`` holds every reason."""

    code = "deployment_refused"
    template = "Expected files that can be published as drawn, but {count} findings refuse it."


class DeploymentEmptyError(InvalidError):
    """Nothing to publish."""

    code = "deployment_empty"
    template = "Expected at least one executable process in the files, but there is none."


class LookedThrough(msgspec.Struct, frozen=True, kw_only=True):
    """Files examined before the transaction that publishes them.

    Attributes:
        seq: Length of the history of the set-up they were examined against.
    """

    seq: int
    examination: Examination


def look_through(around: Beforehand, command: commands.Deploy) -> LookedThrough:
    """Examine the files while others go on writing; for large ones it takes seconds."""
    setup = around.setup
    access.require(around.person, Act.PUBLISH, setup.root.path)
    examination = examine(around.kernel, around.forms, setup, command.files, around.resources)
    return LookedThrough(seq=setup.seq, examination=examination)


def deploy(context: Context, command: commands.Deploy) -> DeploymentResult:
    """Publish all processes of the files; refuses with all findings at once."""
    access.require(context.person, Act.PUBLISH, context.ledger.setup.root.path)
    ledger = context.ledger
    examined = _examined(context, command)
    if examined.is_refused:
        refused = [finding for finding in examined.findings if finding.severity == "refused"]
        raise DeploymentRefusedError(
            count=len(refused),
            findings=[msgspec.to_builtins(finding) for finding in examined.findings],
        )
    if not examined.diagnosis.processes:
        raise DeploymentEmptyError
    files = examined.files
    latest = ledger.setup.latest
    known = [
        _known(latest[process.key])
        for process in examined.diagnosis.processes
        if process.key in latest
        and _own(process, ledger.resources(latest[process.key].deployment)) == _own(process, files)
    ]
    changed = [
        process
        for process in examined.diagnosis.processes
        if process.key not in {definition.key for definition in known}
    ]
    return DeploymentResult(
        definitions=(*known, *(_publish(context, files, changed) if changed else ()))
    )


def _examined(context: Context, command: commands.Deploy) -> Examination:
    """What was found beforehand; anew if the set-up changed since, for all of it may count."""
    setup, looked = context.ledger.setup, context.ahead
    if isinstance(looked, LookedThrough) and looked.seq == setup.seq:
        return looked.examination
    return examine(context.kernel, context.forms, setup, command.files, context.ledger.resources)


def _own(process: ProcessDescription, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files a process runs by: its diagram, its forms, and all decisions."""
    forms = {f"{task.form_key}.json" for task in process.tasks} | {
        f"{process.start_form_key}.json"
    }
    return {
        name: content
        for name, content in files.items()
        if name == process.file or name in forms or name.endswith(".dmn")
    }


def _known(definition: Definition) -> PublishedDefinition:
    return PublishedDefinition(
        id=definition.id, key=definition.key, version=definition.version, is_new=False
    )


def _publish(
    context: Context, files: dict[str, bytes], processes: list[ProcessDescription]
) -> list[PublishedDefinition]:
    ledger, latest = context.ledger, context.ledger.setup.latest
    deployment = ledger.next_id("resource")
    ledger.papers.save_resources(deployment, files)
    published = []
    for process in processes:
        version = latest[process.key].version + 1 if process.key in latest else 1
        definition_id = ledger.next_id("definition")
        ledger.record(
            Stream.SETUP,
            0,
            facts.DefinitionPublished(
                definition_id=definition_id,
                key=process.key,
                version=version,
                deployment=deployment,
                name=process.name,
                name_en=process.name_en,
                description=msgspec.to_builtins(process),
            ),
        )
        published.append(
            PublishedDefinition(id=definition_id, key=process.key, version=version, is_new=True)
        )
    return published
