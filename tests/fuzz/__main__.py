"""Fuzz the whole API as three people; run by ``make fuzz``.

An installation with work in every state is served on loopback; schemathesis, in an environment of
its own, reads the OpenAPI document and attacks every operation. It fails on any server error
(503 counts), undeclared status or content type, and any answer that breaks its schema.
"""

from __future__ import annotations

import argparse
import collections
import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import make_server

from api.app import create_app
from tests.fuzz.world import PEOPLE, World, build

LEAST_REQUESTS: Final = 5_000
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
)
#: Operations that would end the run for the person: they are attacked alone, at the end.
ALONE: Final = ("sessions.sign_in", "sessions.revoke_token")
#: Says 503 on purpose while no timer thread runs.
NEVER: Final = ("probes.ready",)


class Tally:
    """WSGI middleware that counts what was answered, and keeps what must not leave."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._lock = threading.Lock()
        self.statuses: collections.Counter[int] = collections.Counter()
        self.faults: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        def begin(status: str, headers: Any, exc_info: Any = None) -> Any:
            code = int(status[:3])
            with self._lock:
                self.statuses[code] += 1
                if code >= 500:
                    what = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
                    self.faults.append(f"{code} {what}")
            return start_response(status, headers, exc_info)

        return self._app(environ, begin)


def main() -> int:
    """Attack as all people at once; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemathesis", required=True, help="the program to run")
    parser.add_argument("--examples", type=int, default=5, help="per operation")
    parser.add_argument("--seed", type=int, default=20260131)
    parser.add_argument("--database", help="URL of an empty database; SQLite without")
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        world = build(Path(folder), options.database)
        tally = Tally(create_app(world.app).wsgi_app)
        server = make_server("127.0.0.1", 0, tally, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        schema = Path(folder) / "openapi.json"
        schema.write_text(json.dumps(world.hinted()), "utf-8")
        begun = time.monotonic()
        attacking = partial(attack, options, world, schema, server.server_port)
        with ThreadPoolExecutor(len(PEOPLE)) as pool:
            found_nothing = all([*pool.map(attacking, PEOPLE)])
        server.shutdown()
        world.app.close()
    requests = sum(tally.statuses.values())
    print(f"\n{requests} requests as {len(PEOPLE)} people in {time.monotonic() - begun:.0f} s")
    print("  ".join(f"{status}: {count}" for status, count in sorted(tally.statuses.items())))
    for fault in sorted(set(tally.faults)):
        print("server fault:", fault)
    if requests < LEAST_REQUESTS:
        print(f"Expected at least {LEAST_REQUESTS} requests, but there were {requests}.")
        return 1
    return 0 if found_nothing and not tally.faults else 1


def attack(options: argparse.Namespace, world: World, schema: Path, port: int, login: str) -> bool:
    """Everything as one person, then what ends the session; whether nothing was found."""
    everything = [f"--exclude-operation-id={name}" for name in (*ALONE, *NEVER)]
    alone = [f"--include-operation-id={name}" for name in ALONE]
    runs = [
        run(options, schema, port, world.token(login), chosen) for chosen in (everything, alone)
    ]
    for done in runs:
        print(f"\n=== {login} ===\n{done.stdout}{done.stderr}", flush=True)
    return not any(done.returncode for done in runs)


def run(
    options: argparse.Namespace, schema: Path, port: int, token: str, chosen: list[str]
) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis; it ends with 0 if it found nothing."""
    command = [
        str(Path(options.schemathesis).absolute()), "run", str(schema),
        f"--url=http://127.0.0.1:{port}", f"--header=Authorization: Bearer {token}",
        f"--checks={','.join(CHECKS)}", "--phases=examples,coverage,fuzzing",
        f"--max-examples={options.examples}", f"--seed={options.seed}", "--workers=1",
        "--warnings=off", "--continue-on-failure", "--suppress-health-check=all",
        "--request-timeout=60", "--no-color", *chosen,
    ]  # fmt: skip
    return subprocess.run(command, check=False, cwd=schema.parent, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main())
