"""Completions over HTTP against a real server, by several clients at once."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import msgspec

from tests.benchmarks.desk import Desk
from tests.benchmarks.processes import cpu_seconds, descendants, memory_bytes
from tests.benchmarks.walk import Step, Walk, steps

#: Elements up to the acknowledgement of billing: everything that is completed by people in a row.
_COUNTED = 9
_START_SECONDS = 30
_PROCESSES = 2


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one run.

    Attributes:
        cpu_ms: Of all processes but the clients', per completion.
        latencies_ms: Ascending.
        memory_bytes: Of the server's processes afterwards.
    """

    completions: int
    errors: int
    seconds: float
    cpu_ms: float
    latencies_ms: tuple[float, ...]
    memory_bytes: int

    @property
    def per_second(self) -> float:
        return self.completions / self.seconds

    def percentile(self, percent: float) -> float:
        """Latency that so many percent of the completions did not exceed."""
        place = min(len(self.latencies_ms) - 1, int(len(self.latencies_ms) * percent / 100))
        return self.latencies_ms[place]


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One order to be completed: the task and the caller of each step."""

    tasks: tuple[int, ...]
    steps: tuple[Step, ...]


def orders(desk: Desk, first: int, number: int) -> list[Work]:
    """Fresh orders, with the numbers their tasks will have."""
    pattern = _pattern(desk, first)
    made = []
    for index in range(first + 1, first + 1 + number):
        order_id = Walk(desk, index).order_id
        made.append(
            Work(
                tasks=tuple(order_id << 20 | place for place in pattern),
                steps=tuple(steps(index, desk.clock.now())[:_COUNTED]),
            )
        )
    return made


def _pattern(desk: Desk, number: int) -> list[int]:
    """Places of the tasks within an order: the same in every straight one."""
    walk = Walk(desk, number)
    places = []
    for step, task in walk.completions():
        places.append(task & ((1 << 20) - 1))
        walk.complete(step, task)
    return places[:_COUNTED]


def run(desk: Desk, address: str, work: list[Work], *, clients: int, server: list[int]) -> Load:
    """Let clients complete all orders, each client one order at a time."""
    tokens = {
        login: desk.token(login) for login in {step.login for each in work for step in each.steps}
    }
    waiting = list(reversed(work))
    latencies: list[float] = []
    errors: list[int] = []
    before, begun = _cpu(), time.perf_counter()
    threads = [
        threading.Thread(target=_client, args=(address, waiting, tokens, latencies, errors))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, spent = time.perf_counter() - begun, _cpu() - before
    return Load(
        completions=len(latencies),
        errors=len(errors),
        seconds=seconds,
        cpu_ms=spent / max(len(latencies), 1) * 1e3,
        latencies_ms=tuple(sorted(latencies)),
        memory_bytes=memory_bytes(server),
    )


def _cpu() -> float:
    """Of everything this process started: the server and, if there is one, PostgreSQL."""
    return cpu_seconds(pid for pid in descendants(os.getpid()) if pid != os.getpid())


def _client(
    address: str,
    waiting: list[Work],
    tokens: dict[str, str],
    latencies: list[float],
    errors: list[int],
) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    while waiting:
        try:
            work = waiting.pop()
        except IndexError:
            break
        for task, step in zip(work.tasks, work.steps, strict=True):
            body = json.dumps({"values": step.values}).encode()
            begun = time.perf_counter()
            connection.request(
                "POST",
                f"/api/v1/tasks/{task}/completion",
                body,
                {
                    "Authorization": f"Bearer {tokens[step.login]}",
                    "Content-Type": "application/json",
                },
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                errors.append(answer.status)
                break
            latencies.append((time.perf_counter() - begun) * 1e3)
    connection.close()


@contextmanager
def served(desk: Desk) -> Iterator[tuple[str, list[int]]]:
    """A server on the desk's database as ``gongdan serve`` starts it.

    Yields:
        Its address and the ids of its processes.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "GONGDAN_HOME": str(desk.home),
        "GONGDAN_DATABASE_URL": desk.settings.database_url,
        "GONGDAN_PORT": str(port),
        "GONGDAN_PROCESSES": str(_PROCESSES),
        "GONGDAN_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _await(process, address)
        yield address, descendants(process.pid)
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


def _await(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=2)
        try:
            connection.request("GET", "/livez")
            answers = connection.getresponse().status == http.client.OK
            # The first web process answers before there are all of them.
            if answers and len(descendants(process.pid)) > _PROCESSES:
                return
        except OSError:
            pass
        finally:
            connection.close()
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Expected a server at {address}, but it did not start.")
        time.sleep(0.1)
