"""Puts the product together; the only module that knows all adapters."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from engine.clock import SystemClock
from engine.dispatch import Dispatcher
from engine.errors import InvalidError
from engine.exporting import Exporter, ListWords
from engine.files import Files
from engine.identity import Identity
from engine.notify.mail import MailChannel, MailSettings
from engine.notify.webhook import AddressRules, WebhookChannel, WebhookSettings
from engine.ports.clocks import Clock
from engine.ports.forms import FormCatalogue
from engine.ports.outbound import Channel
from engine.relay import Relay
from engine.scheduler.metronome import Metronome
from engine.secrets import Argon2Secrets
from engine.settings import Settings
from engine.store import health
from engine.store.credentials import Credentials
from engine.store.database import Database
from engine.store.digests import Digests
from engine.store.exports import Exports
from engine.store.ledger import OutboundRule
from engine.store.library import StoredLibrary
from engine.store.outbox import Outbox
from engine.store.schema import check_schema
from engine.store.setup import SetupCache
from engine.workflow.kernel import SpiffKernel


class HomeError(InvalidError):
    """The data folder cannot be used."""

    code = "home_unusable"
    template = "Expected a writable data folder {home}, but {fact}."


class Application:
    """One running product: what the web server, the worker and the command line share."""

    def __init__(
        self,
        settings: Settings,
        *,
        forms: FormCatalogue,
        clock: Clock | None = None,
        secrets: Argon2Secrets | None = None,
        channels: dict[str, Channel] | None = None,
        lists: ListWords | None = None,
    ) -> None:
        learn_types()
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.secrets = secrets or Argon2Secrets()
        self.database = Database(settings.database_url, pool_size=settings.threads + 2)
        self.setups = SetupCache()
        self.channels = channels if channels is not None else _channels(settings, self.clock)
        self.kernel = SpiffKernel(StoredLibrary(self.database, self.setups))
        self.dispatcher = Dispatcher(
            database=self.database,
            setups=self.setups,
            kernel=self.kernel,
            forms=forms,
            secrets=self.secrets,
            clock=self.clock,
            outbound=_outbound(settings),
            mails="mail" in self.channels,
        )
        self.identity = Identity(
            credentials=Credentials(self.database, self.setups),
            dispatcher=self.dispatcher,
            secrets=self.secrets,
            clock=self.clock,
            session=timedelta(hours=settings.session_hours),
        )
        self.files = Files(settings.home / "files")
        self.outbox = Outbox(self.database)
        self.relay = Relay(outbox=self.outbox, channels=self.channels, clock=self.clock)
        self.digests = Digests(self.database, self.setups, self.clock)
        #: Files of lists people asked for, apart from attachments: they are thrown away.
        self.exported = Files(settings.home / "exports")
        exporter = None
        if lists is not None:
            exporter = Exporter(
                dispatcher=self.dispatcher,
                exports=Exports(self.database),
                files=self.exported,
                words=lists,
            )
        self.metronome = Metronome(
            self.dispatcher,
            self.relay,
            tick_seconds=settings.tick_seconds,
            files=self.files,
            digests=self.digests if "mail" in self.channels else None,
            exporter=exporter,
        )

    def check(self) -> None:
        """Refuse to run on a database of another version.

        Raises:
            SchemaError: It is older or newer than this program, or empty.
        """
        check_schema(self.database)

    def health(self) -> list[dict[str, Any]]:
        """Checks of readiness: name, whether it holds, and a sentence."""
        checks = health.checks(self.database, self.clock.now())
        free = shutil.disk_usage(self.settings.home).free
        checks.append(
            {
                "name": "disk",
                "ok": free > _LEAST_FREE,
                "detail": f"{free // 2**20} MiB free in the data folder",
            }
        )
        return checks

    def close(self) -> None:
        """Give back connections."""
        self.database.close()


_LEAST_FREE = 64 * 2**20


def prepare_home(settings: Settings) -> None:
    """Create the data folder and prove that it can be written.

    Raises:
        HomeError: It cannot.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o750)
        probe = settings.home / ".probe"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as exc:
        raise HomeError(home=settings.home, fact=exc.strerror or "it failed") from exc


def _channels(settings: Settings, clock: Clock) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    if settings.smtp_url and settings.mail_from:
        url = urlsplit(settings.smtp_url)
        options = parse_qs(url.query)
        is_tls = url.scheme == "smtps"
        starttls = options.get("starttls", ["0"])[0] == "1"
        name, sender = parseaddr(settings.mail_from)
        channels["mail"] = MailChannel(
            MailSettings(
                host=url.hostname or "localhost",
                port=url.port or (465 if is_tls else 25),
                sender=sender,
                sender_name=name or "gongdan",
                desk_url=(settings.desk_url or "").rstrip("/"),
                security="tls" if is_tls else "starttls" if starttls else "none",
                user=unquote(url.username) if url.username else None,
                password=unquote(url.password) if url.password else None,
            ),
            clock,
        )
    if settings.webhook_url and settings.webhook_secret:
        channels["webhook"] = WebhookChannel(
            WebhookSettings(
                secret=settings.webhook_secret.encode(),
                rules=AddressRules(
                    networks=settings.webhook_networks,
                    allow_plain=settings.webhook_url.startswith("http://"),
                ),
            ),
            clock,
        )
    return channels


def _outbound(settings: Settings) -> list[OutboundRule]:
    if not settings.webhook_url:
        return []
    return [
        OutboundRule(
            channel="webhook", recipient=settings.webhook_url, kinds=settings.webhook_events
        )
    ]


def describe(settings: Settings) -> dict[str, Any]:
    """Settings as they may be shown: without secrets."""
    shown: dict[str, Any] = msgspec.to_builtins(settings, builtin_types=(), enc_hook=str)
    for name in ("webhook_secret", "smtp_url"):
        if shown.get(name):
            shown[name] = "set"
    shown["database_url"] = shown["database_url"].split("@")[-1]
    return shown


def learn_types() -> None:
    """Let msgspec look at every struct while there is only one thread.

    It otherwise does so when it first meets one, and two threads that meet it at the same time
    crash the process (seen with msgspec 0.22). Structs it cannot read are never read.
    """
    for struct in _structs(msgspec.Struct):
        with contextlib.suppress(TypeError, NameError):
            msgspec.json.Decoder(struct)


def _structs(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in base.__subclasses__():
        yield struct
        yield from _structs(struct)
