"""Looks through files before they are published: diagrams, decisions and forms together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from engine.domain.access import ROLES
from engine.domain.findings import Finding
from engine.domain.forms import form_key
from engine.domain.operations import GIVEN, RESULTS
from engine.domain.rules import finding
from engine.domain.setup import Setup
from engine.ports.deployment import Diagnosis, Known, ProcessDescription
from engine.ports.forms import FormCatalogue
from engine.ports.kernel import Kernel

#: What a deployment may hold, by the ending of its name.
DRAWINGS = (".bpmn", ".dmn")
FORMS = (".json", ".form")
ENDINGS = (*DRAWINGS, *FORMS)
#: Bytes of all files of a deployment together.
MOST_BYTES = 16 * 2**20


#: Gives the files of a published deployment by its id.
Published = Callable[[int], Mapping[str, bytes]]


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about files before they are published.

    Attributes:
        files: The files under the names they would be kept by, with the published forms and
            decisions that they use and do not bring along.
        diagnosis: What they contain.
        findings: Every remark.
    """

    files: dict[str, bytes]
    diagnosis: Diagnosis
    findings: list[Finding]

    @property
    def is_refused(self) -> bool:
        """Whether any finding forbids publishing."""
        return any(found.severity == "refused" for found in self.findings)


def examine(
    kernel: Kernel,
    forms: FormCatalogue,
    setup: Setup | None,
    files: Mapping[str, bytes],
    published: Published | None = None,
) -> Examination:
    """Look through files as one deployment; changes nothing.

    Args:
        kernel: Reads diagrams and decisions.
        forms: Reads forms.
        setup: Service levels and units they would meet; None checks the files alone.
        files: File name to content.
        published: Gives the files of deployments, for what diagrams use and files do not bring.
    """
    diagnosis, findings = _looked_through(kernel, forms, setup, files)
    taken = _taken(kernel, setup, files, diagnosis, published) if setup and published else {}
    if taken:
        whole = {**files, **{name: one.content for name, one in taken.items()}}
        diagnosis, findings = _looked_through(kernel, forms, setup, whole)
        # What was published has had its remarks; only that it is used is news.
        findings = [found for found in findings if found.file not in taken]
        findings += [one.finding for one in taken.values()]
        files = whole
    return Examination(files=as_stored(files), diagnosis=diagnosis, findings=findings)


def _looked_through(
    kernel: Kernel, forms: FormCatalogue, setup: Setup | None, files: Mapping[str, bytes]
) -> tuple[Diagnosis, list[Finding]]:
    drawn = {name: data for name, data in files.items() if name.lower().endswith(DRAWINGS)}
    sheets = {name: data for name, data in files.items() if name.lower().endswith(FORMS)}
    diagnosis = kernel.diagnose(drawn, _known(setup, forms, sheets))
    remarks = [remark for name, data in sheets.items() for remark in forms.check(data, name)]
    return diagnosis, [*diagnosis.findings, *remarks, *_repeated(sheets)]


class _Taken(msgspec.Struct, frozen=True):
    """A published file that a deployment uses."""

    content: bytes
    finding: Finding


def _taken(
    kernel: Kernel,
    setup: Setup,
    files: Mapping[str, bytes],
    diagnosis: Diagnosis,
    published: Published,
) -> dict[str, _Taken]:
    """Forms and decisions that drawings name, of the newest versions that have them.

    The version of the very process comes first, then others from the newest on.
    """
    stored = as_stored(files)
    taken: dict[str, _Taken] = {}
    for process in diagnosis.processes:
        forms = {f"{key}.json" for key in _form_keys(process)} - stored.keys() - taken.keys()
        decisions = set(process.decisions) - set(diagnosis.decisions)
        versions = sorted(setup.latest.values(), key=lambda one: (one.key != process.key, -one.id))
        for version in versions if forms or decisions else ():
            resources = published(version.deployment)
            wanted = [name for name in forms if name in resources]
            for name, data in resources.items():
                if name.endswith(".dmn") and name not in stored and name not in taken:
                    held = decisions & set(kernel.diagnose({name: data}).decisions)
                    decisions -= held
                    wanted += [name] if held else []
            forms -= set(wanted)
            for name in wanted:
                note = finding(
                    "file-published",
                    process.file,
                    name=name,
                    process=version.key,
                    version=version.version,
                )
                taken[name] = _Taken(resources[name], note)
    return taken


def _form_keys(process: ProcessDescription) -> set[str]:
    keys = {task.form_key for task in process.tasks} | {process.start_form_key}
    return {key for key in keys if key}


def as_stored(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files under the names they are kept by: forms end in ``.json`` whatever they came as.

    A form whose id is not its name is kept under both, because diagrams may refer to either.
    """
    stored = {name: content for name, content in files.items() if not name.lower().endswith(FORMS)}
    sheets = [(name, content) for name, content in files.items() if name.lower().endswith(FORMS)]
    for name, content in sheets:
        for key in _keys(name, content):
            stored.setdefault(f"{key}.json", content)
    for name, content in sheets:
        stored[f"{form_key(name)}.json"] = content
    return stored


class _Named(msgspec.Struct):
    id: str = ""


def _keys(name: str, content: bytes) -> tuple[str, ...]:
    """Keys by which diagrams may refer to a form: its file name, and its id."""
    try:
        named = msgspec.json.decode(content, type=_Named).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        named = ""
    is_key = bool(named) and named == form_key(named)
    return (form_key(name), named) if is_key and named != form_key(name) else (form_key(name),)


def _repeated(sheets: Mapping[str, bytes]) -> list[Finding]:
    """Two files that are the same form."""
    first: dict[str, str] = {}
    return [
        finding("form-repeated", name, key=form_key(name), other=other)
        for name in sheets
        if (other := first.setdefault(form_key(name), name)) != name
    ]


def _known(setup: Setup | None, forms: FormCatalogue, sheets: Mapping[str, bytes]) -> Known:
    described = {
        key: forms.describe(data) for name, data in sheets.items() for key in _keys(name, data)
    }
    if setup is None:
        return Known(forms=described or None, topics=RESULTS, variables=GIVEN)
    return Known(
        roles=ROLES,
        # Without a history it is the shipped set-up, to which every operator adds units.
        units=frozenset(setup.units_by_code) if setup.seq else None,
        service_levels=frozenset(policy.key for policy in setup.policies),
        forms=described,
        topics=RESULTS,
        variables=GIVEN,
    )
