"""The command line: ``gongdan``. One clear line on standard error for everything refused."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec
from typing_extensions import override

from api import installation
from api.children import ChildEndedError, apart
from api.demonstration.operator import PASSWORD, TYPICAL, by_login
from api.serve import check_port, serve, url
from api.worker import work
from engine import __version__
from engine.bootstrap import HomeError, describe
from engine.errors import EngineError, UnavailableError
from engine.handlers.definitions import DeploymentRefusedError
from engine.settings import SettingError, Settings, read_settings

#: Exit codes, see ``docs/operations.md``.
DONE, REFUSED, USAGE, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 130

Command = Callable[[Settings, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        return _run(arguments)
    except EngineError as refusal:
        _complain(refusal)
        return _code(refusal)
    except ChildEndedError as ended:
        _say(str(ended))
        return REFUSED
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _run(arguments: Sequence[str] | None) -> int:
    given = _parser().parse_args(arguments)
    settings = read_settings(os.environ)
    command: Command = given.command
    return command(settings, given)


def _code(refusal: EngineError) -> int:
    if isinstance(refusal, SettingError):
        return USAGE
    if isinstance(refusal, UnavailableError | HomeError):
        return UNAVAILABLE
    return REFUSED


def _say(text: str) -> None:
    print(f"gongdan: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the command line


def _show(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command line


def _complain(refusal: EngineError) -> None:
    _say(" ".join(str(refusal).split()))
    if isinstance(refusal, DeploymentRefusedError):
        findings: Any = refusal.params["findings"]
        for finding in findings:
            where = f"{finding['file']} {finding['element_id'] or ''}".strip()
            _say(f"{finding['severity']}: {where}: {finding['message']} ({finding['code']})")


# ---- commands -------------------------------------------------------------------------------


def _run_product(settings: Settings, _given: argparse.Namespace) -> int:
    check_port(settings)
    is_demonstration = apart(installation.prepare, settings, _say)
    apart(installation.check, settings)
    return _serve_until_asked(
        settings, with_worker=True, announce=lambda: _welcome(settings, is_demonstration)
    )


def _serve(settings: Settings, given: argparse.Namespace) -> int:
    check_port(settings)
    apart(installation.check, settings)
    return _serve_until_asked(
        settings,
        with_worker=given.worker,
        announce=lambda: _say(f"serving on {url(settings)}"),
    )


def _serve_until_asked(settings: Settings, **options: Any) -> int:
    return DONE if serve(settings, **options) else REFUSED


def _work(settings: Settings, _given: argparse.Namespace) -> int:
    installation.check(settings)
    work(settings)
    return DONE


def _migrate(settings: Settings, _given: argparse.Namespace) -> int:
    installation.migrate(settings)
    return DONE


def _deploy(settings: Settings, given: argparse.Namespace) -> int:
    for published in installation.deploy(settings, given.path).definitions:
        state = "published" if published.is_new else "unchanged"
        _show(f"{published.key} version {published.version} {state}")
    return DONE


def _check_config(settings: Settings, _given: argparse.Namespace) -> int:
    for name, value in describe(settings).items():
        _show(f"{name} = {msgspec.json.encode(value, enc_hook=str).decode()}")
    return DONE


def _load_demo(settings: Settings, _given: argparse.Namespace) -> int:
    installation.load_demonstration(settings, _say)
    return DONE


def _create_admin(settings: Settings, given: argparse.Namespace) -> int:
    if sys.stdin.isatty():
        password = getpass.getpass(f"Password for {given.login}: ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    installation.create_administrator(settings, given.login, password)
    return DONE


def _rebuild(settings: Settings, given: argparse.Namespace) -> int:
    if given.check:
        differences = installation.differences(settings)
        for difference in differences:
            _say(difference)
        return REFUSED if differences else DONE
    installation.rebuild(settings)
    return DONE


def _openapi(settings: Settings, _given: argparse.Namespace) -> int:
    _show(installation.openapi(settings))
    return DONE


def _welcome(settings: Settings, is_demonstration: bool) -> None:
    _show(f"\nServing on {url(settings)}, API at {url(settings)}/docs. Ctrl-C ends it.")
    if is_demonstration:
        _show(_guide(url(settings)))


def _guide(base: str) -> str:
    people = [by_login(login) for login in TYPICAL]
    logins = "\n".join(
        f"  {member.login:<12} {member.name}  {member.task[0]} {member.task[1]}, {member.branch}"
        for member in people
    )
    login = TYPICAL[0]
    return f"""
The data is a demonstration; the operator, its people and customers are invented (演示数据).
Everybody's password is {PASSWORD}:
{logins}

Try:
TOKEN=$(curl -s {base}/api/v1/sessions -H 'Content-Type: application/json' \
-d '{{"login":"{login}","password":"{PASSWORD}"}}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
curl -s '{base}/api/v1/tasks?tab=mine' -H "Authorization: Bearer $TOKEN"
curl -s '{base}/api/v1/work-orders?is_overdue=true' -H "Authorization: Bearer $TOKEN"
"""


# ---- arguments ------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    @override
    def error(self, message: str) -> NoReturn:
        _say(f"{message}; see {self.prog} --help")
        sys.exit(USAGE)


_DESCRIPTION: Final = (
    "Work-order desk of a telecom operator's enterprise-customer centre. "
    "Settings are environment variables GONGDAN_*, see docs/operations.md."
)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="gongdan", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"gongdan {__version__}")
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    run = parsers.add_parser("run", help="everything, with demonstration data if it is empty")
    run.set_defaults(command=_run_product)
    web = parsers.add_parser("serve", help="web processes on a migrated database")
    web.add_argument("--worker", action="store_true", help="and a metronome beside them")
    web.set_defaults(command=_serve)
    worker = parsers.add_parser("worker", help="a metronome: timers, escalations, messages")
    worker.set_defaults(command=_work)
    migrate = parsers.add_parser("migrate", help="bring the database to this program's schema")
    migrate.set_defaults(command=_migrate)
    deploy = parsers.add_parser("deploy", help="publish diagrams, decisions and forms")
    deploy.add_argument("path", nargs="+", type=Path, help="a file, or a folder of files")
    deploy.set_defaults(command=_deploy)
    config = parsers.add_parser("check-config", help="show the settings, without secrets")
    config.set_defaults(command=_check_config)
    demo = parsers.add_parser("load-demo", help="load demonstration data into an empty database")
    demo.set_defaults(command=_load_demo)
    admin = parsers.add_parser("create-admin", help="set up an empty installation")
    admin.add_argument("login", help="of the administrator; the password is asked for")
    admin.set_defaults(command=_create_admin)
    rebuild = parsers.add_parser("rebuild", help="make projections anew from the history")
    rebuild.add_argument("--check", action="store_true", help="only compare; 1 if they differ")
    rebuild.set_defaults(command=_rebuild)
    openapi = parsers.add_parser("openapi", help="print the OpenAPI document")
    openapi.set_defaults(command=_openapi)
    return parser


if __name__ == "__main__":
    sys.exit(main())
