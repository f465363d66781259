"""A case of the suite: a small diagram and the stories it must tell, or what is wrong with it.

A story is a row of steps ``command > what is there afterwards``, separated by ``;``. All that is
open after a command is listed, so a step that is silently lost, doubled or too early shows.

| command | what |
|---|---|
| ``start``, ``start by order`` | create the instance, perhaps by a message |
| ``a``, ``a.1`` | complete the open task ``a`` (its repetition 1) |
| ``done w``, ``fail w``, ``fail w E1`` | result of the job ``w``: done, broken, an error |
| ``get pay``, ``lost pay`` | deliver a message that is taken, or that nobody takes |
| ``signal go``, ``unheard go`` | deliver a signal from outside, likewise |
| ``wait 90m`` | let time pass and fire what is due |
| ``set``, ``retry g``, ``cancel`` | set variables, try ``g`` again after an incident, end it all |

All but ``wait``, ``retry`` and ``cancel`` take values: ``a x=1 who=li``.

| word | what is there |
|---|---|
| ``send:m``, ``send:m(k=1)``, ``cast:s`` | thrown by this command, in this order |
| ``x=1``, ``in:x=1`` | set by the process itself in this command; ``in:`` by a called one |
| ``a``, ``a.0`` | open user task (repetition 0) · ``job:w`` a job waiting for its result |
| ``msg:m@c``, ``sig:s@c`` | event or task ``c`` waits for the message ``m`` or signal ``s`` |
| ``t@90m`` | timer ``t``, due so long after the beginning of the story |
| ``incident:g/no_flow`` | element ``g`` is held by an incident of this kind |
| ``end:e``, ``end:e/terminated``, ``end:-/cancelled`` | the instance ended by this command |
| ``-`` | nothing at all |
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from engine.domain.findings import Finding
from engine.ports.deployment import Diagnosis
from engine.workflow.kernel import SpiffKernel
from tests.support.kernel_world import Library


class Case(msgspec.Struct, frozen=True):
    """A valid diagram.

    Attributes:
        element: Element or event it is about, as the standard calls it.
        name: What it shows.
        clause: Clause of BPMN 2.0.2 (formal/2013-12-09) that says so.
        drawing: The file; all processes in it are published, ``p`` is started.
        stories: What must happen; each begins anew.
        decisions: DMN files beside it.
        assumes: Rules by which the compiler states an assumption about it.
    """

    element: str
    name: str
    clause: str
    drawing: bytes
    stories: tuple[str, ...]
    decisions: tuple[bytes, ...] = ()
    assumes: frozenset[str] = frozenset()


class Wrong(msgspec.Struct, frozen=True):
    """A diagram that may not run.

    Attributes:
        findings: All refusals it must get, as ``rule@element``.
    """

    element: str
    name: str
    clause: str
    drawing: bytes
    findings: frozenset[str]


def case(
    element: str,
    name: str,
    clause: str,
    drawing: bytes,
    *stories: str,
    decisions: tuple[bytes, ...] = (),
    assumes: str = "",
) -> Case:
    """Write down a valid diagram with its stories."""
    return Case(
        element, name, clause, spread(drawing), stories, decisions, frozenset(assumes.split())
    )


def wrong(element: str, name: str, clause: str, drawing: bytes, *findings: str) -> Wrong:
    """Write down a diagram that may not run, with all its refusals."""
    return Wrong(element, name, clause, spread(drawing), frozenset(findings))


def spread(drawing: bytes) -> bytes:
    """The file with every element on a line of its own, so that lines tell elements apart."""
    return re.sub(rb"(?<=>)(?=<bpmn:)", b"\n", drawing)


def diagnosed(subject: Case | Wrong) -> Diagnosis:
    """What the compiler says about the files of a case."""
    files = {"p.bpmn": subject.drawing}
    if isinstance(subject, Case):
        files |= {f"d{number}.dmn": data for number, data in enumerate(subject.decisions)}
    return SpiffKernel(Library()).diagnose(files)


def refusals(diagnosis: Diagnosis) -> dict[str, Finding]:
    """Refusing findings as ``rule@element``."""
    return {
        f"{one.code}@{one.element_id}": one
        for one in diagnosis.findings
        if one.severity == "refused"
    }


def lines_of(drawing: bytes, element_id: str) -> range:
    """Lines of an element and of what is inside it and has no id of its own.

    Of several elements with this id the last one.
    """
    lines = drawing.split(b"\n")
    first = max(n for n, line in enumerate(lines) if f' id="{element_id}"'.encode() in line)
    after = (n for n, line in enumerate(lines) if n > first and b' id="' in line)
    return range(first + 1, next(after, len(lines)) + 1)


def steps(story: str) -> Iterator[tuple[str, list[str]]]:
    """Commands of a story with the words expected behind each."""
    for step in story.split(";"):
        command, arrow, words = step.partition(" > ")
        if not arrow:
            raise ValueError(step)
        yield command.strip(), [word for word in words.split() if word != "-"]
