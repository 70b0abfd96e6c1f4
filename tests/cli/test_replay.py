"""`stats replay`, as operators run it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests import factories, pushes
from wxchannels.intake.parking import park
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, DayCounter, Follower, RawPush, ScanEvent
from wxchannels.wechat.pushes import parse

#: Ten in the evening in Shanghai.
RECEIVED_AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def run(cli: FlaskCliRunner, start: str, end: str) -> tuple[int, str]:
    between = ["--from", start, "--to", end]
    result = cli.invoke(args=["stats", "replay", "--account", "main", *between])
    return result.exit_code, result.output


@pytest.fixture
def pushed(client: FlaskClient, session: Session, account: Account) -> None:
    """Have three people follow, one of whom left; lose the pushes of the others."""
    del account
    for body in (
        pushes.subscribe(openid="anna"),
        pushes.subscribe(openid="bo"),
        pushes.subscribe(openid="cai"),
        pushes.unsubscribe(openid="cai", at=factories.NOON + timedelta(hours=1)),
    ):
        client.post(pushes.signed(), data=body)
    session.rollback()
    session.execute(update(RawPush).values(received_at=RECEIVED_AT))
    cai = select(Follower.id).where(~Follower.following).scalar_subquery()
    session.execute(delete(ScanEvent).where(ScanEvent.follower_id != cai))
    session.execute(delete(DayCounter))
    session.commit()


@pytest.mark.usefixtures("pushed")
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T22:00", "2026-03-02T22:00:01"),
        ("2026-03-02T14:00Z", "2026-03-02T23:00+08:00"),
    ],
)
def test_lost_pushes_of_a_time_come_back(
    cli: FlaskCliRunner, session: Session, start: str, end: str
) -> None:
    code, found = run(cli, start, end)

    words = "2 replayed, 2 were missing, 2 erased with their person"
    assert (code, found.splitlines()[0]) == (0, f"main: {words}")
    session.rollback()
    assert session.scalars(select(DayCounter.new_follows)).all() == [3]
    assert cli.invoke(args=["stats", "check"]).exit_code == 0


@pytest.mark.usefixtures("pushed")
@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-03-01", "2026-03-01"), ("2026-03-02T20:00", "2026-03-02T22:00")],
)
def test_pushes_of_other_times_stay(cli: FlaskCliRunner, start: str, end: str) -> None:
    assert run(cli, start, end) == (0, "main: 0 replayed, 0 were missing\n")


@pytest.mark.usefixtures("pushed")
def test_second_replay_finds_nothing_missing(cli: FlaskCliRunner) -> None:
    run(cli, "2026-03-02", "2026-03-02")

    _, words = run(cli, "2026-03-02", "2026-03-02")

    assert "2 replayed, 0 were missing" in words


@pytest.mark.usefixtures("pushed")
def test_push_that_breaks_is_parked_and_the_others_go_on(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    # The last second that Python knows lies, in Shanghai, on a day that it does not.
    far = datetime.max.replace(microsecond=0, tzinfo=UTC)
    body = pushes.subscribe(openid="dan", at=far)
    delivery = Delivery(push=parse(body), body=body, received_at=RECEIVED_AT)
    park(session, account.id, delivery, ValueError())
    session.commit()

    code, found = run(cli, "2026-03-02", "2026-03-02")

    words = "2 replayed, 2 were missing, 2 erased with their person, 1 parked"
    assert (code, found.splitlines()[0]) == (0, f"main: {words}")
    session.rollback()
    parked = select(RawPush.error).where(RawPush.parked_at.is_not(None))
    assert session.scalars(parked).all() == ["OverflowError"]


@pytest.mark.usefixtures("pushed")
def test_unreadable_push_is_counted(cli: FlaskCliRunner, session: Session) -> None:
    session.execute(update(RawPush).values(body=b"<xml>"))
    session.commit()

    _, words = run(cli, "2026-03-02", "2026-03-02")

    assert "4 unreadable" in words


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-03-02T25:00"])
@pytest.mark.usefixtures("account")
def test_what_is_no_moment_is_wrong_usage(cli: FlaskCliRunner, text: str) -> None:
    code, words = run(cli, text, "2026-03-02")

    assert code == 2
    assert "is no moment like" in words


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2026-11-27", "2026-11-01", "--from does not lie before --to."),
        ("2026-11-27", "2026-11-26", "--from does not lie before --to."),
        ("2026-11-27", "9999-12-31", "“9999-12-31” is no moment"),
        ("2026-11-27", "9999-12-31T23:59:00-08:00", "is no moment"),
        ("0001-01-01", "2026-11-27", "“0001-01-01” is no moment"),
    ],
)
def test_time_that_is_none_is_wrong_usage(
    cli: FlaskCliRunner, start: str, end: str, sentence: str
) -> None:
    code, found = run(cli, start, end)

    assert code == 2
    assert sentence in found
