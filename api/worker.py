"""The metronome as a process: due timers, escalations, outgoing messages."""

from __future__ import annotations

import signal
import threading

from api import log
from api.composition import compose
from engine.settings import Settings


def work(settings: Settings) -> None:
    """Tick until SIGTERM or Ctrl-C; a running tick is finished first."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    log.configure(settings.log_level)
    application = compose(settings)
    application.metronome.start()
    stopping.wait()
    application.metronome.stop()
    application.close()
