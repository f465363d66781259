"""What is needed to look at diagrams without an installation: kernel, forms, shipped set-up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from engine.trial.desk import TrialLibrary, VirtualClock, shipped_setup
from engine.trial.files import Tools
from engine.workflow.kernel import SpiffKernel
from forms.catalogue import FormJsCatalogue

#: Zone of wall times that carry no offset, and of those shown.
ZONE: Final = ZoneInfo("Asia/Shanghai")
#: When trials start unless told: nine o'clock on a Monday.
START: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)
_SETUP: Final = shipped_setup()


def tools(at: datetime = START) -> Tools:
    """Tools for one deployment at an instant."""
    library, clock = TrialLibrary(), VirtualClock(at)
    return Tools(
        kernel=SpiffKernel(library),
        forms=FormJsCatalogue(clock, ZONE),
        clock=clock,
        library=library,
        setup=_SETUP,
    )
