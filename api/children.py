"""Child processes: they never outlive their parent, and Ctrl-C reaches the parent alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from engine.errors import EngineError

#: Forked children share the memory of imported modules. Forking is safe as long as the parent
#: opens no database and keeps its other threads waiting.
CONTEXT: Final = multiprocessing.get_context("fork")

_LOOK_SECONDS: Final = 0.5
_STOP_SECONDS: Final = 5.0
#: How often an orphan is asked to end before it is made to.
_TIMES_ASKED: Final = 24


class ChildEndedError(Exception):
    """A child ended without an answer.

    Attributes:
        code: What it ended with.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"the process ended with {code}")
        self.code = code


def settle_down() -> None:
    """Make the present process a good child: own process group, gone when the parent is gone."""
    parent = os.getppid()
    os.setpgid(0, 0)

    def watch() -> None:
        waiting = threading.Event()
        while os.getppid() == parent:
            waiting.wait(_LOOK_SECONDS)
        # Asked again and again: a child that was still starting had no ear for it.
        for _ in range(_TIMES_ASKED):
            os.kill(os.getpid(), signal.SIGTERM)
            waiting.wait(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def apart(task: Callable[..., Any], *args: Any) -> Any:
    """Run a task in a process of its own and give back what it returns.

    What the task loads and opens leaves no trace in the caller's memory.

    Raises:
        EngineError: The task was refused.
        ChildEndedError: It failed, or the process was killed.
    """
    receiver, sender = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_perform, args=(sender, task, args))
    process.start()
    sender.close()
    try:
        refusal, value = receiver.recv()
    except EOFError:
        process.join()
        raise ChildEndedError(process.exitcode or 0) from None
    except BaseException:
        process.terminate()
        process.join(_STOP_SECONDS)
        raise
    process.join()
    if refusal is not None:
        raise refusal(**value)
    return value


def _perform(sender: Connection, task: Callable[..., Any], args: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settle_down()
    try:
        sender.send((None, task(*args)))
    except EngineError as refused:
        sender.send((type(refused), dict(refused.params)))
