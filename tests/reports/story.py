"""Two days in Shanghai, sent as WeChat sends them; the tables were made by hand.

Seven people and a tester, two channels, a code of somebody else, a follow without
any code. Monday's last second and Tuesday's first are both in it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from wxchannels.ledger import testers
from wxchannels.ledger.followers import find_follower
from wxchannels.models import Account, ChannelGroup, ChannelState

SHANGHAI = timezone(timedelta(hours=8))
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
AFTERWARDS = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)

METRICS = (
    "scans",
    "scanners",
    "new_follows",
    "refollows",
    "follower_scans",
    "unfollows",
    "net_follows",
    "followers_now",
)
#: In the order of METRICS.
TWO_DAYS = {
    "Total": (10, 5, 6, 1, 4, 1, 6, 6),
    "Poster": (4, 4, 2, 1, 1, 0, 3, 3),
    "Counter": (4, 2, 2, 0, 2, 1, 1, 1),
    "No channel": (0, 0, 1, 0, 0, 0, 1, 1),
    "Unknown scene": (2, 1, 1, 0, 1, 0, 1, 1),
}
MONDAY_ALONE = {
    "Total": (5, 4, 5, 0, 1, 0, 5, 6),
    "Poster": (2, 2, 1, 0, 1, 0, 1, 3),
    "Counter": (2, 2, 2, 0, 0, 0, 2, 1),
    "No channel": (0, 0, 1, 0, 0, 0, 1, 1),
    "Unknown scene": (1, 1, 1, 0, 0, 0, 1, 1),
}
TUESDAY_ALONE = {
    "Total": (5, 4, 1, 1, 3, 1, 1, 6),
    "Poster": (2, 2, 1, 1, 0, 0, 2, 3),
    "Counter": (2, 1, 0, 0, 2, 1, -1, 1),
    "No channel": (0, 0, 0, 0, 0, 0, 0, 1),
    "Unknown scene": (1, 1, 0, 0, 1, 0, 0, 1),
}
RATES = {
    "Total": "14.3%",
    "Poster": "0.0%",
    "Counter": "50.0%",
    "No channel": "0.0%",
    "Unknown scene": "0.0%",
}


@dataclass(frozen=True)
class Places:
    """The channels of the story, by their ids."""

    counter: int
    poster: int


def at(day: date, clock: str) -> datetime:
    """Return a moment on the wall in Shanghai."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def tell(session: Session, account: Account, client: FlaskClient) -> Places:
    """Send the story through the callback and mark the tester."""
    east = group(session, account, "East/Shanghai")
    west = group(session, account, "West")
    counter = factories.channel(session, "Counter", of=account, group_id=east)
    poster = factories.channel(session, "Poster", of=account, group_id=west)
    factories.channel(session, "Old", of=account, state=ChannelState.ARCHIVED)
    factories.qrcode(session, "counter", of=counter)
    factories.qrcode(session, "poster", of=poster)
    places = Places(counter.id, poster.id)
    # What nobody scanned since is zero, not unknown.
    account.verified_at = datetime(2026, 1, 1, tzinfo=UTC)
    session.commit()
    # What reads holds a transaction, and the pushes are written by others.
    session.rollback()
    for push in HISTORY:
        send(client, push)
    session.rollback()
    mark_tester(session, account, "tess")
    return places


def send(client: FlaskClient, push: bytes) -> None:
    """Push as WeChat does."""
    assert client.post(pushes.signed(), data=push).status_code == 200


def group(session: Session, account: Account, path: str) -> int:
    """Return a new group's id."""
    row = ChannelGroup(account_id=account.id, path=path)
    session.add(row)
    session.commit()
    return row.id


def mark_tester(session: Session, account: Account, openid: str) -> None:
    """Take a person's pushes out of all figures."""
    person = find_follower(session, account, openid)
    assert person
    testers.mark(session, person, is_tester=True)
    session.commit()


HISTORY = [
    pushes.subscribe("counter", openid="anna", at=at(MONDAY, "09:00:00")),
    pushes.subscribe("counter", openid="tess", at=at(MONDAY, "09:30:00")),
    pushes.scan("poster", openid="anna", at=at(MONDAY, "10:00:00")),
    pushes.subscribe("counter", openid="bo", at=at(MONDAY, "11:00:00")),
    pushes.subscribe(openid="cy", at=at(MONDAY, "12:00:00")),
    pushes.subscribe("elsewhere", openid="dan", at=at(MONDAY, "13:00:00")),
    pushes.subscribe("poster", openid="eve", at=at(MONDAY, "23:59:59")),
    pushes.subscribe("poster", openid="fay", at=at(TUESDAY, "00:00:00")),
    pushes.unsubscribe(openid="bo", at=at(TUESDAY, "09:00:00")),
    pushes.subscribe("poster", openid="bo", at=at(TUESDAY, "10:00:00")),
    pushes.scan("counter", openid="anna", at=at(TUESDAY, "11:00:00")),
    pushes.scan("counter", openid="anna", at=at(TUESDAY, "12:00:00")),
    pushes.scan("elsewhere", openid="dan", at=at(TUESDAY, "13:00:00")),
]
