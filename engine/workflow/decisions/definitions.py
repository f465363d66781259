"""Types a DMN file defines itself (``itemDefinition``). Source: DMN 1.3, 7.3.2."""

from __future__ import annotations

from typing import Final

import msgspec
from lxml import etree

from engine.domain.feel import FeelSyntaxError, UnaryTests, compile_tests
from engine.workflow.decisions.compiling import clause
from engine.workflow.decisions.types import ANYTHING, Type, built_in
from engine.workflow.decisions.xml import Findings, child, children, is_dmn, label_of, text_of
from engine.workflow.language.expressions import shorten

_MAX_DEPTH: Final = 20


class Definitions:
    """The types of one file.

    Attributes:
        names: Names of several words that components of its types have.
    """

    def __init__(self, root: etree._Element, report: Findings) -> None:
        self._root = root
        self._report = report
        self._items = {str(one.get("name")): one for one in children(root, "itemDefinition")}
        self.names = frozenset(
            str(one.get("name"))
            for one in root.iter()
            if is_dmn(one, "itemComponent") and " " in str(one.get("name"))
        )

    def type_of(self, reference: str | None, node: etree._Element) -> Type:
        """The type of a ``typeRef``; anything without one, or when it is refused."""
        return self._type_of(reference or "", node, 0)

    def _type_of(self, reference: str, node: etree._Element, depth: int) -> Type:
        if not reference:
            return ANYTHING
        found = built_in(reference)
        if found is not None:
            return found
        item = self._items.get(reference, self._items.get(reference.rpartition(":")[2]))
        if item is None or depth > _MAX_DEPTH:
            self._report.add("decision-type-unknown", node, type=shorten(reference))
            return ANYTHING
        if child(item, "itemComponent") is not None:
            return Type(
                name=reference,
                kinds=("context",),
                is_collection=item.get("isCollection") == "true",
            )
        inner = child(item, "typeRef")
        base = self._type_of("" if inner is None else (inner.text or "").strip(), item, depth + 1)
        allowed = tuple(
            tests
            for name in ("allowedValues", "typeConstraint")
            for tests in self._allowed(child(item, name))
        )
        return msgspec.structs.replace(
            base,
            name=reference,
            is_collection=base.is_collection or item.get("isCollection") == "true",
            allowed=(*base.allowed, *allowed),
        )

    def _allowed(self, node: etree._Element | None) -> list[UnaryTests]:
        if node is None or not text_of(node):
            return []
        try:
            return [compile_tests(text_of(node))]
        except FeelSyntaxError as error:
            reason, reason_zh = clause(error)
            self._report.add(
                "decision-invalid", node, decision=label_of(self._root), where="a type",
                where_zh="类型", text=shorten(text_of(node)), reason=reason, reason_zh=reason_zh,
            )  # fmt: skip
            return []
