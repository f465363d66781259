"""What a benchmark answers, and the table of all answers."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured value.

    Attributes:
        name: What was measured.
        target: What we aim at, as a sentence part; empty for what is only told.
        is_met: Whether this run met it; None for what is only told. Never a gate.
        ratio: The value against a reference of the same run, as a sentence part.
    """

    name: str
    value: float
    unit: str
    target: str = ""
    is_met: bool | None = None
    ratio: str = ""

    @classmethod
    def at_most(
        cls, name: str, value: float, unit: str, most: float, *, ratio: str = ""
    ) -> Figure:
        """A value that should be small."""
        return cls(
            name=name,
            value=value,
            unit=unit,
            target=f"≤ {most:g}",
            is_met=value <= most,
            ratio=ratio,
        )

    @classmethod
    def at_least(
        cls, name: str, value: float, unit: str, least: float, *, ratio: str = ""
    ) -> Figure:
        """A value that should be large."""
        return cls(
            name=name,
            value=value,
            unit=unit,
            target=f"≥ {least:g}",
            is_met=value >= least,
            ratio=ratio,
        )


def table(figures: Iterable[Figure]) -> str:
    """All figures as aligned text."""
    rows = [("figure", "value", "unit", "target", "met", "compared in the same run")]
    for figure in figures:
        met = {None: "", True: "yes", False: "NO"}[figure.is_met]
        value = f"{figure.value:,.0f}" if abs(figure.value) >= 100 else f"{figure.value:.2f}"
        rows.append((figure.name, value, figure.unit, figure.target, met, figure.ratio))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column == 1 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
