"""The demonstration in a browser: a month of orders at the invented operator, on a Friday.

with Showroom(home) as room, browser.started() as running:
    page = Windows(running, room, operator.PASSWORD)("guxiaotong")
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from werkzeug.serving import make_server

from api.demonstration.loading import beginning, load
from api.demonstration.simulation import SimulatedClock
from api.web import create_web
from engine.bootstrap import Application
from tests.support.installation import installed, settings
from tests.support.life import Quiet

#: 14:00 at the operator's place.
FRIDAY = datetime(2026, 11, 20, 6, tzinfo=UTC)


class Showroom:
    """The loaded demonstration, served on loopback; its time stands still.

    Args:
        home: Empty data folder.
    """

    def __init__(self, home: Path) -> None:
        clock = SimulatedClock(beginning(FRIDAY))
        self.application: Application = installed(settings(home), clock)
        load(self.application, clock, FRIDAY, lambda line: None)
        clock.move(FRIDAY)
        self._server = make_server(
            "127.0.0.1",
            0,
            create_web(self.application),
            threaded=True,
            request_handler=Quiet,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return int(self._server.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.application.close()
