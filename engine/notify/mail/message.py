"""From an outbound message to an e-mail that says nothing its author did not mean to say."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from engine.notify.mail import letter
from engine.ports.outbound import DeliveryError, OutboundMessage

_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_ATOM = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def compose(
    message: OutboundMessage, *, sender: Address, sent_at: datetime, desk_url: str = ""
) -> EmailMessage:
    """Make the e-mail. The same message always has the same Message-ID.

    Args:
        message: What to say to whom.
        sender: Whom it is from.
        sent_at: When it leaves.
        desk_url: Where links lead; empty for no links.

    Raises:
        DeliveryError: The address is not one mail address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = mailbox(message.address)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<{_local_part(message.event_id)}@{sender.domain}>"
    # Keeps out-of-office robots from answering a robot. Source: RFC 3834, section 5.
    mail["Auto-Submitted"] = "auto-generated"
    # Lets people sort what we send, and robots and mail programs offer the way to the choices.
    # Source: RFC 2919; RFC 2369, section 3.2.
    mail["List-Id"] = f"<notices.{sender.domain}>"
    if desk_url:
        mail["List-Unsubscribe"] = f"<{desk_url}{letter.CHOICES}>"
    if message.passages:
        mail.set_content(letter.written(message, desk_url))
        mail.add_alternative(letter.drawn(message, desk_url), subtype="html")
    else:
        mail.set_content(message.text)
    if message.language in _LANGUAGES:
        mail["Content-Language"] = _LANGUAGES[message.language]
    return mail


def mailbox(text: str) -> Address:
    """One mail address, nothing around it.

    Raises:
        DeliveryError: It is something else, such as two addresses or a line break.
    """
    try:
        address = Address(addr_spec=text)
        text.encode("ascii")
    except (ValueError, IndexError, MessageError) as error:
        raise DeliveryError("The address is not one mail address.", retry=False) from error
    if not address.domain or address.addr_spec != text:
        raise DeliveryError("The address is not one mail address.", retry=False)
    return address


def one_line(text: str) -> str:
    """The text without control characters, so that it stays in its header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _local_part(event_id: str) -> str:
    if _ATOM.fullmatch(event_id):
        return event_id
    return hashlib.sha256(event_id.encode()).hexdigest()
