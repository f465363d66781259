"""The HTTP conversation. The only place that connects to the outside over HTTP.

urllib3 and not httpx: its connection object takes the address to connect to and the name to
verify separately, follows no redirect, reads no proxy settings, and brings no dependency.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer

import msgspec
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from engine.notify.webhook.address import (
    Address,
    AddressRefusedError,
    AddressRules,
    Target,
    check_resolved,
    parse_target,
    resolve,
)
from engine.notify.webhook.signature import endpoint_secret, sign
from engine.ports.clocks import Clock
from engine.ports.outbound import DeliveryError, OutboundMessage

Resolver = Callable[[str, int], list[Address]]

_SUCCESS = range(200, 300)
_SERVER_FAULT = range(500, 600)
#: Client faults that pass: request timeout, too early, too many requests.
_PASSING = frozenset({408, 425, 429})
#: Each may take the whole time-out, and the owner of the name decides how many there are.
_MOST_ADDRESSES = 3


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How webhooks are called.

    Attributes:
        secret: Secret of the installation; each endpoint gets its own, derived from it.
        rules: What may be called.
        ca_file: Certificates to trust instead of those of the system.
        timeout_seconds: For connecting and for each answer.
        total_seconds: For one delivery in all, so that a slow drip cannot hold a worker.
    """

    secret: bytes
    rules: AddressRules = AddressRules()
    ca_file: str | None = None
    timeout_seconds: float = 10.0
    total_seconds: float = 30.0


class WebhookChannel:
    """Implements `engine.ports.outbound.Channel`: one POST per message; any 2xx takes it."""

    def __init__(
        self, settings: WebhookSettings, clock: Clock, resolver: Resolver = resolve
    ) -> None:
        """Prepare the channel; nothing is connected yet.

        Raises:
            OSError: ``ca_file`` cannot be read.
        """
        self._settings = settings
        self._clock = clock
        self._resolve = resolver
        self._tls = ssl.create_default_context(cafile=settings.ca_file)

    def deliver(self, message: OutboundMessage) -> None:
        """See `engine.ports.outbound.Channel`."""
        try:
            target = parse_target(message.address, self._settings.rules)
            status = self._post(target, message)
        except AddressRefusedError as error:
            raise DeliveryError(str(error), retry=False) from error
        except (OSError, HTTPError) as error:
            raise DeliveryError(f"The webhook could not be called: {error}", retry=True) from error
        except ValueError as error:
            # A host or a header that cannot be written down.
            raise DeliveryError(f"The webhook cannot be called: {error}", retry=False) from error
        if status not in _SUCCESS:
            passes = status in _SERVER_FAULT or status in _PASSING
            raise DeliveryError(f"The webhook answered {status}.", retry=passes)

    def _post(self, target: Target, message: OutboundMessage) -> int:
        body = msgspec.json.encode(
            {
                "event_id": message.event_id,
                "kind": message.kind,
                "language": message.language,
                "subject": message.subject,
                "text": message.text,
                "payload": message.payload,
            }
        )
        secret = endpoint_secret(self._settings.secret, message.address)
        headers = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "User-Agent": "gongdan",
            "Connection": "close",
            "Gongdan-Event-Id": message.event_id,
            "Gongdan-Signature": sign(secret, body, sent_at=self._clock.now()),
        }
        with self._connected(target) as connection, self._bounded(connection):
            connection.request("POST", target.path, body, headers, preload_content=False)
            return connection.getresponse().status

    @contextmanager
    def _connected(self, target: Target) -> Iterator[HTTPConnection]:
        """A connection to the very address that was checked, whatever the name says later."""
        addresses = self._resolve(target.host, target.port)
        check_resolved(addresses, self._settings.rules)
        failure: Exception = OSError(f"{target.host} has no address")
        for address in addresses[:_MOST_ADDRESSES]:
            connection = self._connection(target, str(address))
            try:
                connection.connect()
            except (OSError, HTTPError) as error:
                connection.close()
                failure = error
                continue
            try:
                yield connection
            finally:
                connection.close()
            return
        raise failure

    def _connection(self, target: Target, address: str) -> HTTPConnection:
        timeout = self._settings.timeout_seconds
        if not target.is_tls:
            return HTTPConnection(address, target.port, timeout=timeout)
        return HTTPSConnection(
            address,
            target.port,
            timeout=timeout,
            ssl_context=self._tls,
            server_hostname=target.host,
        )

    @contextmanager
    def _bounded(self, connection: HTTPConnection) -> Iterator[None]:
        """Cut the connection when the whole exchange takes too long."""
        is_late = Event()

        def cut() -> None:
            is_late.set()
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

        timer = Timer(self._settings.total_seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        # What was read before the cut may look like a whole answer.
        if is_late.is_set():
            raise TimeoutError("the answer took too long")
