"""``gongdan create-admin``: an empty installation set up."""

from __future__ import annotations

import argparse
import getpass
import sys

from api import installation
from api.commands.environment import current_settings
from api.terminal import DONE


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who it is."""
    parser.add_argument("login", help="of the administrator; the password is asked for")


def run(given: argparse.Namespace) -> int:
    """Read the password from the terminal or from standard input, and set up."""
    settings = current_settings()
    if sys.stdin.isatty():
        password = getpass.getpass(f"Password for {given.login}: ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    installation.create_administrator(settings, given.login, password)
    return DONE
