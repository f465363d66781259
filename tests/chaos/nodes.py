"""The processes that get killed: web nodes and workers, born quickly from a warm parent."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from werkzeug.serving import make_server

from api.app import create_app
from engine.settings import Settings
from tests.support.installation import application
from tests.support.life import Quiet


def serve(given: Settings, listening: socket.socket) -> None:
    """A web node with threads, on a socket that outlives it."""
    app = create_app(application(given))
    host, port = listening.getsockname()
    make_server(
        host, port, app, threaded=True, request_handler=Quiet, fd=listening.fileno()
    ).serve_forever()


def work(given: Settings) -> None:
    """A worker, as `gongdan worker` runs it."""
    application(given).metronome.start()
    threading.Event().wait()


def born(task: Callable[[], None], log: Path) -> int:
    """Fork a process for a task that never returns; its id. What it says goes to a file."""
    child = os.fork()
    if child:
        return child
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, sys.stdout.fileno())
        os.dup2(output, sys.stderr.fileno())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        task()
    except BaseException:  # noqa: BLE001 - nothing may return into the parent's code
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(1)
