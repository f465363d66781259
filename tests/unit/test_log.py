"""What is written to the log, and what is not."""

import subprocess
import sys


def test_a_tick_that_takes_long_is_no_warning():
    """Ticks that come meanwhile are skipped on purpose, whatever level is asked for."""
    source = (
        "import logging; from api.log import configure; import engine.scheduler.metronome; "
        "configure('DEBUG'); logger = logging.getLogger('apscheduler.scheduler'); "
        "print(logger.isEnabledFor(logging.WARNING), logger.isEnabledFor(logging.ERROR))"
    )
    told = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False True\n"
