"""What leaves the house, and by what."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a message to people.

    Attributes:
        heading: What it is about, such as number and title of an order.
        lines: What there is to say.
        path: Where at the desk it can be seen, such as ``/orders/5``; empty for nowhere.
    """

    heading: str = ""
    lines: tuple[str, ...] = ()
    path: str = ""


class OutboundMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way out of the outbox.

    Attributes:
        event_id: Stable over all attempts; the receiver recognises a repetition by it.
        kind: Stable word for what it is about, e.g. ``task.escalated``.
        address: Where to, in the form of the channel (mail address, URL).
        subject: One line.
        text: Plain text for people, where there are no passages.
        passages: What a letter says, part by part.
        payload: The facts for machines, JSON-ready.
        language: Language of subject and text, ``zh`` or ``en``.
    """

    event_id: str
    kind: str
    address: str
    subject: str
    text: str = ""
    passages: tuple[Passage, ...] = ()
    payload: dict[str, Any] = {}
    language: str = "zh"


class DeliveryError(Exception):
    """A message was not delivered, as far as one can know.

    Attributes:
        reason: One sentence for the operator; no secret in it.
        retry: Whether a later attempt with the same message may succeed.
    """

    def __init__(self, reason: str, *, retry: bool) -> None:
        self.reason = reason
        self.retry = retry
        super().__init__(reason)


class Channel(Protocol):
    """A way to the outside. Shared by threads; called outside of transactions."""

    def deliver(self, message: OutboundMessage) -> None:
        """Hand a message over; returns when the other side has taken responsibility for it.

        Raises:
            DeliveryError: It has not, or nobody knows; the caller decides about another attempt.
        """
        ...
