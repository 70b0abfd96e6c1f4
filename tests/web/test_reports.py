"""The report: page, file and API say the same, and each figure shows its events."""

import html
import re

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.reports import story
from tests.web.browser import Browser
from tests.web.report_page import BOTH, COLUMNS, file_rows, number, page_figures
from tests.web.tables import table_of
from wxchannels.models import Account
from wxchannels.people.api_keys import issue_key

FIRST_CELLS = len(story.METRICS)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (BOTH, story.TWO_DAYS),
        ("start=2026-03-02&end=2026-03-02", story.MONDAY_ALONE),
        ("start=2026-03-03&end=2026-03-03", story.TUESDAY_ALONE),
    ],
    ids=["both", "monday", "tuesday"],
)
def test_page_file_and_api_say_what_was_worked_out_by_hand(
    reader: Browser,
    session: Session,
    account: Account,
    days: str,
    expected: dict[str, tuple[int, ...]],
) -> None:
    _, key = issue_key(session, account, "r", ["reports:read"], at=factories.NOON)
    session.commit()

    page = reader.get(f"/main/reports?{days}&compare=none").text
    file = reader.get(f"/main/reports.csv?{days}&compare=none").text
    api = reader.get(
        f"/api/v1/reports/channels?{days}",
        headers={"Authorization": f"Bearer {key}"},
    ).json

    assert page_figures(page) == expected
    rows = file_rows(file)
    by_name = {row[0]: tuple(map(int, row[2 : 2 + FIRST_CELLS])) for row in rows[1:]}
    assert by_name == expected
    assert api
    answered = [*api["rows"], api["no_channel"], api["unknown_scene"], api["total"]]
    by_api = {row["name"]: tuple(row[m] for m in story.METRICS) for row in answered}
    assert by_api == {**expected, "Old": (0,) * FIRST_CELLS}


@pytest.mark.usefixtures("places")
def test_total_is_first_and_the_rows_that_are_no_channel_last(reader: Browser) -> None:
    table = table_of(
        reader.get(f"/main/reports?{BOTH}&sort=net_follows").text, "Channel report"
    )

    names = [row[0] for row in table.rows]
    assert names == ["Total", "Counter", "Poster", "No channel", "Unknown scene"]


@pytest.mark.usefixtures("places")
def test_unfollow_rate_is_of_the_cohort(reader: Browser) -> None:
    page = reader.get(f"/main/reports?{BOTH}&compare=none").text
    file = reader.get(f"/main/reports.csv?{BOTH}").text

    column = COLUMNS["unfollow_rate"]
    rates = {row[0]: row[column] for row in table_of(page, "Channel report").rows}
    assert rates == story.RATES
    assert {row[0]: row[10] for row in file_rows(file)[1:]} == story.RATES


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("narrowing", ["", "&search=o", "&group=East"])
def test_list_behind_every_figure_is_as_long_as_the_figure_says(
    reader: Browser, narrowing: str
) -> None:
    page = reader.get(f"/main/reports?{BOTH}&compare=none{narrowing}").text
    table = table_of(page, "Channel report")

    followed = 0
    for row, links in zip(table.rows, table.links, strict=True):
        for metric, column in COLUMNS.items():
            if not links[column]:
                continue
            log = reader.get(html.unescape(links[column])).text
            counts = counts_of(log)
            followed += 1
            if metric == "net_follows":
                net = sum(counts.values()) - 2 * counts.get("Unfollow", 0)
                assert net == number(row[column]), (row[0], metric)
            elif metric != "unfollow_rate":
                assert sum(counts.values()) == number(row[column]), (row[0], metric)
            listed = table_of(log, "Event log").rows
            assert len(listed) == sum(counts.values())
    assert followed > 5


def counts_of(log: str) -> dict[str, int]:
    """Return how many events of each class the log says it lists."""
    pattern = r"</span>\s*([A-Z][a-z -]+?)\s*<b>(\d+)</b>"
    return {word: int(count) for word, count in re.findall(pattern, log)}


@pytest.mark.usefixtures("places")
def test_rate_leads_to_the_follows_that_ended(reader: Browser) -> None:
    page = reader.get(f"/main/reports?{BOTH}&compare=none").text
    total = table_of(page, "Channel report").links[0][COLUMNS["unfollow_rate"]]

    log = table_of(reader.get(html.unescape(total)).text, "Event log")

    assert [row[0] for row in log.rows] == ["2026-03-02 11:00"]
    assert log.rows[0][6] == "2026-03-03 09:00"


@pytest.mark.usefixtures("places")
def test_followers_who_came_by_no_event_have_no_list(reader: Browser) -> None:
    table = table_of(
        reader.get(f"/main/reports?{BOTH}&compare=none").text, "Channel report"
    )

    column = COLUMNS["followers_now"]
    linked = {
        row[0]
        for row, links in zip(table.rows, table.links, strict=True)
        if links[column]
    }
    assert linked == {"Counter", "Poster", "Unknown scene"}
