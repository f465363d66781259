"""Which addresses a webhook may reach: by default nothing inside our own walls."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import msgspec
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from engine.errors import InvalidError

Address = IPv4Address | IPv6Address

_DEFAULT_PORTS = {"http": 80, "https": 443}


class AddressRefusedError(InvalidError):
    """The address of a webhook is not one we call."""

    code = "webhook_address"
    template = "Expected a webhook address {expected}, but {fact}."


class AddressRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is allowed beyond public addresses over TLS.

    Attributes:
        networks: Networks (``10.1.2.0/24``) that may be called although they are not public.
        allow_plain: Whether ``http://`` is accepted as well as ``https://``.
    """

    networks: tuple[str, ...] = ()
    allow_plain: bool = False

    def __post_init__(self) -> None:
        """Refuse at once what is no network.

        Raises:
            ValueError: An entry of ``networks`` is not one.
        """
        list(self._networks())

    def permits(self, address: Address) -> bool:
        """Whether an address may be called."""
        return _is_public(address) or any(address in network for network in self._networks())

    def _networks(self) -> Iterator[IPv4Network | IPv6Network]:
        return (ip_network(network) for network in self.networks)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A checked address to call.

    Attributes:
        host: Name as in the certificate; an IPv6 address without brackets.
        authority: Value of the ``Host`` header.
        path: Path and query.
    """

    is_tls: bool
    host: str
    port: int
    authority: str
    path: str


def parse_target(text: str, rules: AddressRules) -> Target:
    """Take an address apart; nothing is looked up, so this is also the check at registration.

    Raises:
        AddressRefusedError: It is not a URL we call.
    """
    url = _parse(text)
    if url.scheme not in _DEFAULT_PORTS or (url.scheme == "http" and not rules.allow_plain):
        raise AddressRefusedError(
            expected="that starts with https://", fact=f"it starts with {url.scheme}:"
        )
    if url.auth is not None:
        raise AddressRefusedError(expected="without a login", fact="it contains one")
    if not url.host or "%" in url.host:
        raise AddressRefusedError(expected="with a host", fact=f"it has {url.host!r}")
    host = url.host.strip("[]")
    address = _literal(host)
    if address is not None and not rules.permits(address):
        raise _private(address)
    return Target(
        is_tls=url.scheme == "https",
        host=host,
        port=url.port or _DEFAULT_PORTS[url.scheme],
        authority=url.netloc or url.host,
        path=url.request_uri,
    )


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a host, as the system finds them (also ``2130706433`` and ``0x7f.1``).

    Raises:
        OSError: The name is unknown or cannot be looked up.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def check_resolved(addresses: list[Address], rules: AddressRules) -> None:
    """Refuse a name if any of its addresses is inside: one is enough for an attacker.

    Raises:
        AddressRefusedError: One of them may not be called.
    """
    for address in addresses:
        if not rules.permits(address):
            raise _private(address)


def _parse(text: str) -> Url:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise AddressRefusedError(
            expected="in ASCII without spaces (a Chinese name in its xn-- form)",
            fact="it has other characters",
        )
    try:
        return parse_url(text)
    except LocationParseError as error:
        raise AddressRefusedError(expected="that is a URL", fact="it cannot be read") from error


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _private(address: Address) -> AddressRefusedError:
    return AddressRefusedError(expected="on the public network", fact=f"it leads to {address}")


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    # A translator on the way may unwrap an IPv4 address from an IPv6 one, and lead inside.
    return isinstance(address, IPv4Address) or not (
        address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local
    )
