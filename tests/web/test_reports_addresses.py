"""What the addresses of reports answer, right or wrong, and to whom."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.reports import story
from tests.reports.story import MONDAY, Places, at
from tests.web.browser import Browser, hidden_fields, sentences
from tests.web.report_page import BOTH, file_rows, page_figures
from tests.web.tables import table_of
from wxchannels.models import Account, Role, User
from wxchannels.reports import unknown_scenes


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("start=abc&end=2026-03-03", "Write the day as YYYY-MM-DD."),
        ("start=2026-03-03", "Write the day as YYYY-MM-DD."),
        ("start=2026-03-03&end=2026-03-02", "The period must end after it begins"),
        ("start=1999-12-31&end=2026-03-02", "Choose a day from 2000 to 2199."),
        ("start=2026-02-30&end=2026-03-02", "The calendar has no such day."),
        ("start=2020-01-01&end=2026-03-02", "at most 1,100 days long"),
        ("p=fortnight", "There is no period called “fortnight”."),
        ("sort=password", "The report cannot be sorted by “password”."),
        ("metric=cost", "There is no chart of “cost”."),
        ("interval=week", "A chart goes by “day” or “hour”, not by “week”."),
        ("page=9223372036854775808", "There is no such page."),
        ("page=0", "There is no such page."),
        ("page=x", "There is no such page."),
    ],
)
def test_bad_address_is_refused_with_its_sentence(
    reader: Browser, query: str, sentence: str
) -> None:
    page = reader.get(f"/main/reports?{query}")

    assert page.status_code == 422
    assert sentence in sentences(page)
    assert 'name="start"' in page.text


@pytest.mark.usefixtures("account")
def test_refused_day_keeps_what_was_typed_and_is_marked(reader: Browser) -> None:
    page = reader.get("/main/reports", query_string={"start": '1"><b>', "end": "x"})

    assert page.status_code == 422
    assert 'value="1&#34;&gt;&lt;b&gt;"' in page.text
    assert 'aria-invalid="true" aria-describedby="refusal"' in page.text


def test_refused_day_leaves_a_channel_its_page(reader: Browser, places: Places) -> None:
    page = reader.get(f"/main/channels/{places.counter}?start=2026-11-31&end=x&p=7d")

    assert page.status_code == 422
    assert "The calendar has no such day." in sentences(page)
    assert 'value="2026-11-31"' in page.text
    assert 'id="cards"' in page.text
    assert reader.get("/main/channels/999?start=x").status_code == 404


@pytest.mark.usefixtures("places")
def test_refused_interval_is_let_go_of(reader: Browser) -> None:
    page = reader.get(f"/main/reports?interval=week&sort=name&{BOTH}")

    kept = hidden_fields(page)
    assert page.status_code == 422
    assert (kept["sort"], kept.get("interval")) == ("name", None)


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("query", ["page=999", "group=nowhere", "search=%01%25_"])
def test_odd_but_possible_address_is_answered(reader: Browser, query: str) -> None:
    assert reader.get(f"/main/reports?{BOTH}&{query}").status_code == 200
    assert reader.get(f"/main/reports.csv?{BOTH}&{query}").status_code == 200


@pytest.mark.usefixtures("places")
def test_comparison_is_ticked_unless_the_address_says_none(reader: Browser) -> None:
    ticked = 'value="before" checked'
    sent_ticked = "compare=before&compare=none"

    for query, compares in [("", True), (sent_ticked, True), ("compare=none", False)]:
        page = reader.get(f"/main/reports?{BOTH}&{query}").text

        assert (ticked in " ".join(page.split())) is compares
        heads = table_of(page, "Channel report").head
        assert ("Change of net" in heads) is compares


@pytest.mark.usefixtures("places")
def test_htmx_gets_the_part_and_the_history_the_page(reader: Browser) -> None:
    address = f"/main/reports?{BOTH}&compare=none"

    page = reader.get(address)
    part = reader.get(address, headers={"HX-Request": "true"})
    restored = reader.get(
        address,
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )

    assert "HX-Request" in page.headers["Vary"]
    assert page.text.startswith("<!DOCTYPE html>")
    assert part.text.lstrip().startswith('<div class="stack g5" id="view">')
    assert page_figures(part.text) == page_figures(page.text)
    assert restored.text.startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("page", ["overview", "reports", "channels", "events"])
def test_part_brings_along_until_when_its_figures_go(
    reader: Browser, page: str
) -> None:
    address = f"/main/{page}"

    whole = reader.get(address).text
    part = reader.get(address, headers={"HX-Request": "true"}).text

    assert whole.count('id="until">Data until') == 1
    assert part.count('id="until" hx-swap-oob="true">Data until') == 1


@pytest.mark.usefixtures("account")
def test_names_of_channels_are_never_markup_nor_formulas(
    reader: Browser, session: Session, client: FlaskClient
) -> None:
    evil = "=HYPERLINK(1)<script>alert(1)</script>"
    factories.qrcode(session, "evil", of=factories.channel(session, evil))
    session.rollback()
    story.send(client, pushes.subscribe("evil", at=at(MONDAY, "09:00:00")))

    page = reader.get(f"/main/reports?{BOTH}").text
    log = reader.get("/main/events?p=all").text
    overview = reader.get("/main/overview").text
    file = reader.get(f"/main/reports.csv?{BOTH}").text
    log_file = reader.get("/main/events.csv?p=all").text

    for text in (page, log, overview):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
    assert f"'{evil}" in file
    assert f"'{evil}" in log_file


@pytest.mark.usefixtures("places")
def test_file_opens_in_a_spreadsheet(reader: Browser) -> None:
    response = reader.get(f"/main/reports.csv?{BOTH}")

    assert response.data.startswith(b"\xef\xbb\xbf")
    assert response.mimetype == "text/csv"
    disposition = response.headers["Content-Disposition"]
    assert re.fullmatch(
        r'attachment; filename="report_main_2026-03-02_2026-03-03'
        r'_until_\d{4}-\d\d-\d\d_\d{4}_Asia-Shanghai\.csv"',
        disposition,
    )
    assert file_rows(response.text)[0][:3] == ["Channel", "Group", "Scans"]


@pytest.mark.usefixtures("places")
def test_unknown_scenes_are_listed_with_their_scans(reader: Browser) -> None:
    page = reader.get(f"/main/reports/unknown-scenes?{BOTH}").text
    monday = reader.get(
        "/main/reports/unknown-scenes?start=2026-03-02&end=2026-03-02"
    ).text
    empty = reader.get("/main/reports/unknown-scenes?start=2026-03-04&end=2026-03-04")

    [row] = table_of(page, "Unknown scenes").rows
    # Scans, follows, people.
    assert row[:4] == ["elsewhere", "2", "1", "1"]
    for metric in ("scans", "follows", "scanners"):
        assert f'popovertarget="def-{metric}"' in page
        assert f'id="def-{metric}"' in page
    assert table_of(monday, "Unknown scenes").rows[0][1] == "1"
    assert "No unknown scenes" in sentences(empty)
    [links] = table_of(page, "Unknown scenes").links
    assert (
        len(table_of(reader.get(html.unescape(links[1])).text, "Event log").rows) == 2
    )


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("file", ["reports", "events", "channels/channels"])
def test_file_says_that_its_period_is_not_over(reader: Browser, file: str) -> None:
    answer = reader.get(f"/main/{file}.csv?p=today")

    name = answer.headers["Content-Disposition"]
    assert re.search(r"_(\S+)_\1_unfinished_until_\1_\d{4}_Asia-Shanghai\.csv", name)


@pytest.mark.usefixtures("places")
def test_unknown_scenes_have_pages_that_add_up(
    reader: Browser, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown_scenes, "PAGE_SIZE", 1)
    story.send(client, pushes.subscribe("door", openid="gil", at=at(MONDAY, "08:00")))
    address = f"/main/reports/unknown-scenes?{BOTH}"

    pages = [reader.get(f"{address}&page={n}") for n in (1, 2, 3)]

    rows = [table_of(page.text, "Unknown scenes").rows[0][:2] for page in pages]
    # Behind the last page is the last.
    assert rows == [["elsewhere", "2"], ["door", "1"], ["door", "1"]]
    assert "1–1 of 2" in sentences(pages[0])
    assert reader.get(f"{address}&page=x").status_code == 422


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("page", "caption", "query"),
    [
        ("reports?p=7d", "Channel report", "?p=7d"),
        ("reports", "Channel report", ""),
        (f"reports?{BOTH}", "Channel report", f"?{BOTH}"),
        (f"channels?{BOTH}", "Channels", f"?{BOTH}"),
        ("channels?p=month", "Channels", "?p=month"),
        (f"events?{BOTH}", "Event log", f"?{BOTH}"),
        ("events?p=all", "Event log", ""),
        ("overview?range=7d", "Ranking of channels", "?p=7d"),
    ],
)
def test_channel_is_opened_with_the_period_of_the_list(
    reader: Browser, client: FlaskClient, page: str, caption: str, query: str
) -> None:
    just_now = datetime.now(UTC) - timedelta(seconds=2)
    story.send(client, pushes.subscribe("poster", openid="gil", at=just_now))

    table = table_of(reader.get(f"/main/{page}").text, caption)

    links = {html.unescape(link) for row in table.links for link in row}
    opened = {link for link in links if re.match(r"/main/channels/\d", link)}
    assert opened
    assert {link.partition("?")[1] + link.partition("?")[2] for link in opened} == {
        query
    }


@pytest.mark.usefixtures("account")
def test_bad_period_of_unknown_scenes_is_refused(reader: Browser) -> None:
    assert reader.get("/main/reports/unknown-scenes?p=x").status_code == 422


@pytest.mark.usefixtures("places")
def test_more_channels_than_a_page_holds_are_counted_on_all_pages(
    reader: Browser, session: Session, account: Account
) -> None:
    for n in range(100):
        factories.channel(session, f"Shop {n:03}", of=account)
    session.rollback()

    first = table_of(reader.get(f"/main/reports?{BOTH}").text, "Channel report")
    second = table_of(reader.get(f"/main/reports?{BOTH}&page=2").text, "Channel report")
    file = file_rows(reader.get(f"/main/reports.csv?{BOTH}").text)

    assert len(first.rows) == 100 + 3
    assert [row[0] for row in second.rows] == [
        "Total",
        "Shop 098",
        "Shop 099",
        "No channel",
        "Unknown scene",
    ]
    assert first.rows[0][1:7] == second.rows[0][1:7]
    assert len(file) == 1 + 102 + 3


@pytest.mark.usefixtures("places")
def test_reports_are_for_those_who_may_read_the_account(
    browser: Browser, session: Session, account: Account, admit: Callable[..., User]
) -> None:
    factories.account(session, slug="other")
    factories.membership(session, admit("max@example.com", None), account, Role.MANAGER)
    session.rollback()
    paths = (
        "reports",
        "reports.csv",
        "reports/unknown-scenes",
        "events",
        "events.csv",
        "overview",
        "overview/feed",
    )

    anonymous = {browser.get(f"/main/{path}").status_code for path in paths}
    browser.sign_in("max@example.com")
    own = {browser.get(f"/main/{path}").status_code for path in paths}
    foreign = {browser.get(f"/other/{path}").status_code for path in paths}

    assert (anonymous, own, foreign) == ({302}, {200}, {404})
