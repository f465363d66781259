"""``gongdan run``: everything for one machine."""

from __future__ import annotations

import argparse
from typing import Final

from api import installation
from api.children import apart
from api.commands.environment import current_settings
from api.commands.serve import until_asked
from api.demonstration.operator import PASSWORD, TYPICAL, by_login
from api.serve import check_port, url
from api.terminal import say, show
from engine.settings import Settings

_GUIDE: Final = """
The data is a demonstration; the operator, its people and customers are invented (演示数据).
Everybody's password is {password}:
{logins}

Try:
TOKEN=$(curl -s {base}/api/v1/sessions -H 'Content-Type: application/json' \
-d '{{"login":"{login}","password":"{password}"}}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
curl -s '{base}/api/v1/tasks?tab=mine' -H "Authorization: Bearer $TOKEN"
curl -s '{base}/api/v1/work-orders?is_overdue=true' -H "Authorization: Bearer $TOKEN"
"""


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Migrate, load the demonstration into an empty installation, serve with a metronome."""
    settings = current_settings()
    check_port(settings)
    is_demonstration = apart(installation.prepare, settings, say)
    apart(installation.check, settings)
    return until_asked(
        settings, with_worker=True, announce=lambda: _welcome(settings, is_demonstration)
    )


def _welcome(settings: Settings, is_demonstration: bool) -> None:
    show(f"\nServing on {url(settings)}, API at {url(settings)}/docs. Ctrl-C ends it.")
    if is_demonstration:
        show(_guide(url(settings)))


def _guide(base: str) -> str:
    people = [by_login(login) for login in TYPICAL]
    logins = "\n".join(
        f"  {member.login:<12} {member.name}  {member.task[0]} {member.task[1]}, {member.branch}"
        for member in people
    )
    return _GUIDE.format(password=PASSWORD, logins=logins, login=TYPICAL[0], base=base)
