"""Real processes of the product: ``gongdan serve`` and ``gongdan worker``, started and ended."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
_START_SECONDS = 40


class Node:
    """One command of the console script as a process; what it logs goes to a file.

    Args:
        command: ``serve`` or ``worker``.
        folder: Its data folder; logs go there too.
        environment: Settings beyond the folder, whole names.
    """

    def __init__(self, command: str, folder: Path, name: str, **environment: str) -> None:
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self._output: IO[bytes] = self.log.open("wb")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("GONGDAN_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", command],
            cwd=ROOT,
            env={
                **inherited,
                "GONGDAN_HOME": str(folder),
                "GONGDAN_PORT": str(self.port),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Return when it answers over HTTP."""
        give_up = time.monotonic() + _START_SECONDS
        while True:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/livez")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(self.log.read_text()) from None
                time.sleep(0.05)
            finally:
                connection.close()

    def stepped(self) -> int:
        """How many due orders it says it has stepped."""
        found = re.findall(r"(\d+) orders were due and stepped", self.log.read_text())
        return sum(map(int, found))

    def stop(self) -> int:
        """End it with SIGTERM; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(30)
        self._output.close()
        return code


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
