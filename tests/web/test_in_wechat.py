"""Inside WeChat's browser: files are had elsewhere, codes are pressed long."""

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser, sentences

WECHAT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36"
    " MicroMessenger/8.0.50"
)
FILES = ["reports.csv", "events.csv", "channels/channels.csv", "channels/codes.zip"]


@pytest.fixture
def phone(signed_in: Browser) -> Browser:
    """Return WeChat's browser, in which an administrator is signed in."""
    signed_in.environ_base["HTTP_USER_AGENT"] = WECHAT
    return signed_in


@pytest.mark.parametrize("file", FILES)
def test_file_is_to_be_had_in_another_browser(phone: Browser, file: str) -> None:
    answer = phone.get(f"/main/{file}")

    assert "请在浏览器打开" in sentences(answer)
    assert "Content-Disposition" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("file", FILES)
def test_any_other_browser_gets_the_file(signed_in: Browser, file: str) -> None:
    answer = signed_in.get(f"/main/{file}")

    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_code_is_a_picture_to_press_long(phone: Browser, session: Session) -> None:
    code = factories.qrcode(session, "shop")

    page = phone.get(f"/main/channels/{code.channel_id}")

    # No phone keeps an SVG among its photos.
    assert '<img src="/qrcode/main/shop.png?scale=25"' in page.text
    assert "请在浏览器打开" in sentences(page)
    assert phone.get("/qrcode/main/shop.png?scale=25").mimetype == "image/png"
