"""Killing the product's processes all the time, on both databases; see `python -m tests.chaos`."""

import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_nothing_is_lost_or_done_twice_over_two_hundred_kills(database, tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.chaos", "--database", database),
            *("--kills", str(KILLS), "--folder", str(tmp_path)),
        ],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"{KILLS} kills" in said
    assert "0 findings" in said
