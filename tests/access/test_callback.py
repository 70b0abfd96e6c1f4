"""WeChat that may have given up on us: suspected, never claimed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON
from wxchannels.access.callback import callback_of
from wxchannels.intake.sightings import Sightings
from wxchannels.models import Account, RawPush, SightingKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY_DAY = range(1, 8)


def push(session: Session, account: Account, *moments: datetime) -> None:
    for at in moments:
        row = RawPush(
            account_id=account.id,
            push_key=at.isoformat().encode().ljust(32)[:32],
            kind="event/SCAN",
            happened_at=at,
            received_at=at,
            body=b"x",
        )
        session.add(row)
    session.commit()


def pushes_at_noon(session: Session, account: Account, days: Iterable[int]) -> None:
    push(session, account, *(NOON - number * DAY for number in days))


def test_silence_where_something_usually_comes(
    session: Session, account: Account
) -> None:
    pushes_at_noon(session, account, EVERY_DAY)

    seen = callback_of(session, account, now=NOON + HOUR)

    assert seen.last_push_at == NOON - DAY
    assert seen.is_silent
    assert seen.suspects == ()


@pytest.mark.parametrize(
    ("days", "now"),
    [
        # Nights are silent on other days as well.
        (EVERY_DAY, NOON + 12 * HOUR),
        # Too few days to know what is usual.
        ((1, 2, 3, 4, 5), NOON + HOUR),
        # Something has just come.
        ((*EVERY_DAY, 0), NOON + HOUR),
        ((), NOON),
    ],
)
def test_nothing_is_suspected_without_reason(
    session: Session, account: Account, days: Iterable[int], now: datetime
) -> None:
    pushes_at_noon(session, account, days)

    assert not callback_of(session, account, now=now).is_silent


def see(session: Session, account: Account, kind: SightingKind, at: datetime) -> None:
    engine, number = session.get_bind().engine, account.id
    session.rollback()
    sightings = Sightings(engine)
    sightings.add(number, kind, at=at)
    sightings.write()


def test_trouble_around_the_last_push_is_named(
    session: Session, account: Account
) -> None:
    pushes_at_noon(session, account, EVERY_DAY)
    see(session, account, SightingKind.REFUSED, NOON - DAY + timedelta(minutes=5))
    see(session, account, SightingKind.LATE, NOON - 2 * DAY)

    seen = callback_of(session, account, now=NOON + HOUR)

    assert seen.suspects == (SightingKind.REFUSED,)


def test_sightings_are_counted_together_and_written_once_a_minute(
    session: Session, account: Account
) -> None:
    engine, number = session.get_bind().engine, account.id
    session.rollback()
    sightings = Sightings(engine)
    kind = SightingKind.REFUSED

    is_time = [sightings.add(number, kind, at=NOON + one * HOUR) for one in range(3)]
    sightings.write()
    sightings.write()
    see(session, account, kind, NOON + 5 * HOUR)

    found = callback_of(session, account, now=NOON).sightings[kind]
    assert is_time == [True, False, False]
    assert (found.times, found.last_at) == (4, NOON + 5 * HOUR)


def test_what_the_database_does_not_take_is_written_later(
    session: Session, account: Account
) -> None:
    engine, number = session.get_bind().engine, account.id
    session.rollback()
    sightings = Sightings(engine)
    # Of an account that is not there, say: nothing of it can be written.
    sightings.add(number, SightingKind.LATE, at=NOON)
    sightings.add(999, SightingKind.LATE, at=NOON)

    sightings.write()
    before = callback_of(session, account, now=NOON).sightings
    session.rollback()
    del sightings._seen[999, SightingKind.LATE]
    sightings.write()

    assert before == {}
    assert SightingKind.LATE in callback_of(session, account, now=NOON).sightings
