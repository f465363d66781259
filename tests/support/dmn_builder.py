"""Tiny decision tables for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr


def _entry(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>"


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str | None = None,
    order: Mapping[str, str] | None = None,
    default: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> str:
    """A decision table; inputs as ``expression:type``, outputs as ``name:type``."""
    rows = ""
    for one in inputs:
        text, _, kind = one.partition(":")
        kind_attribute = f" typeRef={quoteattr(kind)}" if kind else ""
        rows += (
            f"<input><inputExpression{kind_attribute}><text>{escape(text)}</text>"
            "</inputExpression>"
        )
        if text in (values or {}):
            rows += _entry("inputValues", (values or {})[text])
        rows += "</input>"
    for one in outputs:
        name, _, kind = one.partition(":")
        kind_attribute = f" typeRef={quoteattr(kind)}" if kind else ""
        inner = ""
        if name in (order or {}):
            inner += _entry("outputValues", (order or {})[name])
        if name in (default or {}):
            inner += _entry("defaultOutputEntry", (default or {})[name])
        rows += f"<output name={quoteattr(name)}{kind_attribute}>{inner}</output>"
    for rule in rules:
        cells = [_entry("inputEntry", cell) for cell in rule[: len(inputs)]]
        cells += [_entry("outputEntry", cell) for cell in rule[len(inputs) :]]
        rows += f"<rule>{''.join(cells)}</rule>"
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{extra}>{rows}</decisionTable>'


def literal(text: str) -> str:
    """A literal expression."""
    return _entry("literalExpression", text)


def decision(
    id_: str,
    body: str,
    *,
    variable: str | None = None,
    requires: Sequence[str] = (),
    data: Sequence[str] = (),
) -> str:
    """A decision; ``data`` are the ids of input data it requires."""
    needs = "".join(
        f'<informationRequirement><{kind} href="#{one}"/></informationRequirement>'
        for kind, ids in (("requiredDecision", requires), ("requiredInput", data))
        for one in ids
    )
    name = f'<variable name="{variable}"/>' if variable else ""
    return f'<decision id="{id_}" name="{id_.upper()}">{name}{needs}{body}</decision>'


def input_data(id_: str, name: str, kind: str = "") -> str:
    """Input data; ``name`` is that of its variable."""
    typed = f" typeRef={quoteattr(kind)}" if kind else ""
    called = f"name={quoteattr(name)}"
    return f'<inputData id="{id_}" {called}><variable {called}{typed}/></inputData>'


def dmn(*decisions: str) -> bytes:
    """A file."""
    return (
        '<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'
        f' id="defs" name="d">{"".join(decisions)}</definitions>'
    ).encode()
