"""The command line: ``gongdan``. One clear line on standard error for everything refused.

Only the module of the chosen command is imported, so that a check of a diagram does not wait for
a web server and a database driver.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final, NoReturn

from typing_extensions import override

from api.children import ChildEndedError
from api.terminal import DONE, INTERRUPTED, REFUSED, UNAVAILABLE, USAGE, UsageError, say
from engine import __version__
from engine.errors import EngineError, UnavailableError

#: Commands with what they do; each is a module of `api.commands` with ``arguments`` and ``run``.
COMMANDS: Final = {
    "run": "everything, with demonstration data if it is empty",
    "serve": "web processes on a migrated database",
    "worker": "a metronome: timers, escalations, messages",
    "migrate": "bring the database to this program's schema",
    "deploy": "publish diagrams, decisions and forms",
    "check": "say everything about diagrams, decisions and forms before they are published",
    "trial": "work a diagram through in virtual time, without publishing it",
    "test": "run the model tests beside diagrams",
    "rules": "print the rules about diagrams as a page",
    "check-config": "show the settings, without secrets",
    "load-demo": "load demonstration data into an empty database",
    "create-admin": "set up an empty installation",
    "rebuild": "make projections anew from the history",
    "openapi": "print the OpenAPI document",
}
_DESCRIPTION: Final = (
    "Work-order desk of a telecom operator's enterprise-customer centre. "
    "Settings are environment variables GONGDAN_*, see docs/operations.md."
)
#: Codes of refusals that are about the command's surroundings, not about its content.
_SETTING: Final = "setting_invalid"
_HOME: Final = "home_unusable"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names in diagrams are Chinese; a terminal that cannot show them is no reason to fail.
        sys.stdout.reconfigure(errors="replace")
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as wrong:
        say(str(wrong))
        return USAGE
    except EngineError as refusal:
        say(" ".join(str(refusal).split()))
        return _code(refusal)
    except ChildEndedError as ended:
        say(str(ended))
        return REFUSED
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _run(arguments: Sequence[str]) -> int:
    parser = _Parser(prog="gongdan", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"gongdan {__version__}")
    parsers = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    chosen = next((word for word in arguments if not word.startswith("-")), "")
    module: ModuleType | None = None
    for command, told in COMMANDS.items():
        own = parsers.add_parser(command, help=told, description=told)
        if command == chosen:
            module = importlib.import_module(f"api.commands.{command.replace('-', '_')}")
            module.arguments(own)
    given = parser.parse_args(arguments)
    if module is None:
        parser.error(f"unknown command {chosen!r}")
    return int(module.run(given))


def _code(refusal: EngineError) -> int:
    if refusal.code == _SETTING:
        return USAGE
    if isinstance(refusal, UnavailableError) or refusal.code == _HOME:
        return UNAVAILABLE
    return REFUSED


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    @override
    def error(self, message: str) -> NoReturn:
        say(f"{message}; see {self.prog} --help")
        sys.exit(USAGE)


if __name__ == "__main__":
    sys.exit(main())
