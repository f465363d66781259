"""Publishing processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Definition
from engine.domain.setup import Setup
from engine.errors import InvalidError
from engine.handlers.context import Context
from engine.handlers.results import DeploymentResult, PublishedDefinition
from engine.ports import Diagnosis, Finding, FormCatalogue, Kernel, ProcessDescription


class DeploymentRefusedError(InvalidError):
    """Files would not run as drawn; ``params["findings"]`` holds every reason."""

    code = "deployment_refused"
    template = "Expected files that can be published as drawn, but {count} findings refuse it."


class DeploymentEmptyError(InvalidError):
    """Nothing to publish."""

    code = "deployment_empty"
    template = "Expected at least one executable process in the files, but there is none."


def deploy(context: Context, command: commands.Deploy) -> DeploymentResult:
    """Publish all processes of the files; refuses with all findings at once."""
    access.require(context.person, Act.PUBLISH, context.ledger.setup.root.path)
    diagnosis, findings = examine(
        context.kernel, context.forms, context.ledger.setup, command.files
    )
    refused = [finding for finding in findings if finding.severity == "refused"]
    if refused:
        raise DeploymentRefusedError(
            count=len(refused), findings=[msgspec.to_builtins(finding) for finding in findings]
        )
    if not diagnosis.processes:
        raise DeploymentEmptyError
    ledger = context.ledger
    latest = ledger.setup.latest
    known = [
        _known(latest[process.key])
        for process in diagnosis.processes
        if process.key in latest
        and _own(process, ledger.resources(latest[process.key].deployment))
        == _own(process, command.files)
    ]
    changed = [
        process
        for process in diagnosis.processes
        if process.key not in {definition.key for definition in known}
    ]
    return DeploymentResult(
        definitions=(*known, *(_publish(context, command.files, changed) if changed else ()))
    )


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
    ledger.save_resources(deployment, files)
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


def examine(
    kernel: Kernel, forms: FormCatalogue, setup: Setup, files: Mapping[str, bytes]
) -> tuple[Diagnosis, list[Finding]]:
    """Everything there is to say about files before they are published; changes nothing."""
    diagnosis = kernel.diagnose(
        {name: content for name, content in files.items() if name.endswith((".bpmn", ".dmn"))}
    )
    return diagnosis, [
        *diagnosis.findings,
        *_form_findings(forms, files, diagnosis.processes),
        *_clock_findings(setup, diagnosis.processes),
    ]


def _clock_findings(setup: Setup, processes: Iterable[ProcessDescription]) -> Iterator[Finding]:
    """Task clocks whose service level nobody defined; computed keys are known at run time only."""
    known = {policy.key for policy in setup.policies}
    for process in processes:
        for task in process.tasks:
            key = task.properties.get("taskClock", "")
            if key and "${" not in key and key not in known:
                yield Finding(
                    severity="refused",
                    code="service-level-missing",
                    file=process.file,
                    line=None,
                    element_id=task.element_id,
                    element_name=task.name,
                    message=f"Expected a service level {key} for the task, but there is none.",
                    message_zh=f"任务时钟引用的服务等级 {key} 应已设置,但未找到。",
                )


def _form_findings(
    forms: FormCatalogue, files: Mapping[str, bytes], processes: tuple[ProcessDescription, ...]
) -> list[Finding]:
    findings: list[Finding] = []
    for name, content in files.items():
        if name.endswith(".json"):
            findings.extend(forms.check(content, name))
    for process in processes:
        wanted = {task.form_key: task for task in process.tasks if task.form_key}
        keys = [*wanted, *([process.start_form_key] if process.start_form_key else [])]
        for key in keys:
            if f"{key}.json" not in files:
                task = wanted.get(key)
                findings.append(
                    Finding(
                        severity="refused",
                        code="form-missing",
                        file=process.file,
                        line=None,
                        element_id=task.element_id if task else process.key,
                        element_name=task.name if task else process.name,
                        message=f"Expected form {key}.json in the deployment, but it is missing.",
                        message_zh=f"部署中应包含表单 {key}.json,但缺少该文件。",
                    )
                )
    return findings
