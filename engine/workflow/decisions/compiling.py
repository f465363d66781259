"""Compiling the expressions and cells of one decision; what is wrong becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from lxml import etree

from engine.domain.feel import (
    Expression,
    FeelError,
    FeelSyntaxError,
    UnaryTests,
    compile_feel,
    compile_tests,
    strict_frame,
)
from engine.domain.feel.syntax import Constant
from engine.domain.feel.values import Range
from engine.workflow.decisions.types import Type
from engine.workflow.decisions.xml import Findings, child, label_of, text_of
from engine.workflow.language import functions
from engine.workflow.language.expressions import shorten

_SURROUNDINGS: Final = frozenset(functions.SURROUNDINGS)
_WORDS: Final = re.compile(r"[^\W\d]\w*(?: [^\W\d]\w*)*")
#: What Camunda calls the value of a column inside its cells, if the column gives no other name.
CELL_INPUT: Final = "cellInput"

Compiled = TypeVar("Compiled", Expression, UnaryTests)


class Place(msgspec.Struct, frozen=True):
    """Where in a decision something is written, in both languages."""

    en: str
    zh: str


class Compiler:
    """Compiles for one decision.

    Attributes:
        names: Names of input data and required decisions, which may have several words.
        read: Names the expressions read, with where; for later.
    """

    def __init__(self, decision: etree._Element, names: frozenset[str], report: Findings) -> None:
        self._decision = label_of(decision)
        self._report = report
        self._language = decision.getroottree().getroot().get("expressionLanguage") or ""
        self.names = names
        self.read: list[tuple[str, etree._Element, Place]] = []
        self.is_broken = False

    def add(self, code: str, node: etree._Element, **params: object) -> None:
        """Add a finding that refuses the decision."""
        self.is_broken = True
        self.remark(code, node, **params)

    def remark(self, code: str, node: etree._Element, **params: object) -> None:
        """Add a finding that does not."""
        self._report.add(code, node, decision=self._decision, **params)

    def expression(
        self, node: etree._Element, place: Place, names: frozenset[str] = frozenset()
    ) -> Expression | None:
        """Compile the text of an element."""
        return self._compiled(
            node, place, lambda text: compile_feel(text, self.names | names, _SURROUNDINGS)
        )

    def input_expression(self, node: etree._Element, place: Place) -> Expression | None:
        """Compile the expression of a column; words alone are one name, declared or not."""
        text = " ".join(text_of(node).split())
        is_name = " " in text and _WORDS.fullmatch(text) is not None
        return self.expression(node, place, frozenset({text} if is_name else ()))

    def tests(
        self, node: etree._Element, place: Place, inputs: frozenset[str] = frozenset()
    ) -> UnaryTests | None:
        """Compile the unary tests of a cell."""
        return self._compiled(
            node, place, lambda text: compile_tests(text, self.names, _SURROUNDINGS, inputs)
        )

    def _compiled(
        self, node: etree._Element, place: Place, compile_text: Callable[[str], Compiled]
    ) -> Compiled | None:
        text = text_of(node)
        if not self._is_feel(node, text):
            return None
        if child(node, "importedValues") is not None:
            self.add("decision-logic-unsupported", node, kind="importedValues")
            return None
        try:
            compiled = compile_text(text)
            compiled.check_constant()
        except FeelSyntaxError as error:
            self._invalid(node, place, text, *clause(error))
        except FeelError as error:
            self._invalid(node, place, text, str(error), error.zh)
        else:
            self.read += [(name, node, place) for name in compiled.reads]
            return compiled
        return None

    def _is_feel(self, node: etree._Element, text: str) -> bool:
        language = node.get("expressionLanguage") or self._language
        if not language or "feel" in language.lower() or _WORDS.fullmatch(text):
            return True
        self.add("decision-language", node, language=shorten(language))
        return False

    def _invalid(
        self, node: etree._Element, place: Place, text: str, reason: str, reason_zh: str
    ) -> None:
        self.add(
            "decision-invalid", node, where=place.en, where_zh=place.zh, text=shorten(text),
            reason=reason, reason_zh=reason_zh,
        )  # fmt: skip

    def check_tests(
        self, tests: UnaryTests, type_: Type, node: etree._Element, place: Place
    ) -> None:
        """See that the constants of a cell are of the type of its column."""
        if type_.is_collection:
            return
        try:
            for test in tests.tests.tests:
                if isinstance(test.operand, Constant) and test.sign != "?":
                    for value, is_single in _values(test.operand.value):
                        take = type_.take if is_single and test.sign == "=" else type_.take_kind
                        take(value)
        except FeelError as error:
            self._mismatch(node, place, error)

    def check_value(
        self, expression: Expression, type_: Type, node: etree._Element, place: Place
    ) -> None:
        """See that a constant result is of the type of its column."""
        if not expression.is_constant:
            return
        try:
            type_.take(expression.value(strict_frame()))
        except FeelError as error:
            self._mismatch(node, place, error)

    def _mismatch(self, node: etree._Element, place: Place, error: FeelError) -> None:
        self.add(
            "decision-type-mismatch", node, where=place.en, where_zh=place.zh,
            reason=str(error), reason_zh=error.zh,
        )  # fmt: skip


def _values(value: Any) -> list[tuple[Any, bool]]:
    """Values a constant is made of, and whether each of them alone would be matched."""
    if isinstance(value, Range):
        return [(value.low, False), (value.high, False)]
    if isinstance(value, list):
        return [pair for item in value for pair in _values(item)]
    return [(value, True)]


def clause(error: FeelSyntaxError) -> tuple[str, str]:
    """What is wrong with a source as part of another sentence, in English and Chinese."""
    sentence = str(error)
    return sentence[:1].lower() + sentence[1:].rstrip("."), error.zh.rstrip("。")
