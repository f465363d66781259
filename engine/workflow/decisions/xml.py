"""Elements of DMN files, whatever their version and prefix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from lxml import etree


class Findings(Protocol):
    """Where findings about a file go."""

    def add(self, code: str, node: etree._Element | None = None, **params: object) -> None:
        """Add a finding of a rule about an element, with the facts of its sentence."""


def is_dmn(node: etree._Element, name: str) -> bool:
    """Whether an element is of DMN and of a name."""
    return isinstance(node.tag, str) and node.tag == f"{namespace(node)}{name}"


def namespace(node: etree._Element) -> str:
    """Namespace of the file's DMN elements, in braces; versions differ in it."""
    tag = str(node.getroottree().getroot().tag)
    return tag[: tag.find("}") + 1]


def local_name(node: etree._Element) -> str:
    """Name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def children(node: etree._Element, name: str) -> list[etree._Element]:
    """Children of DMN of a name."""
    return list(node.iterchildren(f"{namespace(node)}{name}"))


def child(node: etree._Element, name: str) -> etree._Element | None:
    """First child of DMN of a name."""
    return next(node.iterchildren(f"{namespace(node)}{name}"), None)


def dmn_children(node: etree._Element) -> Iterator[etree._Element]:
    """Children of DMN of any name."""
    found: Iterator[etree._Element] = node.iterchildren(f"{namespace(node)}*")
    return found


def text_of(node: etree._Element | None) -> str:
    """Text of an expression element; empty without one."""
    found = None if node is None else child(node, "text")
    return "" if found is None else (found.text or "").strip()


def label_of(node: etree._Element) -> str:
    """What people call an element: its name, else its id."""
    return " ".join((node.get("name") or node.get("id") or "").split())


def variable_of(node: etree._Element, attribute: str) -> str | None:
    """An attribute of the ``variable`` of a decision or input datum; None without one."""
    variable = child(node, "variable")
    return None if variable is None else variable.get(attribute)
