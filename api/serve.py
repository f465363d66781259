"""The server: web processes and the metronome, watched over by one parent that does no work."""

from __future__ import annotations

import gc
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from api import log
from api.children import CONTEXT, settle_down
from api.composition import compose
from api.web import create_web
from api.worker import work
from engine.errors import UnavailableError
from engine.settings import Settings

_log = logging.getLogger("gongdan.server")

#: Connections a web process holds at once, and those that may wait to be accepted.
_CONNECTIONS, _BACKLOG = 256, 1024
#: A request that is being served may take so long after SIGTERM; then it is cut off.
_GRACE_SECONDS: Final = 8
#: A child that lived shorter than this is started again only after a pause.
_YOUNG_SECONDS: Final = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
#: Whoever holds the queue of writers gives up the interpreter at each statement; with the usual
#: 5 ms every wait to get it back would be one for all the others too. Halves the p99 of 8 clients.
_SWITCH_SECONDS = 0.0005
_READY_SECONDS: Final = 30.0
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not bound


class PortTakenError(UnavailableError):
    """Nobody can listen there."""

    code = "port_unavailable"
    template = "Expected to listen on {host}:{port}, but {fact}."


def check_port(settings: Settings) -> None:
    """Refuse an address where the server could not listen.

    Raises:
        PortTakenError: It is occupied, forbidden, or not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as exc:
        fact = (exc.strerror or str(exc)).lower()
        raise PortTakenError(host=settings.host, port=settings.port, fact=fact) from exc


def url(settings: Settings) -> str:
    """Where a browser on this machine finds the server."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def serve(
    settings: Settings, *, with_worker: bool, announce: Callable[[], None] = lambda: None
) -> bool:
    """Serve until SIGTERM or Ctrl-C.

    Args:
        settings: Checked settings; the port is free and the database fits.
        with_worker: Whether to run a metronome beside the web processes.
        announce: Called once the server answers.

    Returns:
        Whether it ended because it was asked to.
    """
    log.configure(settings.log_level)
    # Before forking: it opens nothing, and the children share its memory.
    web = create_web(compose(settings))
    gc.collect()
    gc.freeze()  # what children share stays shared longer if their collectors leave it alone
    keeper = Keeper(partial(work, settings)) if with_worker else None
    if keeper is not None:
        keeper.start()
    threading.Thread(target=_announce, args=(settings, announce), daemon=True).start()
    try:
        return _serve_web(settings, web)
    finally:
        if keeper is not None:
            keeper.stop()


def _serve_web(settings: Settings, web: Any) -> bool:
    """Run the web processes; they are replaced when they die, one by one or all together."""
    pause = _FIRST_PAUSE
    while True:
        began = time.monotonic()
        server = _server(settings)
        try:
            server.serve(target_loader=partial(_load, web), wrap_loader=False)
        except SystemExit:
            _log.warning("web processes kept ending")
        if server.interrupt_signal:
            return True
        pause = _next_pause(pause, time.monotonic() - began)
        time.sleep(pause)
        if server.interrupt_signal:
            return True


def _server(settings: Settings) -> Any:
    return Granian(
        "gongdan",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=settings.threads,
        runtime_threads=1,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.error,
        log_dictconfig=log.configuration(settings.log_level),
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=_GRACE_SECONDS,
    )


def _load(web: Any) -> Any:
    """Run in each web process: what was made before, from now on with its own connections."""
    settle_down()
    sys.setswitchinterval(_SWITCH_SECONDS)
    return web


def _next_pause(pause: float, lived: float) -> float:
    return _FIRST_PAUSE if lived > _YOUNG_SECONDS else min(pause * 2, _LONGEST_PAUSE)


class Keeper:
    """Keeps one child process running.

    Args:
        task: What the child does until SIGTERM.
    """

    def __init__(self, task: Callable[[], None]) -> None:
        self._task = task
        self._stopping = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, name="keeper", daemon=True)

    def start(self) -> None:
        """Watch over the child."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the child to end, and see that it does."""
        self._stopping.set()
        self._process.terminate()
        self._thread.join(_GRACE_SECONDS)
        if self._process.is_alive():
            self._process.kill()

    def _start(self) -> Any:
        process = CONTEXT.Process(target=_child, args=(self._task,), name="metronome")
        process.start()
        return process

    def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = time.monotonic()
            self._process.join()
            if self._stopping.is_set():
                return
            _log.warning("the metronome ended with %s; starting another", self._process.exitcode)
            pause = _next_pause(pause, time.monotonic() - began)
            if self._stopping.wait(pause):
                return
            self._process = self._start()


def _child(task: Callable[[], None]) -> None:
    settle_down()
    task()


def _announce(settings: Settings, announce: Callable[[], None]) -> None:
    host = _EVERYWHERE.get(settings.host, settings.host)
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            connection = HTTPConnection(host, settings.port, timeout=1)
            connection.request("GET", "/livez")
            connection.getresponse().read()
            connection.close()
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            announce()
            return
