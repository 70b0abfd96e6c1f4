"""Where messages may go: to public addresses, by https, and never elsewhere.

A name is resolved once, all that it stands for is looked at, and the connection is made
to what was looked at: a name that changes its mind in between leads nowhere.
"""

import ipaddress
import socket
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

from wxchannels.errors import N_, DomainError

URL_LENGTH = 1024
PORTS = {"https": 443, "http": 80}
#: Networks through which IPv6 reaches IPv4 (RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: Which `is_global` takes for public: clouds' metadata, and NAT64 of one's own.
ALSO_PRIVATE = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)


class AddressRefusedError(DomainError):
    """An address that no message may go to."""

    field = "url"


class BadUrlError(AddressRefusedError):
    """Whatever is signed must not be read on the way either."""

    sentence = N_("Enter an address that begins with https:// and names a host.")


class UnknownHostError(AddressRefusedError):
    """The name leads nowhere, now."""

    sentence = N_("The host “%(host)s” cannot be found. Check the spelling.")


class PrivateHostError(AddressRefusedError):
    """Else whoever edits a webhook could reach what only our server reaches."""

    sentence = N_(
        "“%(host)s” is in a private network. Messages go to public addresses only; the"
        " operator can allow a host with WXCHANNELS_WEBHOOK_ALLOWED_HOSTS."
    )


@dataclass(frozen=True, kw_only=True)
class Target:
    """A URL that was taken apart."""

    scheme: str
    host: str
    port: int
    #: With the query.
    path: str

    @property
    def default_port(self) -> int:
        """Return the port that need not be named."""
        return PORTS[self.scheme]


def read_url(url: str, allowed: Collection[str]) -> Target:
    """Return where `url` leads. Hosts in `allowed` need no https."""
    try:
        parts = urlsplit(url)
        target = _target(parts)
    except ValueError as error:
        raise BadUrlError from error
    is_plain = parts.scheme == "http" and target.host not in allowed
    if is_plain or len(url) > URL_LENGTH or not url.isprintable() or " " in url:
        raise BadUrlError
    return target


def _target(parts: SplitResult) -> Target:
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise ValueError(parts.scheme)
    # Of names in other alphabets, what the network knows them by.
    host = parts.hostname.encode("idna").decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path.encode("ascii")
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    return Target(scheme=parts.scheme, host=host, port=port, path=path)


def find_address(target: Target, allowed: Collection[str]) -> str:
    """Return the address to connect to, or refuse the target."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(host=target.host) from error
    addresses = [str(info[4][0]) for info in found]
    if target.host not in allowed and not all(map(is_public, addresses)):
        raise PrivateHostError(host=target.host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Say whether the address belongs to the public internet, and so does what is
    hidden in it.
    """  # noqa: D205 - one sentence
    read = ipaddress.ip_address(address)
    return all(
        one.is_global
        and not one.is_multicast
        and not any(one in network for network in ALSO_PRIVATE)
        for one in _with_hidden(read)
    )


def _with_hidden(
    address: IPv4Address | IPv6Address,
) -> Iterator[IPv4Address | IPv6Address]:
    """Yield the address and the IPv4 address that an IPv6 one stands for."""
    yield address
    if not isinstance(address, IPv6Address):
        return
    for hidden in (address.ipv4_mapped, address.sixtofour):
        if hidden:
            yield hidden
    if address in NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
