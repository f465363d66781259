"""Bytes of a deployed file to an XML tree: hardened, bounded, with line numbers."""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
MAX_BYTES = 8_000_000
MAX_ELEMENTS = 60_000
MAX_DEPTH = 200
MAX_ATTRIBUTES = 200


class UnreadableError(Exception):
    """The file is no acceptable XML.

    Attributes:
        rule: Rule code of `engine.workflow.rules`.
        line: Line of the fault, if known.
        reason: One English clause saying what is wrong. reason_zh: The same in Chinese.
    """

    def __init__(
        self, rule: str, reason: str, *, reason_zh: str = "", line: int | None = None
    ) -> None:
        self.reason_zh = reason_zh
        self.rule = rule
        self.line = line
        self.reason = reason
        super().__init__(reason)


def read(data: bytes) -> etree._Element:
    """Parse a file.

    Raises:
        UnreadableError: It is too large, not well formed, or has a document type.
    """
    if len(data) > MAX_BYTES:
        raise _too_large(f"it has {len(data)} bytes", f"共 {len(data)} 字节")
    # A document type is refused before anything is expanded.
    head = data[:4096].replace(b"\x00", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in data.replace(b"\x00", b""):
        raise UnreadableError("doctype", "it has a document type")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        raise UnreadableError("xml-malformed", "it is not well-formed XML", line=line) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("doctype", "it has a document type")
    _check_size(root)
    return root


def _check_size(root: etree._Element) -> None:
    count = depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        if count > MAX_ELEMENTS:
            raise _too_large(f"it has more than {MAX_ELEMENTS} elements", "元素过多")
        if depth > MAX_DEPTH:
            raise _too_large(f"it is nested deeper than {MAX_DEPTH}", "嵌套过深")
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise _too_large(f"an element has more than {MAX_ATTRIBUTES} attributes", "属性过多")


def _too_large(reason: str, reason_zh: str) -> UnreadableError:
    return UnreadableError("file-too-large", reason, reason_zh=reason_zh)


def local(node: etree._Element) -> str:
    """Name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def bpmn(name: str) -> str:
    """Name of a BPMN element with its namespace."""
    return f"{{{BPMN}}}{name}"


def camunda(name: str) -> str:
    """Name of a Camunda attribute or element with its namespace."""
    return f"{{{CAMUNDA}}}{name}"
