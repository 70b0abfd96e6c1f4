from datetime import date, timedelta

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON
from wxchannels.models import (
    Account,
    DayCounter,
    EventClass,
    Follower,
    Kind,
    ScanEvent,
)

DAY = date(2026, 3, 2)


@pytest.fixture
def unfollows(session: Session, account: Account) -> None:
    """Record two unfollows in no channel, on two days, counted right."""
    follower = Follower(
        account_id=account.id, openid_hash=b"h" * 32, first_seen_at=NOON
    )
    session.add(follower)
    session.flush()
    for number in range(2):
        at = NOON + timedelta(days=number)
        event = ScanEvent(
            account_id=account.id,
            push_key=bytes([number]) * 32,
            follower_id=follower.id,
            kind=Kind.UNFOLLOW,
            class_=EventClass.UNFOLLOW,
            row_id=0,
            happened_at=at,
            day=at.date(),
            received_at=at,
        )
        session.add(event)
        counter = DayCounter(
            account_id=account.id, day=at.date(), row_id=0, unfollows=1
        )
        session.add(counter)
    session.commit()


def spoil(session: Session, day: date, unfollows: int) -> None:
    [row] = session.scalars(select(DayCounter).where(DayCounter.day == day))
    row.unfollows = unfollows
    session.commit()


def counted(session: Session) -> dict[date, int]:
    session.expire_all()
    return {row.day: row.unfollows for row in session.scalars(select(DayCounter))}


@pytest.mark.usefixtures("unfollows")
def test_check_is_content_where_numbers_and_ledger_agree(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["stats", "check"])

    assert result.exit_code == 0
    assert result.output == "main: numbers and ledger agree\n"


@pytest.mark.usefixtures("unfollows")
def test_check_shows_the_difference_and_fails(
    cli: FlaskCliRunner, session: Session
) -> None:
    spoil(session, DAY, unfollows=7)

    result = cli.invoke(args=["stats", "check"])

    assert result.exit_code == 1
    assert "2026-03-02  no channel  unfollows: counted 7, ledger 1" in result.output
    assert counted(session)[DAY] == 7


@pytest.mark.usefixtures("unfollows")
def test_rebuild_counts_every_day_again(cli: FlaskCliRunner, session: Session) -> None:
    spoil(session, DAY, unfollows=7)
    spoil(session, DAY + timedelta(days=1), unfollows=0)

    result = cli.invoke(args=["stats", "rebuild"])

    assert result.exit_code == 0
    assert "corrected  2026-03-02  no channel  unfollows" in result.output
    assert "main: numbers and ledger agree" in result.output
    assert counted(session) == {DAY: 1, DAY + timedelta(days=1): 1}


@pytest.mark.usefixtures("unfollows")
def test_rebuild_of_some_days_leaves_the_others_and_says_so(
    cli: FlaskCliRunner, session: Session
) -> None:
    spoil(session, DAY, unfollows=7)
    spoil(session, DAY + timedelta(days=1), unfollows=5)

    result = cli.invoke(
        args=["stats", "rebuild", "--from", "2026-03-02", "--to", "2026-03-02"]
    )

    assert result.exit_code == 1
    assert "still differs" in result.output
    assert counted(session) == {DAY: 1, DAY + timedelta(days=1): 5}


def test_days_in_the_wrong_order_are_wrong_usage(cli: FlaskCliRunner) -> None:
    result = cli.invoke(
        args=["stats", "rebuild", "--from", "2026-03-02", "--to", "2026-03-01"]
    )

    assert result.exit_code == 2
