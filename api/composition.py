"""Gives the engine its forms: the one place where the whole product is put together."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from engine.bootstrap import Application
from engine.clock import SystemClock
from engine.ports.clocks import Clock
from engine.settings import Settings
from forms.catalogue import FormJsCatalogue
from forms.pages.orders.columns import OrderColumns

#: Zone of wall times in forms that carry no offset.
ZONE: Final = ZoneInfo("Asia/Shanghai")


def compose(settings: Settings, clock: Clock | None = None) -> Application:
    """The product on these settings; it opens no connection before it is asked something.

    Args:
        settings: Checked settings.
        clock: What tells the time; the system's clock unless given.
    """
    chosen = clock or SystemClock()
    return Application(
        settings,
        forms=FormJsCatalogue(chosen, ZONE),
        clock=chosen,
        lists=OrderColumns(ZONE),
    )
