"""The event log: filters, pages, people, the file."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.reports import story
from tests.reports.story import MONDAY, Places, at
from tests.web.browser import Browser, sentences
from tests.web.tables import Table, table_of
from wxchannels.models import (
    Account,
    Follower,
    Repair,
    RepairReason,
    ScanEvent,
    Source,
)

ALL = "/main/events?p=all"
TIME, EVENT, CHANNEL, PERSON, SCENE, SOURCE, ENDED = range(7)


def log_of(page: str) -> Table:
    return table_of(page, "Event log")


def test_newest_event_comes_first_with_what_is_known_of_it(
    reader: Browser, places: Places
) -> None:
    log = log_of(reader.get(ALL).text)

    assert len(log.rows) == 12
    newest, oldest = log.rows[0], log.rows[-1]
    assert newest[:3] == ["2026-03-03 13:00", "Follower scan", "Unknown scene"]
    assert newest[SCENE] == "elsewhere"
    assert oldest[:6] == [
        "2026-03-02 09:00",
        "New follow",
        "Counter",
        "…anna",
        "counter",
        "QR code",
    ]
    assert f"/channels/{places.counter}" in log.links[-1][CHANNEL]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 12),
        ("&figure=new_follows", 6),
        ("&figure=refollows", 1),
        ("&figure=follower_scans", 4),
        ("&figure=unfollows", 1),
        ("&figure=scans", 10),
        ("&figure=scanners", 5),
        ("&figure=net_follows", 8),
        ("&figure=unfollow_rate", 1),
        ("&figure=followers_now", 6),
        ("&row=no_channel", 1),
        ("&row=unknown_scene", 2),
        ("&scene=poster", 4),
        ("&scene=Poster", 0),
        ("&search=count", 5),
        ("&search=elsewhere", 0),
        ("&group=East", 5),
        ("&group=%2F", 0),
        ("&testers=1", 13),
    ],
)
def test_log_is_narrowed_as_asked(reader: Browser, query: str, count: int) -> None:
    page = reader.get(ALL + query)

    assert page.status_code == 200
    ending = "event" if count == 1 else "events"
    assert f"All times · {count} {ending}" in sentences(page)
    assert (len(log_of(page.text).rows) if count else 0) == count


def test_log_of_a_channel_names_it_and_lets_go_of_it(
    reader: Browser, places: Places
) -> None:
    page = reader.get(f"{ALL}&row={places.counter}")

    assert len(log_of(page.text).rows) == 5
    assert "Row: Counter" in sentences(page)
    assert 'aria-label="Take away: Row: Counter"' in page.text


@pytest.mark.usefixtures("places")
def test_days_end_at_midnight_in_shanghai(reader: Browser) -> None:
    monday = log_of(reader.get("/main/events?start=2026-03-02&end=2026-03-02").text)
    tuesday = log_of(reader.get("/main/events?start=2026-03-03&end=2026-03-03").text)

    assert monday.rows[0][TIME] == "2026-03-02 23:59"
    assert tuesday.rows[-1][TIME] == "2026-03-03 00:00"
    assert (len(monday.rows), len(tuesday.rows)) == (6, 6)


@pytest.mark.usefixtures("places")
def test_person_is_shown_by_the_end_of_the_openid_until_it_is_erased(
    reader: Browser, session: Session, client: FlaskClient
) -> None:
    openid = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
    story.send(client, pushes.subscribe(openid=openid, at=at(MONDAY, "07:00:00")))
    session.rollback()
    before = reader.get(ALL).text
    story.send(client, pushes.unsubscribe(openid=openid, at=at(MONDAY, "08:00:00")))
    after = reader.get(ALL).text

    assert log_of(before).rows[-1][PERSON] == "…fL2M"
    assert openid not in before
    assert [row[PERSON] for row in log_of(after).rows[-2:]] == ["erased", "erased"]
    link = re.search(r"person=(\d+)", log_of(after).links[-1][PERSON])
    assert link
    own = reader.get(f"{ALL}&person={link[1]}")
    assert [row[EVENT] for row in log_of(own.text).rows] == ["Unfollow", "New follow"]
    assert "Person, erased" in sentences(own)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("last_trade_no_4008072001201701105817415015", "After a payment"),
        ("scanbarcode|1|2", "Product code"),
        ("", "Search, card, share and the like"),
    ],
)
def test_source_of_a_follow_without_a_code_is_named(
    reader: Browser, client: FlaskClient, key: str, source: str
) -> None:
    story.send(client, pushes.event("subscribe", key, at=factories.NOON))

    [row] = log_of(reader.get(ALL).text).rows

    assert (row[CHANNEL], row[SOURCE]) == ("No channel", source)


@pytest.mark.usefixtures("places")
def test_testers_are_left_out_and_counted(reader: Browser) -> None:
    plain, whole = reader.get(ALL), reader.get(f"{ALL}&testers=1")

    assert "1 event of testers is left out." in sentences(plain)
    assert "…tess" not in plain.text
    assert "…tess tester" in [row[PERSON] for row in log_of(whole.text).rows]


@pytest.mark.usefixtures("account")
def test_log_has_pages_and_the_file_has_everything(
    reader: Browser, client: FlaskClient
) -> None:
    for n in range(51):
        moment = at(MONDAY, f"10:00:{n:02}")
        story.send(client, pushes.subscribe(openid=f"person-{n:04}", at=moment))

    first, second = reader.get(ALL), reader.get(f"{ALL}&page=2")
    behind = reader.get(f"{ALL}&page=999")
    file = reader.get("/main/events.csv?p=all").text

    assert (len(log_of(first.text).rows), len(log_of(second.text).rows)) == (50, 1)
    assert "51–51 of 51" in sentences(second)
    assert log_of(behind.text).rows == log_of(second.text).rows
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert len(rows) == 1 + 51
    assert rows[0][:4] == ["Time (Asia/Shanghai)", "Event", "Channel", "Scene"]
    assert rows[1][:3] == ["2026-03-02 10:00:50", "New follow", "No channel"]
    assert rows[1][6] == "0050"


@pytest.mark.usefixtures("places")
def test_file_has_the_rows_of_the_filter(reader: Browser) -> None:
    response = reader.get(
        "/main/events.csv?start=2026-03-03&end=2026-03-03&figure=scans"
    )

    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == [
        "2026-03-03 13:00:00",
        "2026-03-03 12:00:00",
        "2026-03-03 11:00:00",
        "2026-03-03 10:00:00",
        "2026-03-03 00:00:00",
    ]
    assert "events_main_2026-03-03_2026-03-03_until_" in str(response.headers)


@pytest.mark.usefixtures("places")
def test_file_says_who_tests_and_which_channel_won_each_person_first(
    reader: Browser,
) -> None:
    file = reader.get("/main/events.csv?p=all&testers=1").text

    head, *rows = csv.reader(io.StringIO(file.removeprefix("\ufeff")))
    assert head[8:] == ["Tester", "First channel of the person"]
    assert {(row[6], *row[8:]) for row in rows} == {
        ("anna", "", "Counter"),
        ("tess", "yes", "Counter"),
        ("bo", "", "Counter"),
        ("cy", "", "No channel"),
        ("dan", "", "Unknown scene"),
        ("eve", "", "Poster"),
        ("fay", "", "Poster"),
    }


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("figure=cost", 422, "There is no list of events behind “cost”."),
        ("row=abc", 422, "“abc” is no row of the report."),
        ("row=-2", 422, "“-2” is no row of the report."),
        ("row=999999", 404, "There is no such thing here."),
        ("person=anna", 422, "“anna” is no person."),
        ("person=9223372036854775808", 422, "is no person."),
        ("page=9223372036854775808", 422, "There is no such page."),
        ("page=-1", 422, "There is no such page."),
        ("start=2026-03-03&end=2026-03-02", 422, "The period must end after"),
        ("end=yesterday", 422, "Write the day as YYYY-MM-DD."),
    ],
)
def test_bad_address_is_refused_with_its_sentence(
    reader: Browser, query: str, status: int, sentence: str
) -> None:
    page, file = (
        reader.get(f"/main/events?{query}"),
        reader.get(f"/main/events.csv?{query}"),
    )

    assert page.status_code == status
    assert sentence in sentences(page)
    if "page=" not in query:
        assert file.status_code == status


def test_channel_of_another_account_does_not_exist_here(
    reader: Browser, session: Session
) -> None:
    other = factories.account(session, slug="other")
    foreign = factories.channel(session, "Foreign", of=other).id
    session.rollback()

    page = reader.get(f"{ALL}&row={foreign}")

    assert page.status_code == 404
    assert "Foreign" not in page.text


@pytest.mark.usefixtures("places")
def test_person_of_another_account_has_no_events_here(
    reader: Browser, session: Session
) -> None:
    other = factories.account(session, slug="other")
    stranger = Follower(
        account_id=other.id,
        openid_hash=b"h" * 32,
        openid="oStrangerXYZW",
        first_seen_at=factories.NOON,
    )
    session.add(stranger)
    session.commit()
    number = session.scalars(select(Follower.id).order_by(Follower.id.desc())).first()
    session.rollback()

    page = reader.get(f"{ALL}&person={number}")

    assert "XYZW" not in page.text
    assert "All times · 0 events" in sentences(page)


@pytest.mark.usefixtures("account")
def test_log_without_events_says_what_to_do(reader: Browser) -> None:
    page = reader.get("/main/events")

    assert page.status_code == 200
    assert "No events" in sentences(page)


@pytest.mark.usefixtures("places")
def test_htmx_gets_the_part_of_the_log(reader: Browser) -> None:
    part = reader.get(ALL, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert part.vary.as_set() >= {"hx-request"}
    assert len(log_of(part.text).rows) == 12


@pytest.mark.usefixtures("places")
def test_scene_is_text_whatever_it_holds(
    reader: Browser, client: FlaskClient, account: Account
) -> None:
    del account
    evil = '"><img src=x>'
    story.send(client, pushes.scan(evil, openid="anna", at=at(MONDAY, "20:00:00")))

    page = reader.get("/main/events", query_string={"p": "all", "scene": evil}).text
    scenes = reader.get("/main/reports/unknown-scenes?start=2026-03-02&end=2026-03-02")

    assert "<img" not in page.replace('<img class="thumb', "")
    assert len(log_of(page).rows) == 1
    assert "<img src=x" not in scenes.text
    assert evil in [row[0] for row in table_of(scenes.text, "Unknown scenes").rows]


@pytest.mark.parametrize(
    ("way", "word"),
    [
        ("ADD_SCENE_PROFILE_CARD", "Name card"),
        ("ADD_SCENE_SOMETHING_NEW", "ADD_SCENE_SOMETHING_NEW"),
        ("", "Search, card, share and the like"),
    ],
)
def test_way_that_wechat_told_is_shown_in_words(
    reader: Browser, session: Session, places: Places, way: str, word: str
) -> None:
    del places
    carries_nothing = select(ScanEvent).where(ScanEvent.source == Source.UNKNOWN)
    event = session.scalars(carries_nothing).one()
    event.subscribe_scene = way
    session.commit()

    log = log_of(reader.get(ALL).text)

    assert word in [row[SOURCE] for row in log.rows]


def test_push_that_was_moved_says_from_where_and_why(
    reader: Browser, session: Session, places: Places
) -> None:
    event = session.scalars(
        select(ScanEvent).where(ScanEvent.row_id == places.counter).limit(1)
    ).one()
    row = {"event_id": event.id, "to_row_id": places.counter, "at": at(MONDAY, "12:30")}
    session.add(Repair(**row, from_row_id=0, reason=RepairReason.LOST_SCENE))
    session.add(Repair(**row, from_row_id=places.counter, reason=RepairReason.ADOPTED))
    session.commit()

    page = sentences(reader.get(ALL))

    assert "Was: No channel · WeChat told the scene when asked ·" in page
    assert "Was: Counter · Its scene was adopted ·" in page
