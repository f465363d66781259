"""The kernel alone, against the stock library in the same run."""

from __future__ import annotations

from tests.benchmarks.figures import Figure
from tests.benchmarks.kernel_bench import CHECKPOINTS, compare

_LEAST_PER_SECOND, _MOST_BYTES = 2_000, 3 * 1024


def figures() -> list[Figure]:
    """Completions per CPU second and bytes of state, on both models."""
    found = []
    for name, (stock, ours) in compare().items():
        found.append(
            Figure.at_least(
                f"kernel, {name}: completions per CPU second",
                ours.lives,
                "/s",
                _LEAST_PER_SECOND,
                ratio=f"{ours.lives / stock.lives:.1f} x stock ({stock.lives:,.0f}/s)",
            )
        )
        for number in CHECKPOINTS:
            rate = ours.aged[number]
            if rate is not None:
                found.append(
                    Figure.at_least(
                        f"kernel, {name}: the same after {number} completions",
                        rate,
                        "/s",
                        _LEAST_PER_SECOND,
                        ratio=_against(rate, stock.aged[number]),
                    )
                )
        for number in CHECKPOINTS[1:]:
            size = ours.bytes[number]
            if size is not None:
                before = stock.bytes[number]
                found.append(
                    Figure.at_most(
                        f"kernel, {name}: state after {number} completions",
                        size,
                        "B",
                        _MOST_BYTES,
                        ratio=f"stock {before:,} B" if before else "stock cannot",
                    )
                )
    return found


def _against(ours: float, stock: float | None) -> str:
    return f"{ours / stock:.1f} x stock ({stock:,.0f}/s)" if stock else "stock fails"
