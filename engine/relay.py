"""Delivers the outbox through the channels; at least once, with the event id as the key."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.notify.backoff import Backoff, next_attempt
from engine.ports.clocks import Clock
from engine.ports.outbound import Channel, DeliveryError, OutboundMessage, Passage
from engine.store.outbox import LEASE, Outbox, Parcel

_log = logging.getLogger(__name__)
_UNFORESEEN = "Expected the channel to deliver or to refuse, but it broke; see the log."


class Relay:
    """Works through due messages of all channels."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        clock: Clock,
        backoff: Backoff | None = None,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._clock = clock
        self._backoff = backoff or Backoff()

    def tick(self, limit: int = 50) -> int:
        """Deliver what is due; number of messages tried.

        Stops well before the lease on what was taken ends, so that nobody else delivers the same
        message meanwhile; the rest waits for the end of the lease.
        """
        taken_at = self._clock.now()
        delivered, tried = [], 0
        for parcel in self._outbox.take(taken_at, limit):
            if self._clock.now() - taken_at >= LEASE / 2:
                break
            tried += 1
            try:
                self._deliver(parcel)
            except DeliveryError as error:
                self._put_back(parcel, error)
            except Exception:  # noqa: BLE001 - logged; one broken message must not stop the rest
                _log.exception("message %s broke its channel", parcel.event_id)
                self._put_back(parcel, DeliveryError(_UNFORESEEN, retry=True))
            else:
                delivered.append(parcel.id)
        self._outbox.delivered(delivered)
        return tried

    def _deliver(self, parcel: Parcel) -> None:
        channel = self._channels.get(parcel.channel)
        if channel is None:
            reason = f"Expected a channel {parcel.channel}, but it is not configured."
            raise DeliveryError(reason, retry=True)
        content: dict[str, Any] = parcel.content
        channel.deliver(
            OutboundMessage(
                event_id=parcel.event_id,
                kind=parcel.kind,
                address=parcel.recipient,
                subject=content.get("subject", parcel.kind),
                text=content.get("text", ""),
                passages=msgspec.convert(content.get("passages", ()), tuple[Passage, ...]),
                payload=content.get("payload", content),
                language=content.get("language", "en"),
            )
        )

    def _put_back(self, parcel: Parcel, error: DeliveryError) -> None:
        now = self._clock.now()
        again = next_attempt(
            self._backoff,
            failures=parcel.attempts + 1,
            failed_at=now,
            retry=error.retry,
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
        )
        _log.warning("message %s was not delivered: %s", parcel.event_id, error.reason)
        self._outbox.failed(parcel, error.reason, next_attempt_at=again, now=now)
