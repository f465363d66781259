"""The kernel: compiles definitions once, starts and restores instances."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from engine.ports.deployment import NOTHING_KNOWN, DefinitionLibrary, Diagnosis, Known
from engine.ports.kernel import StepContext
from engine.workflow.compiler.diagnosis import diagnose
from engine.workflow.compiler.published import compile_definition
from engine.workflow.errors import DefinitionInvalidError, ProcessMissingError, StepError
from engine.workflow.runtime import codec
from engine.workflow.runtime.definitions import Definition
from engine.workflow.runtime.instance import Instance
from engine.workflow.runtime.run import SpiffRun, checked

#: Definitions kept compiled; each takes some 100 KB.
CACHE_SIZE = 512


class SpiffKernel:
    """Steps process instances on SpiffWorkflow; shared by all threads.

    Args:
        library: Published definitions.
    """

    def __init__(self, library: DefinitionLibrary) -> None:
        self._library = library
        self._compiled: OrderedDict[int, Definition] = OrderedDict()
        self._lock = threading.Lock()

    def diagnose(self, files: Mapping[str, bytes], known: Known = NOTHING_KNOWN) -> Diagnosis:
        """Read a deployment without publishing it; never raises."""
        return diagnose(files, self._library, known)

    def start(
        self,
        definition_id: int,
        variables: Mapping[str, Any],
        context: StepContext,
        *,
        message: str | None = None,
    ) -> SpiffRun:
        """Create an instance and step it until it waits.

        Args:
            definition_id: Which definition.
            variables: Variables of the instance.
            context: Surroundings of the step.
            message: Name of the message that starts it; without one (or without a start event
                for it) it starts at the start event that needs nothing.

        Raises:
            DefinitionInvalidError: The definition cannot be compiled.
            ProcessMissingError: The file does not contain the process.
        """
        instance = Instance(self._definition(definition_id), {}, context, self._latest)
        for name, value in checked(variables).items():
            instance.store.set(name, value)
        starts = instance.spec.starts_by_message
        instance.start(starts.get(message) if message is not None else None)
        instance.settle()
        return SpiffRun(instance)

    def load(self, state: bytes, context: StepContext) -> SpiffRun:
        """Restore an instance from `SpiffRun.dump`; the state names its own definitions."""
        return SpiffRun(codec.load(state, context, self._definition, self._latest))

    def _definition(self, definition_id: int) -> Definition:
        with self._lock:
            found = self._compiled.get(definition_id)
            if found is not None:
                self._compiled.move_to_end(definition_id)
                return found
        # Compiled outside the lock; two threads may both do it, with the same result.
        compiled = compile_definition(self._library.files(definition_id))
        with self._lock:
            kept = self._compiled.setdefault(definition_id, compiled)
            while len(self._compiled) > CACHE_SIZE:
                self._compiled.popitem(last=False)
            return kept

    def _latest(self, key: str) -> Definition:
        definition_id = self._library.latest(key)
        if definition_id is None:
            raise StepError(
                "called_process",
                f"Expected the process '{key}', but it is not published.",
                f"应有流程“{key}”，但它没有发布。",
            )
        try:
            return self._definition(definition_id)
        except (DefinitionInvalidError, ProcessMissingError) as error:
            raise StepError("called_process", str(error), f"流程“{key}”无法运行。") from error
