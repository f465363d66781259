"""Compares a built graph with its drawing, so that nothing can be left out silently.

The drawing is read a second time (`drawn`) and the graph is written down as it stands (`built`);
both give facts by the place of the node in the file. Whatever differs is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.workflow.compiler.reading.census import NODES
from engine.workflow.compiler.reading.reader import local, place
from engine.workflow.compiler.report import Report
from engine.workflow.compiler.verifying.built import Facts, Key, node_facts, scope_facts
from engine.workflow.compiler.verifying.drawn import SCOPES, Drawing
from engine.workflow.runtime.definitions import ProcessSpec

logger = logging.getLogger(__name__)


def verify(process: etree._Element, specs: Mapping[str, ProcessSpec], report: Report) -> None:
    """Report every difference between a process as drawn and as built."""
    drawing = Drawing(process.getroottree().getroot())
    todo = [process]
    while todo:
        scope = todo.pop()
        todo += [node for node in scope if local(node) in SCOPES]
        spec = specs.get(str(scope.get("id")))
        if spec is None:
            report.add("build-failed", scope, reason="the scope is missing")
            continue
        places = {place(node) or str(node.get("id")): node for node in scope}
        for key, reason in _differences(drawing, scope, spec):
            report.add("build-failed", places.get(key, scope), reason=reason)


def _differences(
    drawing: Drawing, scope: etree._Element, spec: ProcessSpec
) -> Iterator[tuple[Key, str]]:
    whole, drawn = drawing.scope(scope)
    built = node_facts(spec)
    here = place(scope) or str(scope.get("id"))
    yield from ((here, f"its {name} differs") for name in _differing(whole, scope_facts(spec)))
    for key in drawn.keys() | built.keys():
        if key not in built:
            yield key, "the node is missing"
        elif key not in drawn:
            yield here, f"the node '{built[key]['id']}' is not drawn"
        else:
            for name in _differing(drawn[key], built[key]):
                yield key, f"its {name.replace('_', ' ')} differs"
    if sum(local(node) in NODES for node in scope) != len(drawn):
        yield here, "two nodes have one place"


def _differing(drawn: Facts, built: Facts) -> list[str]:
    names = [
        name
        for name in sorted(drawn.keys() | built.keys())
        if name not in drawn or name not in built or drawn[name] != built[name]
    ]
    for name in names:
        logger.error("drawn %s: %r, built: %r", name, drawn.get(name), built.get(name))
    return names
