"""Channels and codes as requests have left them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser
from wxchannels.models import Channel, ChannelGroup, QRCode

SCRIPT = "<script>alert(1)</script>"


def count(session: Session, model: type[Channel | QRCode]) -> int:
    """Return how many there are."""
    session.rollback()
    return session.scalar(select(func.count(model.id))) or 0


def reread(session: Session, row: Channel | ChannelGroup | QRCode) -> None:
    """Read the row as requests have left it."""
    session.rollback()
    session.refresh(row)


def only(session: Session) -> Channel:
    """Return the only channel."""
    session.rollback()
    return session.scalars(select(Channel)).one()


def pending(session: Session) -> QRCode:
    """Return a code that WeChat has not made yet."""
    return factories.qrcode(
        session, "late", state="pending", ticket=None, url=None, issued_at=None
    )


def act(browser: Browser, **fields: str | list[str]) -> str:
    """Send the list's form and return where it leads."""
    answer = browser.send("/main/channels/batch", page="/main/channels", **fields)
    assert answer.status_code == 302
    return answer.location
