"""Pictures of codes, for everybody."""

import struct

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.models import Account


@pytest.fixture(autouse=True)
def _account(account: Account) -> None:
    del account


def width(png: bytes) -> int:
    size: int = struct.unpack(">I", png[16:20])[0]
    return size


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/qrcode/main/shop", "image/png"),
        ("/qrcode/main/shop.png", "image/png"),
        ("/qrcode/main/shop.svg", "image/svg+xml"),
        ("/qrcode/shop", "image/png"),
        ("/qrcode/shop.svg", "image/svg+xml"),
    ],
)
def test_picture_is_public_in_both_formats(
    client: FlaskClient, session: Session, path: str, media_type: str
) -> None:
    factories.qrcode(session, "shop")

    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert "Set-Cookie" not in answer.headers
    assert answer.cache_control.public
    assert answer.cache_control.max_age == 86400


@pytest.mark.parametrize(
    ("path", "scene"),
    [
        ("/qrcode/main/a", "a"),
        ("/qrcode/main/a.png", "a"),
        ("/qrcode/main/a.png.png", "a.png"),
        ("/qrcode/main/a.b", "a.b"),
        ("/qrcode/main/a.b.png", "a.b"),
        ("/qrcode/main/only.svg", "only.svg"),
        ("/qrcode/main/..png", "."),
        ("/qrcode/main/.png", ".png"),
    ],
)
def test_scenes_with_dots_are_told_from_formats(
    client: FlaskClient, session: Session, path: str, scene: str
) -> None:
    # Scenes of different lengths make pictures of different sizes.
    for number, one in enumerate(["a", "a.png", "a.b", "only.svg", ".", ".png"]):
        factories.qrcode(session, one, url=f"http://w.cn/{'x' * 40 * number}")
    expected = ["a", "a.png", "a.b", "only.svg", ".", ".png"].index(scene)

    sizes = {}
    for number in range(6):
        factories.qrcode(session, f"n{number}", url=f"http://w.cn/{'x' * 40 * number}")
        sizes[width(client.get(f"/qrcode/main/n{number}").data)] = number

    assert sizes[width(client.get(path).data)] == expected


@pytest.mark.parametrize(
    ("scale", "modules"),
    [("10", 10), ("1", 1), ("0", 1), ("-3", 1), ("999", 60), ("x", 10)],
)
def test_size_is_bounded(
    client: FlaskClient, session: Session, scale: str, modules: int
) -> None:
    factories.qrcode(session, "shop")
    one = width(client.get("/qrcode/main/shop?scale=1").data)

    answer = client.get(f"/qrcode/main/shop?scale={scale}")

    assert width(answer.data) == one * modules


def test_picture_one_has_already_is_not_sent_again(
    client: FlaskClient, session: Session
) -> None:
    factories.qrcode(session, "shop")
    first = client.get("/qrcode/main/shop")

    again = client.get(
        "/qrcode/main/shop", headers={"If-None-Match": first.headers["ETag"]}
    )
    larger = client.get("/qrcode/main/shop?scale=20")

    assert (again.status_code, again.data) == (304, b"")
    assert larger.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "/qrcode/main/unknown",
        "/qrcode/main/waiting.png",
        "/qrcode/nobody/shop",
        "/qrcode/main/%00",
        "/qrcode/main/" + "x" * 500,
        "/qrcode/unknown",
    ],
)
def test_what_has_no_picture_is_not_found(
    client: FlaskClient, session: Session, path: str
) -> None:
    factories.qrcode(session, "shop")
    factories.qrcode(
        session, "waiting", state="pending", ticket=None, url=None, issued_at=None
    )

    assert client.get(path).status_code == 404


def test_short_address_is_for_the_only_account(
    client: FlaskClient, session: Session
) -> None:
    factories.qrcode(session, "shop")
    factories.account(session, "other")

    assert client.get("/qrcode/shop").status_code == 404
    assert client.get("/qrcode/main/shop").status_code == 200


def test_expired_and_disabled_codes_keep_their_picture(
    client: FlaskClient, session: Session
) -> None:
    factories.qrcode(session, "off", state="disabled")

    assert client.get("/qrcode/main/off").status_code == 200
