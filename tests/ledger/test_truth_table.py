"""A scripted history whose report was worked out by hand, before any code ran.

Thirteen people over two days in Shanghai. The tables at the end are the law; every
way of delivering the same pushes has to give them.
"""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.misreadings import find_misreadings
from wxchannels.ledger import counters, seeding
from wxchannels.models import Account
from wxchannels.reports.figures import RowFigures, channel_report
from wxchannels.reports.periods import Period
from wxchannels.reports.series import daily_series

SHANGHAI = timezone(timedelta(hours=8))
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
AFTERWARDS = datetime(2026, 3, 5, tzinfo=UTC)


def at(day: date, clock: str) -> datetime:
    """Return a moment on the wall in Shanghai."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def follow(person: str, day: date, clock: str, key: str) -> bytes:
    return pushes.event("subscribe", key, openid=person, at=at(day, clock))


def scan(person: str, day: date, clock: str, scene: str) -> bytes:
    return pushes.scan(scene, openid=person, at=at(day, clock))


def leave(person: str, day: date, clock: str) -> bytes:
    return pushes.unsubscribe(openid=person, at=at(day, clock))


HISTORY = [
    follow("anna", MONDAY, "09:00:00", "qrscene_counter"),
    scan("anna", MONDAY, "10:00:00", "4711"),
    leave("anna", MONDAY, "18:00:00"),
    # lstrip("qrscene_") would make "unk" of this scene.
    follow("anna", TUESDAY, "09:00:00", "qrscene_sunck"),
    follow("bo", MONDAY, "11:00:00", ""),
    scan("bo", MONDAY, "12:00:00", "counter"),
    follow("cai", MONDAY, "13:00:00", "last_trade_no_4008072001201701105817415015"),
    leave("cai", TUESDAY, "10:00:00"),
    follow("dan", MONDAY, "14:00:00", "qrscene_elsewhere"),
    leave("dan", MONDAY, "15:00:00"),
    # No code of ours can have the scene "qrscene_x": creation refuses it.
    follow("eve", MONDAY, "15:30:00", "qrscene_qrscene_x"),
    scan("eve", TUESDAY, "11:00:00", "qrscene_x"),
    follow("fei", MONDAY, "23:59:59", "qrscene_counter"),
    follow("gao", TUESDAY, "00:00:00", "qrscene_counter"),
    # han is on the follower list, from a year before.
    leave("han", MONDAY, "16:00:00"),
    follow("han", TUESDAY, "12:00:00", "qrscene_4711"),
    # ivy and jun are first met by a scan and by an unfollow.
    scan("ivy", MONDAY, "17:00:00", "counter"),
    leave("ivy", TUESDAY, "13:00:00"),
    follow("ivy", TUESDAY, "14:00:00", "qrscene_counter"),
    leave("jun", MONDAY, "17:30:00"),
    follow("jun", TUESDAY, "15:00:00", "qrscene_counter"),
    # kim's unfollow in between never reached us.
    follow("kim", MONDAY, "08:00:00", "qrscene_counter"),
    follow("kim", TUESDAY, "16:00:00", "qrscene_4711"),
    follow("lee", TUESDAY, "17:00:00", "qrscene_"),
    follow("moe", MONDAY, "19:00:00", "qrscene_sunck"),
    leave("moe", TUESDAY, "19:00:00"),
    follow("moe", TUESDAY, "19:00:00", "qrscene_counter"),
    pushes.text("how much is the tea?", openid="bo"),
]

#: scans, scanners, new, re-follows, follower scans, unfollows, net, following now
TABLE = {
    "counter": (9, 8, 4, 3, 2, 1, 6, 5),
    "4711": (3, 3, 0, 2, 1, 0, 2, 2),
    "sunck": (2, 2, 1, 1, 0, 1, 1, 1),
    "no channel": (0, 0, 3, 0, 0, 4, -1, 2),
    "unknown scene": (3, 2, 2, 0, 1, 1, 1, 1),
    "total": (17, 11, 10, 6, 4, 7, 9, 11),
}
#: scans, new, re-follows, follower scans, unfollows, net: the account, day by day
DAYS = {
    MONDAY: (9, 8, 0, 3, 4, 4),
    TUESDAY: (8, 2, 6, 1, 3, 5),
}

Delivery = Callable[[Flask, Sequence[bytes]], None]


def deliver(app: Flask, history: Sequence[bytes]) -> None:
    browser = app.test_client()
    for push in history:
        assert browser.post(pushes.signed(), data=push).status_code == 200


def in_order(app: Flask, history: Sequence[bytes]) -> None:
    deliver(app, history)


def three_times_at_once(app: Flask, history: Sequence[bytes]) -> None:
    with ThreadPoolExecutor(max_workers=12) as pool:
        for done in [pool.submit(deliver, app, [p]) for p in history for _ in range(3)]:
            done.result()


def backwards(app: Flask, history: Sequence[bytes]) -> None:
    deliver(app, history[::-1])


def shuffled_and_doubled(app: Flask, history: Sequence[bytes]) -> None:
    doubled = [*history, *history]
    random.Random(7).shuffle(doubled)
    deliver(app, doubled)


@pytest.fixture
def account(session: Session) -> Account:
    account = factories.account(session, verified_at=datetime(2026, 1, 1, tzinfo=UTC))
    for scene in ("counter", "4711", "sunck"):
        factories.qrcode(session, scene)
    return account


def import_han(session: Session, account: Account) -> None:
    followed = datetime(2025, 2, 1, tzinfo=UTC)
    seeding.seed(session, account, [("han", followed)], at=factories.NOON)
    session.commit()


def written(row: RowFigures) -> tuple[int | None, ...]:
    return (
        row.scans,
        row.scanners,
        row.new_follows,
        row.refollows,
        row.follower_scans,
        row.unfollows,
        row.net_follows,
        row.followers_now,
    )


def assert_report_is_the_table(session: Session, account: Account) -> None:
    session.rollback()
    period = Period(MONDAY, TUESDAY, "Asia/Shanghai")
    report = channel_report(session, account, period, now=AFTERWARDS)
    found = {row.name: written(row) for row in report.rows}
    found["no channel"] = written(report.no_channel)
    found["unknown scene"] = written(report.unknown_scene)
    found["total"] = written(report.total)
    assert found == TABLE
    points = daily_series(session, account, period, now=AFTERWARDS)
    assert {
        p.at: (
            p.scans,
            p.new_follows,
            p.refollows,
            p.follower_scans,
            p.unfollows,
            p.net_follows,
        )
        for p in points
    } == DAYS
    assert counters.check(session, account.id) == []
    assert list(find_misreadings(session, account)) == []
    session.rollback()


@pytest.mark.parametrize(
    "delivery", [in_order, three_times_at_once, backwards, shuffled_and_doubled]
)
def test_report_is_the_table(
    app: Flask, session: Session, account: Account, delivery: Delivery
) -> None:
    import_han(session, account)

    delivery(app, HISTORY)

    assert_report_is_the_table(session, account)


def test_the_same_history_again_changes_nothing(
    app: Flask, session: Session, account: Account
) -> None:
    import_han(session, account)
    deliver(app, HISTORY)

    deliver(app, HISTORY)

    assert_report_is_the_table(session, account)


def test_follower_list_imported_afterwards_gives_the_same_table(
    app: Flask, session: Session, account: Account
) -> None:
    deliver(app, HISTORY)
    session.rollback()

    import_han(session, account)

    assert_report_is_the_table(session, account)


def test_safe_mode_gives_the_same_table(
    app: Flask, session: Session, account: Account
) -> None:
    account.mode = "safe"  # type: ignore[assignment]
    session.commit()
    import_han(session, account)
    browser = app.test_client()

    for push in HISTORY:
        address, body = pushes.sealed(push)
        assert browser.post(address, data=body).status_code == 200

    assert_report_is_the_table(session, account)
