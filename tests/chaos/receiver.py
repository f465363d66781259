"""The other side of the webhook: notes every event it takes, and refuses now and then."""

from __future__ import annotations

import hashlib
import json
import os
import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket

_REFUSED_SHARE = 0.05


def receive(listening: socket, log: Path) -> None:
    """Serve for ever.

    Args:
        listening: Bound and listening.
        log: One line per delivery: event id, digest of the body, the body's fact.
    """
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    chance = random.Random(1)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if chance.random() < _REFUSED_SHARE:
                self._answer(503)
                return
            line = {
                "event_id": self.headers["Gongdan-Event-Id"],
                "digest": hashlib.sha256(body).hexdigest(),
                "fact": json.loads(body)["payload"]["fact"],
            }
            # Taken only when it is on record: an answer before that could promise too much.
            os.write(output, json.dumps(line).encode() + b"\n")
            self._answer(204)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(listening.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.serve_forever()
