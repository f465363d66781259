"""Files on trial: examined as a deployment, then taken as if they were published."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from engine.domain.forms import form_key
from engine.domain.setup import Setup
from engine.examination import FORMS, examine
from engine.ports.deployment import ProcessDescription
from engine.ports.forms import FormCatalogue
from engine.ports.kernel import Kernel
from engine.trial.desk import TrialLibrary, VirtualClock
from engine.trial.trial import Trial


class ProcessChoiceError(Exception):
    """It is not clear which process to try.

    Attributes:
        zh: The sentence in Chinese.
    """

    def __init__(self, known: Iterable[str], named: str | None) -> None:
        keys = ", ".join(known)
        fact = (
            ("none was named", "没有指明")
            if named is None
            else (f"'{named}' is not", f"“{named}”不是")
        )
        self.zh = f"应为流程 {keys} 之一，但{fact[1]}。"
        super().__init__(f"Expected one of the processes {keys}, but {fact[0]}.")


class FormExamples(FormCatalogue, Protocol):
    """A form catalogue that can also make values up."""

    def example(
        self,
        form: bytes,
        *,
        variables: Mapping[str, Any],
        given: Mapping[str, Any],
        chance: random.Random,
    ) -> dict[str, Any]:
        """Valid values for a form; the same chance gives the same values."""
        ...


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What trials work with.

    Attributes:
        kernel: Runs what is in the library.
        forms: Checks values at the clock's instant.
        clock: Time of the trial.
        library: Holds the files.
        setup: Service levels and calendars.
    """

    kernel: Kernel
    forms: FormExamples
    clock: VirtualClock
    library: TrialLibrary
    setup: Setup


class OnTrial:
    """The files of one deployment, ready to be tried.

    Args:
        tools: What to work with; used for this deployment alone.
        files: File name to content.
        has_desk: Whether they have to fit roles, service levels and forms, too.

    Attributes:
        findings: Everything there is to say about them.
        diagnosis: What they contain.
    """

    def __init__(self, tools: Tools, files: Mapping[str, bytes], *, has_desk: bool = True) -> None:
        self.tools = tools
        setup = tools.setup if has_desk else None
        examined = examine(tools.kernel, tools.forms, setup, files)
        self.diagnosis, self.findings = examined.diagnosis, examined.findings
        self._forms = {
            form_key(name): content
            for name, content in examined.files.items()
            if name.endswith(FORMS)
        }
        self._ids = (
            {} if self.is_refused else tools.library.publish(files, self.diagnosis.processes)
        )

    @property
    def is_refused(self) -> bool:
        """Whether they could not be published."""
        return any(finding.severity == "refused" for finding in self.findings)

    def process(self, key: str | None) -> ProcessDescription:
        """The process to try: the one named, else the only one that no other calls.

        Raises:
            ProcessChoiceError: There is no such process, or several.
        """
        known = {process.key: process for process in self.diagnosis.processes}
        if key is not None:
            if key not in known:
                raise ProcessChoiceError(known, key)
            return known[key]
        called = {callee for process in known.values() for callee in process.calls}
        first = [process for name, process in known.items() if name not in called]
        if len(first) != 1:
            raise ProcessChoiceError((one.key for one in first or known.values()), None)
        return first[0]

    def form(self, key: str | None) -> bytes | None:
        """A form by its key, None if there is none."""
        return None if key is None else self._forms.get(form_key(key))

    def begin(self, at: datetime) -> Trial:
        """A new work order on these files, not yet started; the one before it is over.

        Args:
            at: Its first instant; aware.
        """
        self.tools.clock.set_to(at)
        return Trial(self.tools.kernel, self.tools.setup, self.tools.clock)

    def definition_id(self, key: str) -> int:
        """Id of a process in the library."""
        return self._ids[key]
