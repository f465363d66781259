"""Settings: environment variables ``GONGDAN_*``, checked once at start.

Every variable is described in `docs/operations.md`. An unknown one is an error, so that a typing
mistake cannot go unnoticed.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from engine.domain.facts import KINDS
from engine.errors import InvalidError

PREFIX = "GONGDAN_"


class SettingError(InvalidError):
    """A setting is missing, wrong or contradicts another."""

    code = "setting_invalid"
    template = "Expected {name} to be {expected}, but {fact}."


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings.

    Attributes:
        home: Data folder: the SQLite database and attached files.
        database_url: SQLAlchemy URL; SQLite in ``home`` unless given.
        host, port: Where the server listens.
        processes, threads: Web worker processes, and threads in each.
        tick_seconds: Pause between looks for due timers.
        upload_bytes: Largest attached file. body_bytes: largest other request body.
        session_hours: Life of a session token.
        smtp_url: ``smtp://[user:password@]host[:port]``; ``smtps://`` or ``?starttls=1`` for TLS.
        desk_url: Where people open the desk, for links in mails.
        webhook_events: Kinds of facts to send; empty for all.
        webhook_networks: Private networks the webhook may be in.
    """

    home: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 2
    threads: int = 4
    tick_seconds: float = 0.5
    upload_bytes: int = 20 * 1024 * 1024
    body_bytes: int = 1024 * 1024
    session_hours: int = 12
    log_level: str = "INFO"
    smtp_url: str | None = None
    mail_from: str | None = None
    desk_url: str | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    webhook_events: frozenset[str] = frozenset()
    webhook_networks: tuple[str, ...] = ()


def _integer(least: int, most: int) -> Callable[[str, str], int]:
    def parse(name: str, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise SettingError(
                name=name, expected=f"a whole number from {least} to {most}", fact=f"got {text!r}"
            )
        return value

    return parse


def _seconds(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0.05 <= value <= 60:  # noqa: PLR2004 - bounds of a sensible tick
        raise SettingError(name=name, expected="seconds from 0.05 to 60", fact=f"got {text!r}")
    return value


def _text(_name: str, text: str) -> str:
    return text


def _networks(name: str, text: str) -> tuple[str, ...]:
    networks = tuple(part.strip() for part in text.split(",") if part.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise SettingError(
                name=name, expected="networks such as 10.1.2.0/24", fact=f"got {network!r}"
            ) from None
    return networks


def _level(name: str, text: str) -> str:
    known = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in known:
        raise SettingError(name=name, expected=f"one of {', '.join(known)}", fact=f"got {text!r}")
    return text.upper()


def _kinds(name: str, text: str) -> frozenset[str]:
    wanted = frozenset(kind.strip() for kind in text.split(",") if kind.strip())
    unknown = sorted(wanted - set(KINDS.values()))
    if unknown:
        raise SettingError(
            name=name, expected="kinds of facts such as task.opened", fact=f"got {unknown[0]!r}"
        )
    return wanted


def _address(name: str, text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]):
        raise SettingError(name=name, expected="a mail address", fact=f"got {text!r}")
    return text


def _megabytes(name: str, text: str) -> int:
    return _integer(1, 1000)(name, text) * 1024 * 1024


def _split(text: str) -> SplitResult | None:
    """Parts of a URL; None if its brackets or port are wrong. It may hold a password."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _url(*schemes: str) -> Callable[[str, str], str]:
    def parse(name: str, text: str) -> str:
        parts = _split(text)
        if parts is None or parts.scheme not in schemes or not parts.hostname:
            raise SettingError(
                name=name,
                expected=f"a URL with {' or '.join(schemes)}",
                fact=f"it starts with {text.split(':', maxsplit=1)[0]!r}"
                if parts is not None and parts.scheme not in schemes
                else "it names no host, or a wrong port",
            )
        return text

    return parse


def _database(name: str, text: str) -> str:
    if text.startswith("sqlite:////"):
        return text
    if text.startswith(("postgresql://", "postgresql+psycopg://")):
        if _split(text) is None:
            raise SettingError(
                name=name, expected="a URL with a port from 0 to 65535", fact="it is wrong"
            )
        return "postgresql+psycopg://" + text.partition("://")[2]
    raise SettingError(
        name=name,
        expected="postgresql://… or sqlite:////absolute/path",
        fact=f"it starts with {text.split(':', maxsplit=1)[0]!r}",
    )


#: Name without prefix to (field, parser).
_KNOWN: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "HOME": ("home", _text),
    "DATABASE_URL": ("database_url", _database),
    "HOST": ("host", _text),
    "PORT": ("port", _integer(1, 65535)),
    "PROCESSES": ("processes", _integer(1, 64)),
    "THREADS": ("threads", _integer(1, 64)),
    "TICK_SECONDS": ("tick_seconds", _seconds),
    "MAX_UPLOAD_MB": ("upload_bytes", _megabytes),
    "MAX_BODY_MB": ("body_bytes", _megabytes),
    "SESSION_HOURS": ("session_hours", _integer(1, 24 * 31)),
    "LOG_LEVEL": ("log_level", _level),
    "SMTP_URL": ("smtp_url", _url("smtp", "smtps")),
    "MAIL_FROM": ("mail_from", _address),
    "DESK_URL": ("desk_url", _url("http", "https")),
    "WEBHOOK_URL": ("webhook_url", _url("http", "https")),
    "WEBHOOK_SECRET": ("webhook_secret", _text),
    "WEBHOOK_EVENTS": ("webhook_events", _kinds),
    "WEBHOOK_NETWORKS": ("webhook_networks", _networks),
}

#: Names of all settings as they stand in the environment.
NAMES = tuple(PREFIX + name for name in _KNOWN)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment.

    Raises:
        SettingError: A variable is unknown, wrong or contradicts another.
    """
    values: dict[str, Any] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        known = _KNOWN.get(name.removeprefix(PREFIX))
        if known is None:
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingError(name=name, expected="a known setting", fact=f"it is not{hint}")
        field, parse = known
        if text.strip():
            values[field] = parse(name, text.strip())
    home = Path(values.pop("home", "var")).expanduser().absolute()
    values.setdefault("database_url", f"sqlite:///{home}/gongdan.db")
    settings = Settings(home=home, **values)
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    if settings.webhook_url and not settings.webhook_secret:
        raise SettingError(
            name="GONGDAN_WEBHOOK_SECRET",
            expected="set, as GONGDAN_WEBHOOK_URL is",
            fact="it is missing",
        )
    if settings.webhook_secret and not settings.webhook_url:
        raise SettingError(
            name="GONGDAN_WEBHOOK_URL",
            expected="set, as GONGDAN_WEBHOOK_SECRET is",
            fact="it is missing",
        )
    if settings.webhook_secret and len(settings.webhook_secret) < 16:  # noqa: PLR2004
        raise SettingError(
            name="GONGDAN_WEBHOOK_SECRET",
            expected="at least 16 characters",
            fact=f"it has {len(settings.webhook_secret)}",
        )
    if settings.smtp_url and not settings.mail_from:
        raise SettingError(
            name="GONGDAN_MAIL_FROM",
            expected="set, as GONGDAN_SMTP_URL is",
            fact="it is missing",
        )
