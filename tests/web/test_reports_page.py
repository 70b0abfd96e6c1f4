"""What the report's page says around its figures."""

import re

import pytest
from sqlalchemy.orm import Session

from tests.reports.story import MONDAY, Places, at
from tests.web.browser import Browser, sentences
from tests.web.report_page import BOTH, file_rows, number
from tests.web.tables import table_of
from wxchannels.models import Account


@pytest.mark.usefixtures("places")
def test_page_says_what_is_not_shown_and_what_does_not_add_up(reader: Browser) -> None:
    page = sentences(reader.get(f"/main/reports?{BOTH}"))

    assert "1 archived channel without figures is not shown." in page
    assert "1 event of testers is in no figure." in page
    assert "Scanners and the unfollow rate do not add up" in page
    assert "WeChat tells us nothing" in page
    assert "3 channels + no channel + unknown scene = the whole account." in page
    assert "compared with 2026-02-28 to 2026-03-01" in page


@pytest.mark.usefixtures("places")
def test_appearing_is_no_percentage(reader: Browser) -> None:
    tuesday = "start=2026-03-03&end=2026-03-03"
    both = table_of(reader.get(f"/main/reports?{BOTH}").text, "Channel report")
    one = table_of(reader.get(f"/main/reports?{tuesday}").text, "Channel report")

    # After nothing in the two days before; on Monday the total was 5, then 1.
    assert both.rows[0][8] == "new here"
    assert one.rows[0][8] == "−80.0% fewer"


@pytest.mark.usefixtures("places")
def test_chart_is_the_table_and_the_days_add_up(reader: Browser) -> None:
    page = reader.get(f"/main/reports?{BOTH}&interval=day&compare=none").text
    by_hour = reader.get(f"/main/reports?{BOTH}&compare=none").text

    days = table_of(page, "By day")
    assert [row[0] for row in days.rows] == ["2026-03-02", "2026-03-03"]
    # Scans, new, re-follows, follower scans, unfollows, net.
    assert days.rows[0][1:] == ["5", "5", "0", "1", "0", "+5"]
    assert days.rows[1][1:] == ["5", "1", "1", "3", "1", "+1"]
    hours = table_of(by_hour, "By hour")
    assert len(hours.rows) == 48
    assert hours.rows[23] == ["2026-03-02 23:00", "1", "1", "0", "0", "0", "+1"]
    assert hours.rows[24] == ["2026-03-03 00:00", "1", "1", "0", "0", "0", "+1"]


@pytest.mark.usefixtures("places")
def test_days_before_the_first_contact_are_no_zeros(
    reader: Browser, session: Session, account: Account
) -> None:
    account.verified_at = account.first_push_at = at(MONDAY, "09:00:00")
    session.commit()

    page = reader.get("/main/reports?start=2026-02-28&end=2026-03-03").text

    days = table_of(page, "By day")
    # Nothing is known of the days before these, so they have no columns.
    assert "_prev" not in page
    assert days.rows[0] == ["2026-02-28", *["No data"] * 6]
    assert days.rows[1][1] == "No data"
    assert days.rows[2][1] == "5"


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("year", [2020, 2030])
def test_figures_that_nobody_knows_are_left_open(reader: Browser, year: int) -> None:
    asked = f"start={year}-01-01&end={year}-01-07"
    page = reader.get(f"/main/reports?{asked}")
    file = reader.get(f"/main/reports.csv?{asked}").text
    channels = table_of(reader.get(f"/main/channels?{asked}").text, "Channels")

    total = table_of(page.text, "Channel report").rows[0]
    # Who follows is known as of now.
    assert total[1:10] == ["—"] * 7 + ["6", "—"]
    assert file_rows(file)[1] == ["Total", "", *[""] * 7, "6", ""]
    assert [row[2:6] for row in channels.rows] == [["—"] * 4] * 2
    assert "not compared: the time before is not known in full" in sentences(page)


@pytest.mark.usefixtures("places")
def test_pages_say_what_they_compare_with(
    reader: Browser, session: Session, account: Account, places: Places
) -> None:
    pages = ("reports", "channels", f"channels/{places.counter}")
    paths = [f"/main/{path}?{BOTH}" for path in pages]

    compared = [sentences(reader.get(path)) for path in paths]
    account.verified_at = at(MONDAY, "08:00:00")
    session.commit()
    alone = [sentences(reader.get(path)) for path in (*paths, "/main/overview")]

    for page in compared:
        assert "ompared with 2026-02-28 to 2026-03-01" in page
    for page in alone[:-1]:
        assert "ot compared: the time before is not known in full" in page
        assert "ompared with" not in page
    assert "not compared" not in alone[-1]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("path", ["reports", "channels", "channels/1"])
def test_part_of_a_day_is_compared_with_the_same_part(
    reader: Browser, path: str
) -> None:
    page = sentences(reader.get(f"/main/{path}?p=today"))

    assert re.search(r"ompared with (\S+) to \1 \d\d:\d\d", page)


@pytest.mark.usefixtures("places")
def test_more_than_a_week_goes_by_day_and_says_why(reader: Browser) -> None:
    week = reader.get("/main/reports?start=2026-02-25&end=2026-03-03&interval=hour")
    longer = reader.get("/main/reports?start=2026-02-24&end=2026-03-03&interval=hour")

    assert len(table_of(week.text, "By hour").rows) == 7 * 24
    assert len(table_of(longer.text, "By day").rows) == 8
    assert "Up to 7 days go by hour." in sentences(longer)
    assert "Up to 7 days go by hour." not in sentences(week)


@pytest.mark.usefixtures("account")
def test_future_is_not_drawn_and_today_is_marked_as_under_way(reader: Browser) -> None:
    page = reader.get("/main/reports?p=month").text

    days = table_of(page, "By")
    assert "(not over yet)" in days.rows[-1][0]
    assert "data-partial" in page
    assert "not over yet" in sentences(reader.get("/main/reports?p=today"))


@pytest.mark.usefixtures("places")
def test_filter_shows_its_own_total_below_the_accounts(reader: Browser) -> None:
    table = table_of(
        reader.get(f"/main/reports?{BOTH}&group=East&compare=none").text,
        "Channel report",
    )
    file = reader.get(f"/main/reports.csv?{BOTH}&group=East&compare=none").text

    assert [row[0] for row in table.rows] == ["Total", "Of it, shown here", "Counter"]
    assert number(table.rows[0][1]) == 10
    assert number(table.rows[1][1]) == 4
    assert [row[:3] for row in file_rows(file)[1:]] == [
        ["Total", "", "10"],
        ["Total of the channels shown", "", "4"],
        ["Counter", "East/Shanghai", "4"],
    ]


@pytest.mark.usefixtures("places")
def test_filter_that_nothing_fits_says_so(reader: Browser) -> None:
    page = reader.get(f"/main/reports?{BOTH}&search=nobody")

    assert page.status_code == 200
    assert "No channel fits" in sentences(page)


@pytest.mark.usefixtures("account")
def test_report_without_channels_teaches(reader: Browser) -> None:
    page = reader.get("/main/reports")

    assert page.status_code == 200
    assert "No channels yet" in sentences(page)
