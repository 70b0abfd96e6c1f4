"""Where a browser may be sent back to: addresses that an administrator listed.

Without the list our server would send people wherever a link says, with a ticket
that tells who they are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from wxchannels.errors import N_, DomainError
from wxchannels.models import Account

MOST = 20
#: Leaves room for the ticket in what old browsers and proxies take.
LENGTH = 1000
PORTS = {"http": 80, "https": 443}
#: What a browser reads as it is written: no blanks, no backslash, no quotes.
PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~%]+")

HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f.]*:[0-9a-f.:]*")


class BadAddressError(DomainError):
    """What is listed has to be compared exactly, so it has to be exact."""

    field = "addresses"
    sentence = N_(
        "“%(address)s” is no address like https://shop.example.com or"
        " https://shop.example.com/wechat."
    )


class TooManyAddressesError(DomainError):
    """A longer list is not looked through by whoever answers for it."""

    field = "addresses"
    sentence = N_("At most %(most)s addresses can be listed.")


class BadReturnUrlError(DomainError):
    """A browser could read it otherwise than we do."""

    field = "return_url"
    sentence = N_(
        "return_url has to be a whole http(s) address of at most %(length)s characters,"
        " without user name, “#” or “..”."
    )


class ReturnUrlNotAllowedError(DomainError):
    """Only an administrator says to whom people are handed over."""

    field = "return_url"
    sentence = N_(
        "return_url is not among the addresses of this account. An administrator lists"
        " them under Settings → Web authorization."
    )


@dataclass(frozen=True)
class Address:
    """An address taken apart: what is compared, and nothing else."""

    scheme: str
    host: str
    port: int
    path: str

    def covers(self, other: "Address") -> bool:
        """Say whether `other` is the same place, or lies below it."""
        if (self.scheme, self.host, self.port) != (
            other.scheme,
            other.host,
            other.port,
        ):
            return False
        below = self.path.rstrip("/")
        return other.path == below or other.path.startswith(f"{below}/")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path.rstrip('/')}"


def list_addresses(text: str) -> list[str]:
    """Return the addresses of a list, one on a line, or raise what is wrong with it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise TooManyAddressesError(most=MOST)
    found = []
    for line in lines:
        address = _read(line)
        if address is None or "?" in line:
            raise BadAddressError(address=line[:100])
        found.append(str(address))
    return list(dict.fromkeys(found))


def check_return_url(account: Account, url: str) -> None:
    """Refuse an address that `account` may not send a browser back to."""
    address = _read(url)
    if address is None:
        raise BadReturnUrlError(length=LENGTH)
    if not any(one.covers(address) for one in _listed(account)):
        raise ReturnUrlNotAllowedError


def with_query(url: str, **values: str) -> str:
    """Return the address with more in its query."""
    if not values:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(values)}"


def _listed(account: Account) -> Sequence[Address]:
    read = [_read(text) for text in account.return_addresses or ()]
    return [address for address in read if address]


def _read(text: str) -> Address | None:
    """Return the address, if every browser reads it the same way."""
    if len(text) > LENGTH or "#" in text or not PLAIN.fullmatch(text.lower()):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in PORTS or not HOST.fullmatch(host or "") or _is_tricky(parts):
        return None
    return Address(
        parts.scheme, host or "", port or PORTS[parts.scheme], parts.path or "/"
    )


def _is_tricky(parts: SplitResult) -> bool:
    """Say whether a browser goes elsewhere than the text seems to say."""
    steps = unquote(unquote(parts.path)).split("/")
    return (
        "@" in parts.netloc or "%" in parts.netloc or not {".", ".."}.isdisjoint(steps)
    )
