"""How a receiver knows that a message is ours, and how old it is."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime


def endpoint_secret(master: bytes, url: str) -> str:
    """Secret shared with the receiver at a URL.

    Derived, so that nothing has to be stored, and no receiver can sign messages to another.

    Args:
        master: Secret of the installation.
        url: The address as registered, to the letter.
    """
    return hmac.new(master, b"webhook:" + url.encode(), hashlib.sha256).hexdigest()


def sign(secret: str, body: bytes, *, sent_at: datetime) -> str:
    """Value of the header ``Gongdan-Signature``: ``t=<Unix seconds>,v1=<hex>``.

    ``v1`` is the HMAC-SHA256 of the seconds, a dot and the body. A receiver compares it in
    constant time and refuses what is older than a few minutes.
    """
    seconds = int(sent_at.timestamp())
    signed = b"%d." % seconds + body
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
