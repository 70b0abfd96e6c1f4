"""Which addresses people may be handed over to."""

import pytest

from wxchannels.authorizations import addresses
from wxchannels.authorizations.addresses import (
    BadAddressError,
    BadReturnUrlError,
    ReturnUrlNotAllowedError,
    TooManyAddressesError,
    check_return_url,
    list_addresses,
    with_query,
)
from wxchannels.models import Account

LISTED = ["https://shop.example", "https://wx.example:8443/app", "http://[::1]:5001"]
ALLOWED = [
    "https://shop.example",
    "https://shop.example/",
    "https://SHOP.example/a/b?c=d&e=%E4%B8%AD",
    "https://shop.example:443/a",
    "https://shop.example?next=/a",
    "https://wx.example:8443/app",
    "https://wx.example:8443/app/",
    "https://wx.example:8443/app/in?x=../y",
    "http://[::1]:5001/in",
]
ELSEWHERE = [
    "http://shop.example/",
    "https://shop.example:8443/",
    "https://shop.example.evil.example/",
    "https://evilshop.example/",
    "https://wx.example/app",
    "https://wx.example:8443/",
    "https://wx.example:8443/apple",
    "https://wx.example:8443/App",
]
#: What one reader takes for one place and another for another.
TRICKY = [
    "",
    "/auth",
    "//shop.example/",
    "shop.example",
    "javascript:alert(1)",
    "ftp://shop.example/",
    "https://",
    "https:///shop.example",
    "https:/\\shop.example",
    "https://shop.example\\@evil.example/",
    "https://shop.example@evil.example/",
    "https://shop.example:x/",
    "https://shop.example:99999/",
    "https://shop.example%2eevil.example/",
    "https://shop.example/#in",
    "https://shop.example/a b",
    "https://shop.example/\r\nSet-Cookie: a=b",
    "https://shop.example/\x00",
    "https://shop.example/“",
    "https://wx.example:8443/app/../admin",
    "https://wx.example:8443/app/%2e%2E/admin",
    "https://wx.example:8443/app/%252e./admin",
    "https://wx.example:8443/app/..",
    "https://shop.example/" + "a" * addresses.LENGTH,
]


@pytest.fixture
def shop() -> Account:
    return Account(return_addresses=LISTED)


@pytest.mark.parametrize("url", ALLOWED)
def test_listed_place_and_what_lies_below_it_are_allowed(
    shop: Account, url: str
) -> None:
    check_return_url(shop, url)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_every_other_place_is_not(shop: Account, url: str) -> None:
    with pytest.raises(ReturnUrlNotAllowedError):
        check_return_url(shop, url)


@pytest.mark.parametrize("url", TRICKY)
def test_address_that_can_be_read_in_two_ways_is_none(shop: Account, url: str) -> None:
    with pytest.raises(BadReturnUrlError):
        check_return_url(shop, url)


def test_nothing_is_allowed_where_nothing_is_listed() -> None:
    with pytest.raises(ReturnUrlNotAllowedError):
        check_return_url(Account(), "https://shop.example/")


def test_list_is_kept_as_it_is_compared() -> None:
    typed = (
        " https://Shop.example:443/ \n\nhttps://shop.example\nhttp://a.example:80/b/"
    )

    assert list_addresses(typed) == ["https://shop.example", "http://a.example/b"]


@pytest.mark.parametrize(
    "line", ["shop.example", "https://*.shop.example", "https://a.example/?b=c"]
)
def test_line_that_is_no_address_is_refused(line: str) -> None:
    with pytest.raises(BadAddressError):
        list_addresses(f"https://fine.example\n{line}")


def test_list_has_an_end() -> None:
    lines = "\n".join(f"https://{number}.example" for number in range(21))

    with pytest.raises(TooManyAddressesError):
        list_addresses(lines)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", "https://a.example?authorization=t%2B1"),
        ("https://a.example/b?c=d", "https://a.example/b?c=d&authorization=t%2B1"),
    ],
)
def test_query_grows(url: str, expected: str) -> None:
    assert with_query(url, authorization="t+1") == expected
    assert with_query(url) == url
