"""The running server: it answers, survives the death of its children, and ends cleanly."""

import http.client
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from api.demonstration import operator
from tests.architecture.source import ROOT
from tests.integration.test_cli import free_port, gongdan

#: The machine may be busy with other tests; how long things take is judged elsewhere.
PATIENCE = 60


class Server:
    def __init__(self, process, port, home):
        self.process, self.port, self.home = process, port, home

    def ask(self, path, method="GET", body=None, token=None):
        """Status and document of one request on a connection of its own."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            headers = {"Content-Type": "application/json"}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            content = None if body is None else json.dumps(body)
            line.request(method, path, content, headers)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read() or b"null")

    def answers(self, path="/livez"):
        try:
            return self.ask(path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    @property
    def children(self):
        return children_of(self.process.pid)

    @property
    def metronome(self):
        """Process that left the newest sign of life."""
        with closing(sqlite3.connect(self.home / "gongdan.db")) as database:
            rows = database.execute("SELECT node FROM heartbeat ORDER BY at DESC").fetchall()
        return int(rows[0][0].rpartition(":")[2]) if rows else None

    def end(self, number=signal.SIGTERM):
        """Ask it to end; exit code and what it wrote to standard error."""
        self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, complaints


def children_of(parent):
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.add(int(entry.parent.name))
    return found


def eventually(condition):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    pytest.fail("it did not come about")


@contextmanager
def running(*arguments, home, **environment):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "GONGDAN_HOME": str(home),
            "GONGDAN_PORT": str(port),
            "GONGDAN_LOG_LEVEL": "WARNING",
            **{f"GONGDAN_{name}": value for name, value in environment.items()},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Server(process, port, home)
    try:
        eventually(lambda: process.poll() is not None or server.answers())
        if process.poll() is not None:
            pytest.fail(process.stderr.read())
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    assert gongdan("migrate", home=home).returncode == 0
    done = gongdan("create-admin", "boss", home=home, stdin="a long password\n")
    assert done.returncode == 0
    return home


def left_behind(home):
    return {path.name for path in home.iterdir()} - {"gongdan.db", "gongdan.db.lock"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_cleanly(number, home):
    with running("serve", "--worker", home=home) as server:
        assert eventually(lambda: server.answers("/readyz"))
        status, session = server.ask(
            "/api/v1/sessions", "POST", {"login": "boss", "password": "a long password"}
        )
        assert status == 201
        assert server.ask("/api/v1/units", token=session["token"])[0] == 200
        children = server.children
        assert len(children) == 3
        began = time.monotonic()
        code, complaints = server.end(number)
        assert time.monotonic() - began < 15
        assert code == 0
        assert complaints == f"gongdan: serving on http://127.0.0.1:{server.port}\n"
        assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert left_behind(home) == set()


def test_a_request_in_flight_is_finished(home):
    with running("serve", home=home, PROCESSES="1") as server:
        body = json.dumps({"login": "boss", "password": "a long password"}).encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
            head = (
                "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            line.sendall(head.encode() + body[:10])
            time.sleep(0.3)  # until the server has begun to read the request
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)  # until it has heard of the signal
            line.sendall(body[10:])
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert server.end()[0] == 0


def test_killed_children_are_replaced(home):
    with running("serve", "--worker", home=home) as server:
        eventually(lambda: server.metronome in server.children)
        first, metronome = server.children, server.metronome
        for child in first:
            os.kill(child, signal.SIGKILL)
        eventually(lambda: len(server.children) == 3 and not server.children & first)
        assert eventually(server.answers)
        assert eventually(lambda: server.metronome in server.children - {metronome})
        for child in server.children - {server.metronome}:
            os.kill(child, signal.SIGKILL)
        assert eventually(lambda: len(server.children) == 3 and server.answers())
        assert server.end()[0] == 0


def test_children_do_not_outlive_a_killed_parent(home):
    with running("serve", "--worker", home=home) as server:
        children = server.children
        server.process.kill()
        server.process.communicate(timeout=PATIENCE)
        eventually(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
        assert gongdan("serve", "--help", home=home).returncode == 0
    with running("serve", home=home) as again:
        assert again.end()[0] == 0


def test_web_processes_alone_are_alive_but_not_ready(home):
    with running("serve", home=home) as server:
        assert server.ask("/livez")[0] == 200
        status, document = server.ask("/readyz")
        assert status == 503
        assert [check["name"] for check in document["checks"] if not check["ok"]] == ["worker"]
        assert server.end()[0] == 0


def test_a_worker_alone_beats_and_ends(home):
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "worker"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "GONGDAN_HOME": str(home)},
    )
    server = Server(process, 0, home)
    eventually(lambda: server.metronome == process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
    assert left_behind(home) == set()


def test_the_product_runs_for_a_newcomer_and_starts_again_quickly(tmp_path):
    home = tmp_path / "home"
    with running("run", home=home) as server:
        session = server.ask(
            "/api/v1/sessions",
            "POST",
            {"login": operator.TYPICAL[0], "password": operator.PASSWORD},
        )[1]
        mine = server.ask("/api/v1/tasks?tab=mine", token=session["token"])[1]
        assert mine["items"]
        orders = server.ask("/api/v1/work-orders?limit=100", token=session["token"])[1]
        shown = welcome(server.process.stdout)
        assert f"http://127.0.0.1:{server.port}" in "".join(shown)
        assert all(login in "".join(shown) for login in operator.TYPICAL)
        assert [bool(answer["items"]) for answer in tried(shown)] == [True, True]
        code, complaints = server.end()
        assert code == 0
        assert "200 customers" in complaints
    assert left_behind(home) == set()
    before = used()
    with running("run", home=home) as server:
        again = server.ask("/api/v1/work-orders?limit=100", token=session["token"])[1]
        assert [order["number"] for order in again["items"]] == [
            order["number"] for order in orders["items"]
        ]
        assert server.end() == (0, "")
    assert used() - before < 5


def welcome(lines):
    """What the newcomer reads, up to the last of three lines to try."""
    shown = []
    for line in lines:
        shown.append(line)
        if sum("curl -s" in each for each in shown) == 3:
            return shown
    return shown


def tried(shown):
    """The documents that the lines print in a shell."""
    script = "".join(line for line in shown if "curl -s" in line)
    done = subprocess.run(
        ["/bin/sh", "-ec", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    decoder, text = json.JSONDecoder(), done.stdout.strip()
    while text:
        document, end = decoder.raw_decode(text)
        text = text[end:].strip()
        yield document


def used():
    """Processor time of all children that have ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
