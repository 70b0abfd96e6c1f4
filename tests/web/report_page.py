"""The report's page and file, read back as numbers."""

import csv
import io

from tests.reports import story
from tests.web.tables import table_of

BOTH = "start=2026-03-02&end=2026-03-03"
#: Columns of the page, by metric; the change of the net stands between.
COLUMNS = {
    "scans": 1,
    "scanners": 2,
    "new_follows": 3,
    "refollows": 4,
    "follower_scans": 5,
    "unfollows": 6,
    "net_follows": 7,
    "followers_now": 8,
    "unfollow_rate": 9,
}


def number(text: str) -> int:
    return int(text.replace(",", "").replace("+", "").replace("−", "-"))


def page_figures(page: str) -> dict[str, tuple[int, ...]]:
    """Return the page's table as numbers, by row."""
    table = table_of(page, "Channel report")
    return {
        row[0]: tuple(number(row[COLUMNS[metric]]) for metric in story.METRICS)
        for row in table.rows
    }


def file_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
