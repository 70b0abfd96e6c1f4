"""The overview: today, ranking, live feed, health."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.reports import story
from tests.reports.story import MONDAY, TUESDAY, Places, at
from tests.web.browser import Browser, sentences
from tests.web.tables import table_of
from wxchannels.models import Account, RawPush
from wxchannels.reports.health import account_health
from wxchannels.reports.overview import OverviewAsked, overview

SHANGHAI = ZoneInfo("Asia/Shanghai")


def just_now() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=2)


@pytest.mark.usefixtures("places")
def test_today_stands_against_yesterday_at_the_same_hour(
    session: Session, account: Account
) -> None:
    noon = at(TUESDAY, "12:30:00")

    seen = overview(session, account, OverviewAsked(), now=noon)

    today, yesterday = seen.today.figures, seen.today.yesterday
    # The counters hold all of Tuesday; nothing came after this noon but a scan.
    assert (today.new_follows, today.refollows, today.unfollows) == (1, 1, 1)
    # Until 12:30 on Monday: anna, bo and cy; anna's scan.
    assert yesterday is not None
    assert (yesterday.scans, yesterday.new_follows) == (3, 3)
    assert (yesterday.unfollows, yesterday.net_follows) == (0, 3)


@pytest.mark.usefixtures("places")
def test_channels_are_ranked_by_net_follows(session: Session, account: Account) -> None:
    now = at(TUESDAY, "20:00:00")

    seen = overview(session, account, OverviewAsked(range="7d"), now=now)

    assert [(row.name, row.net_follows) for row in seen.ranking.rows] == [
        ("Poster", 3),
        ("Counter", 1),
    ]
    assert [round(seen.ranking.share(row), 2) for row in seen.ranking.rows] == [1, 0.33]
    assert seen.channel_count == 2


def test_rate_is_ranked_from_ten_follows_on(
    session: Session, account: Account, client: FlaskClient
) -> None:
    few = factories.channel(session, "Few", of=account)
    many = factories.channel(session, "Many", of=account)
    factories.qrcode(session, "few", of=few)
    factories.qrcode(session, "many", of=many)
    session.rollback()
    for n in range(10):
        moment = at(MONDAY, f"09:00:{n:02}")
        story.send(client, pushes.subscribe("many", openid=f"p{n}", at=moment))
    story.send(client, pushes.unsubscribe(openid="p0", at=at(MONDAY, "10:00:00")))
    story.send(client, pushes.subscribe("few", openid="q", at=at(MONDAY, "09:00:00")))
    story.send(client, pushes.unsubscribe(openid="q", at=at(MONDAY, "10:00:00")))

    session.rollback()
    asked = OverviewAsked(rank="unfollow_rate")
    seen = overview(session, account, asked, now=at(MONDAY, "12:00:00"))

    ranked = [(row.name, row.unfollow_rate) for row in seen.ranking.rows]
    assert ranked == [("Many", 0.1)]


def test_page_shows_what_came_in_a_moment_ago(
    reader: Browser, session: Session, account: Account, client: FlaskClient
) -> None:
    counter = factories.channel(session, "Counter", of=account)
    factories.qrcode(session, "counter", of=counter)
    session.rollback()
    story.send(client, pushes.subscribe("counter", at=just_now()))

    page, feed = reader.get("/main/overview"), reader.get("/main/overview/feed")

    assert 'hx-trigger="every 10s, visible-again"' in page.text
    assert 'hx-get="/main/overview/feed"' in page.text
    for shown in (page, feed):
        assert "New follow …anna Counter" in sentences(shown)
    assert "<html" not in feed.text
    assert feed.headers["Cache-Control"] == "no-store"
    [row] = table_of(page.text, "Ranking of channels").rows
    assert row[:4] == ["1 Counter", "+1", "1", "0.0%"]
    chart = table_of(page.text, "Follows and unfollows, last 30 days")
    assert len(chart.rows) == 30
    assert chart.rows[-1][1:7] == ["1", "1", "0", "0", "0", "+1"]
    assert chart.rows[0][1] == "No data"


@pytest.mark.usefixtures("places")
def test_cards_and_until_go_along_with_the_feed(
    reader: Browser, client: FlaskClient
) -> None:
    page = reader.get("/main/overview").text
    pushed = just_now()
    story.send(client, pushes.subscribe("poster", openid="gil", at=pushed))

    part = reader.get("/main/overview/feed").text

    exchanged = re.findall(r'id="([\w-]+)"\s+hx-swap-oob="true"', part)
    cards = ["scans", "new_follows", "refollows", "unfollows", "net_follows"]
    now = [f"now-{card}" for card in cards]
    assert exchanged == ["today", "health", *now, "until"]
    for name in exchanged:
        assert page.count(f'id="{name}"') == 1
    values = re.findall(r'class="metric-v">(\S+)<', part)
    # Only around midnight in the account's zone is the push yesterday's.
    is_today = pushed.astimezone(SHANGHAI).date() == datetime.now(SHANGHAI).date()
    assert values == (["1", "1", "0", "0", "1"] if is_today else ["0"] * 5)
    assert part.count("Data until") == 2


@pytest.mark.usefixtures("places")
def test_testers_are_not_in_the_feed(reader: Browser) -> None:
    assert "…tess" not in sentences(reader.get("/main/overview/feed"))


@pytest.mark.usefixtures("account")
def test_account_without_channels_is_told_what_a_channel_is(reader: Browser) -> None:
    page = sentences(reader.get("/main/overview"))

    assert "No channels yet" in page
    assert "A channel is a place that shows a code" in page
    assert "Not connected yet" in page


def test_account_without_a_push_waits_for_the_first_scan_and_shows_it(
    reader: Browser, session: Session, account: Account, client: FlaskClient
) -> None:
    factories.channel(session, "Counter", of=account)
    session.rollback()
    asking = {"HX-Request": "true", "HX-Trigger": "waiting"}

    page = reader.get("/main/overview")
    before = reader.get("/main/overview/feed", headers=asking)
    story.send(client, pushes.subscribe(at=just_now()))
    after = reader.get("/main/overview/feed", headers=asking)

    assert "Waiting for the first scan" in sentences(page)
    assert "Ranking of channels" not in sentences(page)
    assert 'id="waiting"' in page.text
    assert "HX-Refresh" not in before.headers
    assert after.headers["HX-Refresh"] == "true"


@pytest.mark.usefixtures("places")
def test_figures_lead_to_their_events_from_the_ranking(
    reader: Browser, client: FlaskClient
) -> None:
    story.send(client, pushes.scan("poster", openid="eve", at=just_now()))
    moment = just_now() - timedelta(seconds=5)
    story.send(client, pushes.subscribe("poster", openid="gil", at=moment))

    ranking = table_of(reader.get("/main/overview?range=7d").text, "Ranking")

    link = ranking.links[0][2].replace("&amp;", "&")
    assert len(table_of(reader.get(link).text, "Event log").rows) == 1


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("range=1y", "The overview shows “7d” or “30d”, not “1y”."),
        ("rank=name", "Channels are not ranked by “name”."),
        ("metric=x", "There is no chart of “x”."),
    ],
)
def test_bad_address_is_refused_with_its_sentence(
    reader: Browser, query: str, sentence: str
) -> None:
    page = reader.get(f"/main/overview?{query}")

    assert page.status_code == 422
    assert sentence in sentences(page)


@pytest.mark.usefixtures("places")
def test_health_is_quiet_while_all_is_well(
    reader: Browser, session: Session, account: Account
) -> None:
    account.token_checked_at = factories.NOON
    session.commit()

    page = sentences(reader.get("/main/overview"))

    assert "Receiving Last push" in page
    assert "Check the connection" not in page
    assert "waits" not in page


@pytest.mark.usefixtures("places")
def test_health_names_what_is_wrong(
    reader: Browser, session: Session, account: Account
) -> None:
    account.token_errcode = 40125
    session.add(
        RawPush(
            account_id=account.id,
            push_key=b"k" * 32,
            kind="parked",
            happened_at=factories.NOON,
            received_at=factories.NOON,
            parked_at=factories.NOON,
            body=b"x",
        )
    )
    session.commit()

    page = sentences(reader.get("/main/overview"))

    assert "Needs a look" in page
    assert "WeChat gives no access token" in page
    assert "1 push could not be read and waits" in page
    assert "Check the connection" in page


def test_day_without_a_push_is_said(
    session: Session, account: Account, places: Places
) -> None:
    del places
    now = datetime.now(UTC)

    soon = account_health(session, account, now=now + timedelta(hours=23))
    late = account_health(session, account, now=now + timedelta(hours=25))

    assert (soon.is_quiet, late.is_quiet) == (False, True)
    assert late.last_push_at


@pytest.mark.usefixtures("places")
def test_chinese_is_the_first_language(signed_in: Browser) -> None:
    overview_page = sentences(signed_in.get("/main/overview"))
    report = sentences(signed_in.get("/main/reports"))
    log = sentences(signed_in.get("/main/events?p=all"))

    assert "实时动态" in overview_page
    assert "比昨天此时" in overview_page
    assert "渠道报表" in report
    assert "扫了码但没有关注的人，微信不会通知" in report
    assert "事件日志" in log
