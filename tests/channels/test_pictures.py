"""Pictures of codes, and the names of their files."""

import struct

import pytest
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.channels import channels, pictures
from wxchannels.channels.fields import ChannelFields
from wxchannels.channels.pictures import Format
from wxchannels.models import Account, Channel

#: 45 bytes: with level M they need a code of 33 modules (ISO 18004, version 4).
URL = "http://weixin.qq.com/q/02QrLaAbcDEFgh1234567A"
MODULES = 33 + 2 * 4


@pytest.mark.parametrize(
    ("scale", "used"), [(10, 10), (1, 1), (0, 1), (-5, 1), (60, 60), (10**9, 60)]
)
def test_picture_is_as_large_as_asked_within_reason(scale: int, used: int) -> None:
    png = pictures.draw(URL, Format.PNG, scale=scale)

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (MODULES * used, MODULES * used)


def test_vector_picture_needs_no_other_file() -> None:
    svg = pictures.draw(URL, Format.SVG).decode()

    assert "<svg" in svg
    assert "http://weixin" not in svg
    assert "href" not in svg


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("静安寺店·收银台", "静安寺店·收银台"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "code"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("lpt9", "_lpt9"),
        ("x\u202egnp.exe", "x_gnp.exe"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("x" * 90, "x" * 80),
        ("a. ", "a"),
        ("", "code"),
    ],
)
def test_any_name_becomes_the_name_of_a_file(text: str, name: str) -> None:
    assert pictures.file_name(text, "code") == name


def opened(session: Session, account: Account, name: str, group: str = "") -> Channel:
    given = ChannelFields(name=name, group=group)
    return channels.open_channel(session, account, given, at=factories.NOON)


def test_files_are_sorted_into_groups_and_none_hides_another(
    session: Session, account: Account
) -> None:
    one = opened(session, account, "Shop", "a/b")
    two = opened(session, account, "shop", "a/b")
    three = opened(session, account, "a/b")
    session.commit()
    for channel, scene in ((one, "s1"), (one, "s2"), (two, "s3"), (three, "s4")):
        factories.qrcode(session, scene, of=channel)
    waiting = {"state": "pending", "ticket": None, "url": None, "issued_at": None}
    factories.qrcode(session, "s5", of=three, **waiting)

    found = pictures.named_pictures([one, two, three])

    assert [picture.path for picture in found] == [
        "a/b/Shop.png",
        "a/b/Shop s2.png",
        "a/b/shop s3.png",
        "a_b.png",
    ]
