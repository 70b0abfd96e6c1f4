"""Where messages may go."""

import socket

import pytest

from wxchannels.webhooks import addresses
from wxchannels.webhooks.addresses import (
    BadUrlError,
    PrivateHostError,
    UnknownHostError,
    find_address,
    is_public,
    read_url,
)

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user:password@hooks.example.com/",
        "https://hooks.example.com:port/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nHost: x",
        "https://hooks.example.com/ü",
        "https://[::1",
        "https://" + "a" * 70 + ".com/",
        "https://hooks.example.com/" + "a" * 1024,
    ],
)
def test_what_is_no_address_for_messages(url: str) -> None:
    with pytest.raises(BadUrlError):
        read_url(url, NOBODY)


def test_an_address_is_taken_apart() -> None:
    target = read_url("https://Hooks.Example.com:8443/in?token=1", NOBODY)

    assert (target.host, target.port, target.path) == (
        "hooks.example.com",
        8443,
        "/in?token=1",
    )


def test_names_in_other_alphabets_are_known_by_what_the_network_calls_them() -> None:
    assert read_url("https://茶.example.com", NOBODY).host == "xn--cl1a.example.com"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:db8::1",
        "2001::1",
    ],
)
def test_addresses_that_only_we_may_reach(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "119.29.29.29", "2400:3200::1", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]"],
)
def test_loopback_under_every_name(host: str) -> None:
    target = read_url(f"https://{host}/", NOBODY)

    with pytest.raises(PrivateHostError):
        find_address(target, NOBODY)


def test_one_private_address_among_several_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [_answer("8.8.8.8"), _answer("10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(PrivateHostError):
        find_address(read_url("https://hooks.example.com", NOBODY), NOBODY)


def test_unknown_name_is_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)

    with pytest.raises(UnknownHostError, match=r"hooks\.example"):
        find_address(read_url("https://hooks.example.com", NOBODY), NOBODY)


def test_hosts_that_the_operator_allows_may_be_private_and_plain() -> None:
    target = read_url("http://127.0.0.1:9000/in", {"127.0.0.1"})

    assert find_address(target, {"127.0.0.1"}) == "127.0.0.1"
    with pytest.raises(BadUrlError):
        read_url("http://127.0.0.2:9000/in", {"127.0.0.1"})


def _answer(address: str) -> tuple[object, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))


def test_limit_is_what_the_page_says() -> None:
    longest = "https://hooks.example.com/"
    longest += "a" * (addresses.URL_LENGTH - len(longest))

    assert read_url(longest, NOBODY).host == "hooks.example.com"
