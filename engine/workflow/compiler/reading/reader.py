"""Bytes of a deployed file to an XML tree: hardened, bounded, every element with its place.

Two parsers look at the file. The first one (expat) streams: it stops at the first document type,
at the first element too many or too deep, and tells where each element begins. Only what passed
is built into a tree by the second one (libxml2).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NoReturn
from xml.parsers import expat

from lxml import etree

from engine.workflow.compiler.reading.encodings import text_of
from engine.workflow.compiler.reading.faults import UnreadableError, explain

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
MAX_BYTES = 8_000_000
MAX_ELEMENTS = 60_000
MAX_DEPTH = 200
MAX_ATTRIBUTES = 200
MAX_ATTRIBUTE = 100_000
MAX_NAME = 1_000
#: Bytes from one ``<`` to the next: a tag with all its attributes, or a text.
MAX_PIECE = 1_000_000

#: Where an element begins in the source, as ``line:column``; set by `read` on every element.
PLACE = "{urn:gongdan:source}place"

_CHUNK = 1 << 16
_PIECE = re.compile(rb"<[^<]{%d}" % MAX_PIECE)
_INCLUSION = "http://www.w3.org/2001/XInclude"


def read(data: bytes) -> etree._Element:
    """Parse a file; every element of the tree knows its `place`.

    Raises:
        UnreadableError: It is too large, not well formed, in an unknown encoding, has a document
            type, includes another file, or is something else than XML.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            "file-too-large", f"it has {len(data)} bytes", f"共有 {len(data)} 字节"
        )
    text = text_of(data).encode()
    places = _Scan(text).run()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (None, None))
        raise UnreadableError(
            "xml-malformed",
            "it breaks off or is damaged here",
            "此处中断或已损坏",
            line=line,
            column=column,
        ) from error
    for element, found in zip(root.iter(), places, strict=True):
        element.set(PLACE, found)
    return root


def place(node: etree._Element) -> tuple[int, int] | None:
    """Line and column, both from 1, where an element begins; None if it was not in the file."""
    stored = node.get(PLACE)
    if stored is None:
        return None
    line, _, column = stored.partition(":")
    return int(line), int(column)


class _Scan:
    """One streaming look at a file: refuses early, tells where elements begin."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._lines = [0, *(at.end() for at in re.finditer(rb"\n", text))]
        self._last = (1, 0, 1)
        self._places: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._namespaces = 0
        # Namespaces are resolved here, too: both parsers have to see the same file.
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.namespace_prefixes = True
        self._parser.ordered_attributes = True
        self._parser.StartNamespaceDeclHandler = self._namespace
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def run(self) -> list[str]:
        """Places of all elements in document order."""
        piece = _PIECE.search(self._text)
        if piece is not None:
            line, column = self._where(piece.start())
            raise UnreadableError(
                "file-too-large",
                f"a tag or text is longer than {MAX_PIECE} bytes",
                f"某个标签或文本超过 {MAX_PIECE} 字节",
                line=line,
                column=column,
            )
        try:
            for start in range(0, len(self._text), _CHUNK):
                self._parser.Parse(self._text[start : start + _CHUNK], False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._malformed(error.code)
        return self._places

    def _malformed(self, code: int) -> NoReturn:
        at = min(max(self._parser.ErrorByteIndex, 0), len(self._text))
        line, column = self._where(at)
        opened = self._open[-1] if self._open else None
        reason, reason_zh = explain(code, self._text, at, opened)
        raise UnreadableError("xml-malformed", reason, reason_zh, line=line, column=column)

    def _where(self, at: int) -> tuple[int, int]:
        """Line and column of a byte; only what lies behind the last one asked for is counted."""
        line = bisect_right(self._lines, at)
        last_line, last_at, last_column = self._last
        if line != last_line or at < last_at:
            last_at, last_column = self._lines[line - 1], 1
        column = last_column + len(self._text[last_at:at].decode(errors="replace"))
        self._last = (line, at, column)
        return line, column

    def _namespace(self, prefix: str | None, name: str | None) -> None:
        self._namespaces += 1
        if max(len(prefix or ""), len(name or "")) > MAX_NAME:
            self._too_large(f"a name is longer than {MAX_NAME} characters", "某个名称过长")

    def _start(self, name: str, attributes: list[str]) -> None:
        line, column = self._where(self._parser.CurrentByteIndex)
        self._places.append(f"{line}:{column}")
        namespace, _, local_name = name.rpartition(" ")
        self._open.append((_qualified(name), line))
        number = len(attributes) // 2 + self._namespaces
        self._namespaces = 0
        if namespace == _INCLUSION or namespace.startswith(f"{_INCLUSION} "):
            raise UnreadableError(
                "inclusion", f"it includes by '{local_name}'", "", line=line, column=column
            )
        if len(self._places) > MAX_ELEMENTS:
            self._too_large(f"it has more than {MAX_ELEMENTS} elements", "元素过多")
        if len(self._open) > MAX_DEPTH:
            self._too_large(f"it is nested deeper than {MAX_DEPTH}", "嵌套过深")
        if number > MAX_ATTRIBUTES:
            self._too_large(
                f"an element has more than {MAX_ATTRIBUTES} attributes", "某个元素的属性过多"
            )
        if max(map(len, (local_name, *attributes[::2]))) > 3 * MAX_NAME:
            self._too_large(f"a name is longer than {MAX_NAME} characters", "某个名称过长")
        if any(len(value) > MAX_ATTRIBUTE for value in attributes):
            self._too_large(
                f"an attribute is longer than {MAX_ATTRIBUTE} characters", "某个属性过长"
            )

    def _end(self, name: str) -> None:
        del name
        self._open.pop()

    def _doctype(self, *_: object) -> None:
        line, column = self._where(self._parser.CurrentByteIndex)
        raise UnreadableError(
            "doctype", "it has a document type", "其中有文档类型声明", line=line, column=column
        )

    def _too_large(self, reason: str, reason_zh: str) -> NoReturn:
        line, column = self._where(self._parser.CurrentByteIndex)
        raise UnreadableError("file-too-large", reason, reason_zh, line=line, column=column)


def _qualified(name: str) -> str:
    """Name of an element as written, from expat's ``namespace name prefix``."""
    parts = name.split(" ")
    if len(parts) > 2:  # noqa: PLR2004 - the three parts named above
        return f"{parts[2]}:{parts[1]}"
    return parts[-1]


def local(node: etree._Element) -> str:
    """Name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def bpmn(name: str) -> str:
    """Name of a BPMN element with its namespace."""
    return f"{{{BPMN}}}{name}"


def camunda(name: str) -> str:
    """Name of a Camunda attribute or element with its namespace."""
    return f"{{{CAMUNDA}}}{name}"
