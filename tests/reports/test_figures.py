"""The report's figures, against tables made by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.reports import story
from tests.reports.story import AFTERWARDS, MONDAY, TUESDAY, Places, at
from wxchannels.models import Account, Channel
from wxchannels.reports.channel_page import row_summary
from wxchannels.reports.comparison import earlier_figures
from wxchannels.reports.figures import ChannelReport, RowFigures, channel_report
from wxchannels.reports.periods import Period
from wxchannels.reports.table import Asked, BadSortError, report_table

BOTH = Period(MONDAY, TUESDAY, "Asia/Shanghai")


def figures(row: RowFigures) -> tuple[int, ...]:
    return tuple(getattr(row, metric) for metric in story.METRICS)


def table(report: ChannelReport) -> dict[str, tuple[int, ...]]:
    named = {row.name: figures(row) for row in report.rows if row.name != "Old"}
    return {
        "Total": figures(report.total),
        "No channel": figures(report.no_channel),
        "Unknown scene": figures(report.unknown_scene),
        **named,
    }


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (MONDAY, TUESDAY, story.TWO_DAYS),
        (MONDAY, MONDAY, story.MONDAY_ALONE),
        (TUESDAY, TUESDAY, story.TUESDAY_ALONE),
    ],
    ids=["both", "monday", "tuesday"],
)
def test_report_equals_the_table_made_by_hand(
    session: Session,
    account: Account,
    start: date,
    end: date,
    expected: dict[str, tuple[int, ...]],
) -> None:
    period = Period(start, end, "Asia/Shanghai")

    report = channel_report(session, account, period, now=AFTERWARDS)

    assert table(report) == expected


@pytest.mark.usefixtures("places")
def test_unfollow_rate_follows_the_cohort_until_now(
    session: Session, account: Account
) -> None:
    monday = Period(MONDAY, MONDAY, "Asia/Shanghai")
    before_bo_left = at(TUESDAY, "08:59:59")

    early = channel_report(session, account, monday, now=before_bo_left)
    late = channel_report(session, account, monday, now=AFTERWARDS)

    assert [row.unfollow_rate for row in early.rows] == [0, 0, None]
    assert [row.unfollow_rate for row in late.rows] == [0.5, 0, None]
    assert late.total.unfollow_rate == 0.2


@pytest.mark.usefixtures("places")
def test_day_under_way_is_compared_with_the_same_hours(
    session: Session, account: Account
) -> None:
    tuesday = Period(TUESDAY, TUESDAY, "Asia/Shanghai")

    half_past_eleven = earlier_figures(
        session, account, tuesday, now=at(TUESDAY, "11:30:00")
    )
    afterwards = earlier_figures(session, account, tuesday, now=AFTERWARDS)

    # Monday until 11:30: anna and bo follow, anna scans the poster.
    assert half_past_eleven is not None
    assert afterwards is not None
    assert half_past_eleven.total.new_follows == 2
    assert half_past_eleven.total.scans == 3
    assert half_past_eleven.is_cut()
    assert afterwards.total.new_follows == 5
    assert afterwards.total.scans == 5
    assert not afterwards.is_cut()


def test_hours_compared_end_before_the_moment(
    session: Session, account: Account, client: FlaskClient
) -> None:
    account.verified_at = at(date(2026, 3, 1), "00:00:00")
    session.commit()
    for openid, clock in (("anna", "11:59:59"), ("bo", "12:00:00")):
        story.send(client, pushes.subscribe(openid=openid, at=at(MONDAY, clock)))
    tuesday = Period(TUESDAY, TUESDAY, "Asia/Shanghai")

    session.rollback()
    earlier = earlier_figures(session, account, tuesday, now=at(TUESDAY, "12:00:00"))

    assert earlier is not None
    assert earlier.total.new_follows == 1


@pytest.mark.usefixtures("places")
def test_long_period_is_compared_day_by_day_and_the_last_day_by_hours(
    session: Session, account: Account
) -> None:
    two_days_on = Period(date(2026, 3, 4), date(2026, 3, 5), "Asia/Shanghai")

    earlier = earlier_figures(
        session, account, two_days_on, now=at(date(2026, 3, 5), "10:30:00")
    )

    # All of Monday, and of Tuesday what came before 10:30.
    assert earlier is not None
    assert earlier.total.scans == 5 + 2
    assert earlier.total.unfollows == 1


def test_followers_who_left_after_the_period_are_not_followers_now(
    session: Session, account: Account, client: FlaskClient
) -> None:
    factories.qrcode(session, "counter")
    story.send(client, pushes.subscribe("counter", at=at(MONDAY, "09:00:00")))
    story.send(client, pushes.unsubscribe(at=at(TUESDAY, "09:00:00")))
    monday = Period(MONDAY, MONDAY, "Asia/Shanghai")

    session.rollback()
    [row] = channel_report(session, account, monday, now=AFTERWARDS).rows

    assert (row.new_follows, row.unfollows, row.followers_now) == (1, 0, 0)


def test_account_without_channels_has_a_report_of_zeros(
    session: Session, account: Account
) -> None:
    report = channel_report(session, account, BOTH, now=AFTERWARDS)

    assert report.rows == []
    assert figures(report.total) == (0,) * 8
    assert report.total.unfollow_rate is None


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("-net_follows", ["Poster", "Counter"]),
        ("net_follows", ["Counter", "Poster"]),
        ("name", ["Counter", "Poster"]),
        ("-name", ["Poster", "Counter"]),
        ("-unfollow_rate", ["Counter", "Poster"]),
        # From the two days before, when there was nothing: 3 and 1.
        ("-change", ["Poster", "Counter"]),
        # Equal figures go by name, either way round.
        ("-scans", ["Counter", "Poster"]),
        ("scans", ["Counter", "Poster"]),
    ],
)
def test_rows_are_sorted_as_asked(
    session: Session, account: Account, sort: str, names: list[str]
) -> None:
    asked = Asked(sort=sort)

    shown = report_table(session, account, BOTH, asked, now=AFTERWARDS)

    assert [row.name for row in shown.rows] == names


def test_rows_without_a_rate_come_last_either_way(
    session: Session, account: Account, places: Places
) -> None:
    del places
    factories.channel(session, "Aaa", of=account)

    for sort in ("unfollow_rate", "-unfollow_rate"):
        asked = Asked(sort=sort)
        shown = report_table(session, account, BOTH, asked, now=AFTERWARDS)
        assert [row.name for row in shown.rows][-1] == "Aaa"


def test_unknown_order_is_refused() -> None:
    with pytest.raises(BadSortError, match="drop table"):
        Asked(sort="drop table")


@pytest.mark.usefixtures("places")
def test_group_takes_its_subtree_and_counts_its_people_anew(
    session: Session, account: Account
) -> None:
    east = report_table(session, account, BOTH, Asked(group="East"), now=AFTERWARDS)
    by_name = report_table(session, account, BOTH, Asked(search="o"), now=AFTERWARDS)

    assert [row.name for row in east.rows] == ["Counter"]
    assert east.total
    assert figures(east.total) == story.TWO_DAYS["Counter"]
    assert [row.name for row in by_name.rows] == ["Poster", "Counter"]
    assert by_name.total
    # anna and bo are behind both: 2 + 4 people are 4.
    assert figures(by_name.total) == (8, 4, 4, 1, 3, 1, 4, 4)


@pytest.mark.usefixtures("places")
def test_archived_channel_without_figures_is_left_out_and_counted(
    session: Session, account: Account
) -> None:
    plain = report_table(session, account, BOTH, Asked(), now=AFTERWARDS)
    whole = report_table(
        session, account, BOTH, Asked(with_archived=True), now=AFTERWARDS
    )

    assert [row.name for row in plain.rows] == ["Poster", "Counter"]
    assert plain.hidden == 1
    assert [row.name for row in whole.rows] == ["Poster", "Counter", "Old"]
    assert whole.hidden == 0


@pytest.mark.usefixtures("places")
def test_channel_left_out_now_counts_in_what_came_before(
    session: Session, account: Account, client: FlaskClient
) -> None:
    old = channel_report(session, account, BOTH, now=AFTERWARDS).rows[-1]
    factories.qrcode(session, "old", of=session.get_one(Channel, old.row_id))
    session.rollback()
    story.send(client, pushes.subscribe("old", openid="gil", at=at(MONDAY, "08:00:00")))
    story.send(client, pushes.unsubscribe(openid="gil", at=at(MONDAY, "09:00:00")))
    two_days_on = Period(date(2026, 3, 4), date(2026, 3, 5), "Asia/Shanghai")

    session.rollback()
    asked = Asked(search="o")
    shown = report_table(session, account, two_days_on, asked, now=AFTERWARDS)

    assert [row.name for row in shown.rows] == ["Counter", "Poster"]
    assert (shown.hidden, len(shown.row_ids)) == (1, 3)
    assert shown.total
    before = shown.before(shown.total)
    assert before is not None
    # Until noon of Tuesday: 7 scans of the two that are shown, one of the old.
    assert (before.scans, before.unfollows) == (8, 2)


def test_archived_channel_with_figures_keeps_its_row(
    session: Session, account: Account, client: FlaskClient, places: Places
) -> None:
    del places
    old = channel_report(session, account, BOTH, now=AFTERWARDS).rows[-1]
    factories.qrcode(session, "old", of=session.get_one(Channel, old.row_id))
    story.send(client, pushes.subscribe("old", openid="gil", at=at(MONDAY, "08:00:00")))
    wednesday = Period(date(2026, 3, 4), date(2026, 3, 4), "Asia/Shanghai")

    session.rollback()
    two_days = report_table(session, account, BOTH, Asked(), now=AFTERWARDS)
    day_after = report_table(session, account, wednesday, Asked(), now=AFTERWARDS)

    assert "Old" in [row.name for row in two_days.rows]
    # Nothing came on Wednesday, but somebody it won follows still.
    assert "Old" in [row.name for row in day_after.rows]


def test_channel_page_says_what_the_report_says(
    session: Session, account: Account, places: Places
) -> None:
    summary = row_summary(session, account, places.counter, BOTH, now=AFTERWARDS)

    scans, _, new, again, by_followers, lost, net, now = story.TWO_DAYS["Counter"]
    found = summary.figures
    assert (found.scans, found.new_follows, found.refollows) == (scans, new, again)
    assert (found.follower_scans, found.unfollows) == (by_followers, lost)
    assert (found.net_follows, summary.followers_now) == (net, now)
    assert summary.before is not None
    assert summary.before.scans == 0
    drawn = [point.scans or 0 for point in summary.chart.points]
    assert (sum(drawn[:24]), sum(drawn[24:])) == (2, 2)
    # Newest first, the tester's follow too: staff look for their own scan here.
    assert len(summary.events) == 6
    assert summary.events[0].happened_at == at(TUESDAY, "12:00:00")


def test_calendar_of_another_zone_cuts_the_days_elsewhere(
    session: Session, client: FlaskClient
) -> None:
    tokyo = factories.account(session, time_zone="Asia/Tokyo")
    # 23:30 in Shanghai is half past midnight in Tokyo.
    late = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    story.send(client, pushes.subscribe(at=late))
    monday = Period(MONDAY, MONDAY, "Asia/Tokyo")
    tuesday = Period(TUESDAY, TUESDAY, "Asia/Tokyo")

    session.rollback()
    new = [
        channel_report(session, tokyo, day, now=late + timedelta(days=1))
        for day in (monday, tuesday)
    ]

    assert [report.total.new_follows for report in new] == [0, 1]
