"""People under load: they give commands, repeat them until they are answered, and note it all.

Every command carries a mark of its own, which is its idempotency key too, so that its effect can
be found in the history afterwards.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import deque
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

_PATIENCE_SECONDS = 180
_REFUSALS = range(400, 500)
_OK = range(200, 300)
_TRY_LATER = 503


class Gone(Exception):  # noqa: N818 - what has happened, not a fault of the program
    """A command was never answered."""


class Client:
    """One person at one desk.

    Args:
        name: Unique; marks start with it.
        role: ``agent`` or ``leader``.
        token: Of the person.
        ports: Of the web nodes.
        folder: Where the log goes, and where the file ``stop`` appears in the end.
    """

    def __init__(
        self,
        name: str,
        role: str,
        token: str,
        *,
        ports: tuple[int, ...],
        folder: Path,
        seed: int,
    ) -> None:
        self.name = name
        self._role = role
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._ports = ports
        self._stop = folder / "stop"
        self._log = os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._random = random.Random(seed)
        self._orders: deque[int] = deque(maxlen=30)
        self._count = 0
        self._connection: HTTPConnection | None = None

    def run(self) -> None:
        """Work until told to stop; what was begun is brought to an answer."""
        acts = {
            "agent": ((self._start, 5), (self._complete, 9), (self._comment, 4), (self._urge, 1),
                      (self._claim, 2), (self._hold, 1)),
            "leader": ((self._complete, 6), (self._comment, 2)),
        }[self._role]  # fmt: skip
        choices, weights = zip(*acts, strict=True)
        while not self._stop.exists():
            self._random.choices(choices, weights)[0]()
            time.sleep(self._random.uniform(0, 0.02))
        os.close(self._log)

    # ---- acts ------------------------------------------------------------

    def _start(self) -> None:
        mark = self._mark()
        values = {
            "wait": f"PT{self._random.randint(1, 3)}S",
            "limit": f"PT{self._random.randint(2, 12)}S",
        }
        body = {"process": "errand", "title": mark, "values": values}
        done = self._command("start", mark, "POST", "/work-orders", body)
        if done is not None:
            self._orders.append(done["order_id"])

    def _complete(self) -> None:
        row = self._some_task()
        if row is None:
            return
        mark = self._mark()
        is_work = row["purpose"] == "work"
        values = {"mark": mark} if is_work else {"finding": mark, "instruction": "快"}
        act = "complete" if is_work else "note"
        path = f"/tasks/{row['id']}/completion"
        self._command(act, mark, "POST", path, {"values": values}, task=row["id"])

    def _claim(self) -> None:
        row = self._some_task()
        if row is not None:
            path = f"/tasks/{row['id']}/claim"
            self._command("claim", self._mark(), "POST", path, {}, task=row["id"])

    def _comment(self) -> None:
        self._on_order("comment", "comments")

    def _urge(self) -> None:
        self._on_order("urge", "urges")

    def _hold(self) -> None:
        reason = self._random.choice(["customer_absent", "third_party"])
        order = self._on_order("hold", "hold", reason=reason)
        if order is not None:
            time.sleep(self._random.uniform(0, 0.5))
            self._on_order("resume", "resumption", order=order)

    def _on_order(self, act: str, noun: str, order: int | None = None, **more: Any) -> int | None:
        if order is None:
            row = self._some_task() if not self._orders else None
            order = row["order_id"] if row else self._some_order()
        if order is None:
            return None
        mark = self._mark()
        body = {"text": mark, **more}
        path = f"/work-orders/{order}/{noun}"
        done = self._command(act, mark, "POST", path, body, order=order)
        return order if done is not None else None

    def _some_order(self) -> int | None:
        return self._random.choice(self._orders) if self._orders else None

    def _some_task(self) -> dict[str, Any] | None:
        tab = self._random.choice(["group", "group", "mine"])
        query = urlencode({"tab": tab, "sort": "opened", "limit": 30})
        rows = self._read(f"/tasks?{query}")
        return self._random.choice(rows) if rows else None

    # ---- over the wire ------------------------------------------------------------

    def _mark(self) -> str:
        self._count += 1
        return f"{self.name}-{self._count}"

    def _note(self, **line: Any) -> None:
        os.write(self._log, json.dumps(line).encode() + b"\n")

    def _read(self, path: str) -> list[dict[str, Any]]:
        try:
            status, body = self._exchange("GET", path, None, {})
        except (OSError, HTTPException):
            return []
        return body["items"] if status in _OK else []

    def _command(
        self, act: str, mark: str, method: str, path: str, body: dict[str, Any], **about: Any
    ) -> dict[str, Any] | None:
        """Give a command until there is an answer; None if it was refused.

        Raises:
            Gone: There was none for three minutes.
        """
        self._note(line="sent", mark=mark, act=act, **about)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        attempts = 0
        while time.monotonic() < give_up:
            attempts += 1
            try:
                status, answer = self._exchange(method, path, body, {"Idempotency-Key": mark})
            except (OSError, HTTPException, ValueError):
                time.sleep(self._random.uniform(0.01, 0.1))
                continue
            if status in _OK:
                self._note(line="acknowledged", mark=mark, attempts=attempts, answer=answer)
                return dict(answer)
            if status in _REFUSALS:
                self._note(line="refused", mark=mark, status=status, code=answer.get("code"))
                return None
            if status != _TRY_LATER:
                self._note(line="broken", mark=mark, status=status)
            time.sleep(self._random.uniform(0.05, 0.2))
        self._note(line="gone", mark=mark)
        raise Gone(mark)

    def _exchange(
        self, method: str, path: str, body: dict[str, Any] | None, more: dict[str, str]
    ) -> tuple[int, Any]:
        if self._connection is None:
            port = self._random.choice(self._ports)
            self._connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            content = None if body is None else json.dumps(body).encode()
            self._connection.request(method, f"/api/v1{path}", content, self._headers | more)
            response = self._connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            self._connection.close()
            self._connection = None
            raise


def work(clients: list[Client]) -> None:
    """Let all work until the end."""
    threads = [threading.Thread(target=client.run, name=client.name) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
