"""Real servers on the loopback interface, and a clock that stands still."""

import http.server
import socketserver
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from engine.ports.outbound import OutboundMessage

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = str(CERTIFICATES / "authority.pem")
NOW = datetime(2026, 11, 2, 1, 2, 3, tzinfo=UTC)


class StandingClock:
    def now(self):
        return NOW


def message(address, **values):
    plain = {
        "event_id": "evt-17.2",
        "kind": "task.escalated",
        "subject": "工单超时",
        "text": "工单 W-1 已超时。\n请督促处理。",
        "payload": {"work_order": "W-1", "level": 2},
    }
    return OutboundMessage(address=address, **{**plain, **values})


def server_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.pem")
    return context


@contextmanager
def http_server(answer=204, *, headers=(), tls=False, host="127.0.0.1"):
    """A web server that keeps what it is sent and always answers the same.

    Yields:
        The server, with ``port`` and ``requests``: (method, path, headers, body).
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.requests.append((self.command, self.path, self.headers, body))
            self.send_response(answer)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, *_):
            pass

    with _serving(Handler, host=host, tls=tls) as server:
        yield server


@contextmanager
def dripping_server():
    """A server that never finishes its answer but never falls silent either."""
    done = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\n")
            while not done.wait(0.05):
                try:
                    self.request.sendall(b"X-Drip: 1\r\n")
                except OSError:
                    return

    try:
        with _serving(Handler) as server:
            yield server
    finally:
        done.set()


@contextmanager
def _serving(handler, *, host="127.0.0.1", tls=False):
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *_):
            """A refused handshake is the client's right."""

    with Server((host, 0), handler) as server:
        server.requests = []
        server.port = server.server_address[1]
        if tls:
            server.socket = server_tls().wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
