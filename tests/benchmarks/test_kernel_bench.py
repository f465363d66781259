"""The targets of the kernel, as ratios within one run and as sizes."""

import pytest

from tests.benchmarks.kernel_bench import CHECKPOINTS, compare

pytestmark = pytest.mark.benchmark


def test_the_kernel_is_fast_small_and_flat():
    for name, (stock, ours) in compare(seconds=1.0).items():
        assert ours.lives >= 8 * stock.lives, name
        rates = [ours.aged[number] or 0 for number in CHECKPOINTS]
        assert min(rates) >= 0.5 * max(rates), (name, rates)
        assert all((ours.bytes[number] or 0) <= 3000 for number in CHECKPOINTS), name
