"""Retention by hand: the follow that won somebody, 1, 7 and 30 × 24 hours later."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from wxchannels.models import Account, Channel
from wxchannels.reports.periods import Period
from wxchannels.reports.retention import RetentionCohort, retention_report

MONDAY = date(2026, 3, 2)
NOON = factories.NOON
LATER = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def channel(session: Session, account: Account) -> Channel:
    channel = factories.channel(session, of=account)
    factories.qrcode(session, "counter", channel)
    return channel


def send(client: FlaskClient, *bodies: bytes) -> None:
    for body in bodies:
        assert client.post(pushes.signed(), data=body).status_code == 200


def stay(client: FlaskClient, openid: str, length: timedelta | None) -> None:
    """Follow on Monday at noon and leave after `length`."""
    send(client, pushes.subscribe("counter", openid=openid, at=NOON))
    if length is not None:
        send(client, pushes.unsubscribe(openid=openid, at=NOON + length))


def monday(
    session: Session, account: Account, now: datetime, row_id: int | None = None
) -> RetentionCohort:
    session.rollback()
    period = Period(MONDAY, MONDAY, account.time_zone)
    [cohort] = retention_report(session, account, period, row_id=row_id, now=now)
    return cohort


@pytest.mark.usefixtures("channel")
def test_shares_after_one_seven_and_thirty_days(
    client: FlaskClient, session: Session, account: Account
) -> None:
    stay(client, "anna", None)
    stay(client, "bo", DAY - timedelta(seconds=1))
    stay(client, "cai", DAY)
    stay(client, "dan", 8 * DAY)

    cohort = monday(session, account, LATER)

    assert cohort.new_follows == 4
    assert cohort.retained == {1: 3, 7: 2, 30: 1}
    assert (cohort.share(1), cohort.share(7), cohort.share(30)) == (0.75, 0.5, 0.25)


@pytest.mark.usefixtures("channel")
def test_return_does_not_repair_the_follow_that_ended(
    client: FlaskClient, session: Session, account: Account
) -> None:
    stay(client, "anna", timedelta(hours=1))
    back = NOON + timedelta(hours=2)
    send(client, pushes.subscribe("counter", openid="anna", at=back))

    cohort = monday(session, account, LATER)

    assert (cohort.new_follows, cohort.retained[1]) == (1, 0)


@pytest.mark.usefixtures("channel")
def test_not_yet_until_the_days_last_second_had_the_time(
    client: FlaskClient, session: Session, account: Account
) -> None:
    stay(client, "anna", None)
    # Monday ends in Shanghai at 16:00 UTC.
    ripe = datetime(2026, 3, 3, 16, tzinfo=UTC)

    before = monday(session, account, ripe - timedelta(seconds=1))
    after = monday(session, account, ripe)

    assert before.retained == {1: None, 7: None, 30: None}
    assert after.retained == {1: 1, 7: None, 30: None}
    assert before.share(1) is None


def test_channel_has_cohorts_of_its_own_and_a_day_of_nobody_no_share(
    client: FlaskClient, session: Session, account: Account, channel: Channel
) -> None:
    stay(client, "anna", None)
    send(client, pushes.subscribe(openid="organic", at=NOON))
    channel_id = channel.id

    whole = monday(session, account, LATER)
    own = monday(session, account, LATER, row_id=channel_id)
    nobody = monday(session, account, LATER, row_id=channel_id + 1)

    assert (whole.new_follows, own.new_follows, nobody.new_follows) == (2, 1, 0)
    assert nobody.share(1) is None
