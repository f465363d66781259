"""The SMTP conversation. The only place that imports smtplib."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

import msgspec

from engine.notify.mail.message import compose, mailbox
from engine.ports.clocks import Clock
from engine.ports.outbound import DeliveryError, OutboundMessage

_PERMANENT = range(500, 600)


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the mail server.

    Attributes:
        sender: Mail address the messages come from.
        sender_name: Name shown next to it.
        desk_url: Where people open the desk, without a slash at the end; empty for no links.
        security: ``tls`` from the first byte, ``starttls`` or, for a server on the same machine
            only, ``none``. There is no silent fall-back to less.
        user, password: Login, both or none.
        ca_file: Certificates to trust instead of those of the system.
        timeout_seconds: For each answer of the server.
    """

    host: str
    port: int
    sender: str
    sender_name: str = "gongdan"
    desk_url: str = ""
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    timeout_seconds: float = 20.0


class MailChannel:
    """Implements `engine.ports.outbound.Channel`: one connection per message."""

    def __init__(self, settings: MailSettings, clock: Clock) -> None:
        """Prepare the channel; nothing is connected yet.

        Raises:
            DeliveryError: The sender is not a mail address.
            OSError: ``ca_file`` cannot be read.
        """
        self._settings = settings
        self._clock = clock
        own = mailbox(settings.sender)
        self._sender = Address(settings.sender_name, own.username, own.domain)
        self._tls = ssl.create_default_context(cafile=settings.ca_file)

    def deliver(self, message: OutboundMessage) -> None:
        """See `engine.ports.outbound.Channel`."""
        mail = compose(
            message,
            sender=self._sender,
            sent_at=self._clock.now(),
            desk_url=self._settings.desk_url,
        )
        try:
            self._send(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refused(code, text) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            # The server, the network or our login: not the fault of this message.
            raise DeliveryError(f"The mail server failed: {error}", retry=True) from error

    def _send(self, mail: EmailMessage) -> None:
        server = self._connect()
        try:
            if self._settings.security == "starttls":
                server.starttls(context=self._tls)
            if self._settings.user is not None:
                server.login(self._settings.user, self._settings.password or "")
            server.send_message(mail)
        finally:
            # The server has answered for the message; a clumsy farewell does not undo that.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        # Naming ourselves keeps smtplib from asking the name service for our own name.
        name, timeout = self._sender.domain, settings.timeout_seconds
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host, settings.port, name, timeout=timeout, context=self._tls
            )
        return smtplib.SMTP(settings.host, settings.port, name, timeout=timeout)


def _refused(code: int, text: bytes | str) -> DeliveryError:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return DeliveryError(f"The mail server answered {code} {shown}", retry=code not in _PERMANENT)
