"""Several files as one deployment: what each is, and what they say about each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

import msgspec
from lxml import etree

from engine.workflow.compiler.normalising.nesting import check_nesting
from engine.workflow.compiler.normalising.normaliser import normalise
from engine.workflow.compiler.reading.census import census, lost
from engine.workflow.compiler.reading.faults import UnreadableError
from engine.workflow.compiler.reading.reader import BPMN, bpmn, local, read
from engine.workflow.compiler.report import Report

#: Attributes and elements that refer to something by its qualified name.
_QUALIFIED = frozenset(
    {
        "attachedToRef", "activityRef", "default", "errorRef", "escalationRef", "messageRef",
        "operationRef", "signalRef", "sourceRef", "targetRef", "eventDefinitionRef",
        "flowNodeRef", "incoming", "outgoing", "source", "target", "loopDataInputRef",
        "loopDataOutputRef", "inputDataItem", "outputDataItem", "dataObjectRef", "dataStoreRef",
    }
)  # fmt: skip
#: A called process is found by its key, whatever file it was drawn in.
_GLOBAL = "calledElement"
_SHOWN = 60


class Deployment(msgspec.Struct, frozen=True):
    """The readable files of a deployment, each in the one form the compiler works on.

    Attributes:
        drawings: BPMN files by name, normalised.
        tables: DMN files by name.
    """

    drawings: dict[str, etree._Element]
    tables: dict[str, etree._Element]


def read_deployment(files: Mapping[str, bytes], report: Report) -> Deployment:
    """Read all files; what cannot be read becomes a finding."""
    deployment = Deployment({}, {})
    seen: dict[str, str] = {}
    for name, data in files.items():
        report.file = name
        # Files are kept by name, and not every place that keeps files tells a from A.
        alike = unicodedata.normalize("NFKC", name).casefold()
        if alike in seen:
            report.add("file-repeated", other=seen[alike])
        seen.setdefault(alike, name)
        try:
            root = read(data)
        except UnreadableError as error:
            report.unreadable(error)
            continue
        if root.tag == bpmn("definitions"):
            with report.guarding(root, "normalising"):
                deployment.drawings[name] = drawing(root, report)
        elif is_table(root):
            deployment.tables[name] = root
        else:
            report.unreadable(_unknown(root))
    return deployment


def drawing(root: etree._Element, report: Report) -> etree._Element:
    """Bring a BPMN file into the one form that is checked and built; nothing may get lost."""
    check_nesting(root, report)
    _imports(root, report)
    _own_names(root, report)
    before = census(root)
    normalise(root, report)
    for node, reason in lost(before, root):
        report.add("build-failed", node, reason=reason)
    return root


def is_table(root: etree._Element) -> bool:
    """Whether a file holds decisions, of whatever version of DMN."""
    namespace = str(root.tag).rpartition("}")[0].upper()
    return local(root) == "definitions" and "/SPEC/DMN/" in namespace


def _unknown(root: etree._Element) -> UnreadableError:
    namespace, _, name = str(root.tag).lstrip("{").rpartition("}")
    where, where_zh = ("", "")
    if namespace:
        shown = namespace[:_SHOWN]
        where, where_zh = f" of '{shown}'", f"（命名空间 {shown}）"
    return UnreadableError(
        "file-unknown",
        f"its outermost element is '{name[:_SHOWN]}'{where}",
        f"它的最外层元素是“{name[:_SHOWN]}”{where_zh}",
        line=1 if root.sourceline is None else root.sourceline,
        column=1,
    )


def _imports(root: etree._Element, report: Report) -> None:
    for node in root.iterfind(bpmn("import")):
        kind = "BPMN" if node.get("importType") == BPMN else "other"
        report.add(
            "import-ignored",
            node,
            location=(node.get("location") or node.get("namespace") or "")[:_SHOWN],
            kind=kind,
        )


def _own_names(root: etree._Element, report: Report) -> None:
    """Qualified names of this file become plain ids; those of another file are refused.

    Source: BPMN 2.0.2, 15.3.2, QName references.
    """
    own = root.get("targetNamespace")
    for node in root.iter(bpmn("*")):
        for name, value in _references(node):
            prefix, colon, plain = value.partition(":")
            namespace = node.nsmap.get(prefix) if colon else None
            if namespace is None or not plain or ":" in plain:
                continue
            if namespace != own and name != _GLOBAL:
                report.add("reference-elsewhere", node, reference=value[:_SHOWN])
            elif name and name in node.attrib:
                node.set(name, plain)
            else:
                node.text = plain


def _references(node: etree._Element) -> Iterator[tuple[str, str]]:
    for name, value in node.attrib.items():
        if (name in _QUALIFIED or name == _GLOBAL) and ":" in value:
            yield name, value.strip()
    if local(node) in _QUALIFIED and node.text and ":" in node.text:
        yield "", node.text.strip()
