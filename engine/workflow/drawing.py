"""A deployed diagram for readers: its nodes and flows, and the file in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

from lxml import etree

from engine.domain.drawing import Drawing, Edge, Node
from engine.workflow.compiler.reading.reader import BPMN, bpmn, local, read
from engine.workflow.labels import arrange

#: Files kept as drawings; a version of a process never changes.
_KEPT: Final = 256
#: Children of a process that are no flow nodes although they have an id.
_NO_NODES: Final = frozenset(
    {"sequenceFlow", "laneSet", "textAnnotation", "association", "group", "dataObject",
     "dataObjectReference", "dataStoreReference", "property", "ioSpecification"}
)  # fmt: skip
_SCOPES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})


@lru_cache(maxsize=_KEPT)
def drawing(diagram: bytes) -> Drawing:
    """What a diagram draws.

    Args:
        diagram: A published BPMN file.
    """
    root = read(diagram)
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for process in root.iterfind(bpmn("process")):
        for element, parent in _inside(process, None):
            if local(element) == "sequenceFlow":
                edges.append(_edge(element))
            else:
                node = _node(element, str(process.get("id")), parent)
                nodes[node.id] = node
    return Drawing(nodes=nodes, edges=tuple(edges))


@lru_cache(maxsize=_KEPT)
def told(diagram: bytes, language: Literal["zh", "en"]) -> bytes:
    """The diagram to look at: names in a language, nothing of how it is carried out.

    Expressions, scripts and properties stay on the server; drawing needs none of them.
    """
    root = read(diagram)
    if language == "en":
        arrange(root, _translate(root))
    for element in list(root.iter(etree.Element)):
        for name in list(element.attrib):
            # The parser's own notes, and what engines read.
            if name.startswith("{") and not name.startswith(_SCHEMA_INSTANCE):
                del element.attrib[name]
        if element.tag in _SECRETS and element.getparent() is not None:
            element.getparent().remove(element)
    etree.cleanup_namespaces(root)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


_SCHEMA_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_SECRETS: Final = frozenset(
    bpmn(name)
    for name in (
        "extensionElements",
        "documentation",
        "script",
        "conditionExpression",
        "loopCardinality",
        "completionCondition",
        "condition",
        "timeDate",
        "timeDuration",
        "timeCycle",
    )
)


def _translate(root: etree._Element) -> frozenset[str]:
    """Give elements their English names; ids of those that got one."""
    renamed = set()
    for element in root.iter(bpmn("*")):
        for attribute, wanted in (("name", "name:en"), ("text", "text:en")):
            english = _property(element, wanted)
            if english:
                _rename(element, attribute, english)
                renamed.add(str(element.get("id")))
    return frozenset(renamed)


def _inside(
    scope: etree._Element, parent: str | None
) -> Iterator[tuple[etree._Element, str | None]]:
    for element in scope:
        if not element.get("id") or not str(element.tag).startswith(f"{{{BPMN}}}"):
            continue
        if local(element) == "sequenceFlow" or local(element) not in _NO_NODES:
            yield element, parent
        if local(element) in _SCOPES:
            yield from _inside(element, str(element.get("id")))


def _node(element: etree._Element, process: str, parent: str | None) -> Node:
    name = " ".join((element.get("name") or "").split())
    called = element.get("calledElement") or ""
    return Node(
        id=str(element.get("id")),
        kind=local(element),
        name=name,
        name_en=_property(element, "name:en") or name,
        process=process,
        parent=parent,
        calls=called if called and "{" not in called else None,
        event=next(
            (
                local(child).removesuffix("EventDefinition")
                for child in element
                if local(child).endswith("EventDefinition")
            ),
            "",
        ),
        milestone=_property(element, "milestone"),
    )


def _edge(element: etree._Element) -> Edge:
    return Edge(
        id=str(element.get("id")),
        source=str(element.get("sourceRef")),
        target=str(element.get("targetRef")),
        is_conditional=element.find(bpmn("conditionExpression")) is not None,
    )


def _property(element: etree._Element, name: str) -> str:
    """An extension property, in the dialect of Camunda 7 or 8."""
    extensions = element.find(bpmn("extensionElements"))
    if extensions is None:
        return ""
    return next(
        (
            str(one.get("value") or "")
            for one in extensions.iter(etree.Element)
            if local(one) == "property" and one.get("name") == name
        ),
        "",
    )


def _rename(element: etree._Element, attribute: str, english: str) -> None:
    if attribute == "text":
        text = element.find(bpmn("text"))
        if text is not None:
            text.text = english
    else:
        element.set("name", english)
