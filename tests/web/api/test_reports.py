"""The ledger and the figures through the API, after pushes through the callback."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.web.api.conftest import Program, problem_of
from wxchannels.models import Account

SHANGHAI = timezone(timedelta(hours=8))
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Noon in Shanghai on Monday 2 March, and the last second of that day there.
NOON = factories.NOON
LAST_SECOND = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
METRICS = (
    "scans",
    "scanners",
    "new_follows",
    "refollows",
    "follower_scans",
    "unfollows",
    "net_follows",
    "followers_now",
)
ADDITIVE = tuple(name for name in METRICS if name not in {"scanners", "followers_now"})
UNKNOWN = (None,) * len(ADDITIVE)
WEEK = {"start": "2026-03-02", "end": "2026-03-04"}


@pytest.fixture
def channels(session: Session, account: Account, client: FlaskClient) -> dict[str, int]:
    """Return three channels by name, after a history that touched two of them."""
    opened = [
        factories.channel(session, name=name, of=account)
        for name in ("counter", "poster", "unused")
    ]
    for channel in opened:
        factories.qrcode(session, scene=f"{channel.name}_1", of=channel)
    ids = {channel.name: channel.id for channel in opened}
    session.rollback()
    for body in (
        # Monday: anna is new at the counter and scans the poster; bo is new at the
        # counter; a follow without a code; the last second of the day.
        pushes.subscribe("counter_1", openid="anna", at=NOON),
        pushes.scan("poster_1", openid="anna", at=NOON + SECOND),
        pushes.subscribe("counter_1", openid="bo", at=NOON + HOUR),
        pushes.subscribe(openid="cy", at=NOON + HOUR),
        pushes.subscribe("poster_1", openid="di", at=LAST_SECOND),
        # Tuesday begins a second later: an unknown scene, and anna leaves.
        pushes.subscribe("elsewhere", openid="ed", at=LAST_SECOND + SECOND),
        pushes.unsubscribe(openid="anna", at=NOON + DAY),
        # Wednesday: anna returns by the poster.
        pushes.subscribe("poster_1", openid="anna", at=NOON + 2 * DAY),
    ):
        # WeChat sends a push again when our answer is late.
        for _ in range(2):
            assert client.post(pushes.signed(), data=body).status_code == 200
    return ids


def _figures(row: dict[str, Any], names: tuple[str, ...] = METRICS) -> tuple[int, ...]:
    return tuple(row[name] for name in names)


def test_report_equals_the_table_made_by_hand(
    program: Program, channels: dict[str, int]
) -> None:
    report = program.get("/reports/channels", **WEEK).get_json()

    table = {row["name"]: _figures(row) for row in report["rows"]}
    #        scans people new re- follower un- net now
    assert table == {
        "counter": (2, 2, 2, 0, 0, 1, 1, 1),
        "poster": (3, 2, 1, 1, 1, 0, 2, 2),
        "unused": (0, 0, 0, 0, 0, 0, 0, 0),
    }
    assert _figures(report["no_channel"]) == (0, 0, 1, 0, 0, 0, 1, 1)
    assert _figures(report["unknown_scene"]) == (1, 1, 1, 0, 0, 0, 1, 1)
    assert _figures(report["total"]) == (6, 4, 5, 1, 1, 1, 5, 5)
    assert {row["name"]: row["channel_id"] for row in report["rows"]} == channels


@pytest.mark.usefixtures("channels")
def test_report_has_the_promised_shape(program: Program) -> None:
    report = program.get("/reports/channels", **WEEK).get_json()

    assert set(report) == {"period", "rows", "no_channel", "unknown_scene", "total"}
    data_until = datetime.fromisoformat(report["period"].pop("data_until"))
    assert data_until.tzinfo == UTC
    assert report["period"] == {**WEEK, "time_zone": "Asia/Shanghai"}
    others = [report[name] for name in ("no_channel", "unknown_scene", "total")]
    for row in (*report["rows"], *others):
        assert set(row) == {"channel_id", "name", "unfollow_rate", *METRICS}
    assert {row["channel_id"] for row in others} == {None}
    names = [row["name"] for row in others]
    assert names == ["No channel", "Unknown scene", "Total"]


@pytest.mark.usefixtures("channels")
def test_report_of_one_day_ends_at_midnight_in_shanghai(program: Program) -> None:
    monday = program.get("/reports/channels", start="2026-03-02", end="2026-03-02")

    total = monday.get_json()["total"]
    assert _figures(total, ADDITIVE) == (4, 4, 0, 1, 0, 4)


@pytest.mark.usefixtures("channels")
def test_days_have_a_point_each_and_add_up(program: Program) -> None:
    asked = {"start": "2026-03-01", "end": "2026-03-05", "interval": "day"}

    series = program.get("/reports/series", **asked).get_json()

    points = {point["at"]: _figures(point, ADDITIVE) for point in series["points"]}
    assert series["interval"] == "day"
    assert points == {
        # Nothing was heard of the account before Monday noon.
        "2026-03-01": UNKNOWN,
        "2026-03-02": (4, 4, 0, 1, 0, 4),
        "2026-03-03": (1, 1, 0, 0, 1, 0),
        "2026-03-04": (1, 0, 1, 0, 0, 1),
        "2026-03-05": (0, 0, 0, 0, 0, 0),
    }
    assert set(series["points"][0]) == {"at", "unfinished", *ADDITIVE}


@pytest.mark.usefixtures("channels")
def test_what_nobody_knows_is_null_and_today_is_unfinished(program: Program) -> None:
    today = datetime.now(UTC).astimezone(SHANGHAI).date()
    asked = {"start": str(today), "end": str(today + DAY)}
    long_ago = {"start": "2020-01-01", "end": "2020-01-01"}

    now, to_come = program.get("/reports/series", **asked).get_json()["points"]
    days = program.get("/reports/retention", **asked).get_json()["cohorts"]
    [then] = program.get("/reports/retention", **long_ago).get_json()["cohorts"]
    report = program.get("/reports/channels", **long_ago).get_json()

    assert (now["unfinished"], now["scans"]) == (True, 0)
    assert (to_come["unfinished"], to_come["scans"]) == (False, None)
    assert [day["new_follows"] for day in days] == [0, None]
    assert [day["unfinished"] for day in days] == [True, False]
    assert (then["new_follows"], then["retained_1"]) == (None, None)
    assert _figures(report["total"], (*ADDITIVE, "scanners")) == (*UNKNOWN, None)
    assert report["rows"][0]["new_follows"] is None


def test_report_is_narrowed_as_the_page_is(
    program: Program, channels: dict[str, int]
) -> None:
    whole = program.get("/reports/channels", **WEEK).get_json()
    report = program.get("/reports/channels", **WEEK, search="ter").get_json()
    nothing = program.get("/reports/channels", **WEEK, group="nowhere").get_json()

    assert [row["channel_id"] for row in report["rows"]] == [
        channels["counter"],
        channels["poster"],
    ]
    # Anna is behind scans of both: three people, not four.
    #                                                scans people new re- f un net now
    assert _figures(report["narrowed_total"]) == (5, 3, 3, 1, 1, 1, 3, 3)
    assert report["narrowed_total"]["unfollow_rate"] == 0.25
    assert report["total"] == whole["total"]
    assert nothing["rows"] == []
    assert _figures(nothing["narrowed_total"]) == (0,) * 8


def test_hours_have_a_point_each(program: Program, channels: dict[str, int]) -> None:
    day = {"start": "2026-03-02", "end": "2026-03-02", "interval": "hour"}

    whole = program.get("/reports/series", **day).get_json()["points"]
    poster = program.get("/reports/series", **day, channel_id=channels["poster"])

    hours = [datetime(2026, 3, 1, 16, tzinfo=UTC) + n * HOUR for n in range(24)]
    assert [point["at"] for point in whole] == [
        hour.strftime("%Y-%m-%dT%H:00:00Z") for hour in hours
    ]
    busy = {
        point["at"]: _figures(point, ADDITIVE)
        for point in whole
        if any(point[name] for name in ADDITIVE)
    }
    assert busy == {
        "2026-03-02T04:00:00Z": (2, 1, 0, 1, 0, 1),
        "2026-03-02T05:00:00Z": (1, 2, 0, 0, 0, 2),
        "2026-03-02T15:00:00Z": (1, 1, 0, 0, 0, 1),
    }
    scans = {point["at"]: point["scans"] for point in poster.get_json()["points"]}
    assert {at: n for at, n in scans.items() if n} == {
        "2026-03-02T04:00:00Z": 1,
        "2026-03-02T15:00:00Z": 1,
    }


def test_hours_of_a_day_when_clocks_change_have_no_gap(
    program: Program, session: Session, account: Account
) -> None:
    account.time_zone = "Europe/Berlin"
    session.commit()

    series = program.get(
        "/reports/series", start="2026-03-29", end="2026-03-29", interval="hour"
    )

    points = [point["at"] for point in series.get_json()["points"]]
    assert len(points) == 23
    assert (points[0], points[-1]) == ("2026-03-28T23:00:00Z", "2026-03-29T21:00:00Z")


def test_hours_that_begin_at_half_past_keep_their_events(
    program: Program, session: Session, account: Account, client: FlaskClient
) -> None:
    account.time_zone = "Asia/Kolkata"
    session.commit()
    session.rollback()
    for openid, at in (("anna", NOON + 29 * MINUTE), ("bo", NOON + 30 * MINUTE)):
        client.post(pushes.signed(), data=pushes.subscribe(openid=openid, at=at))

    series = program.get(
        "/reports/series", start="2026-03-02", end="2026-03-02", interval="hour"
    )

    points = {
        point["at"]: point["new_follows"] for point in series.get_json()["points"]
    }
    assert {at: new for at, new in points.items() if new} == {
        "2026-03-02T03:30:00Z": 1,
        "2026-03-02T04:30:00Z": 1,
    }


def test_events_are_listed_the_newest_first(
    program: Program, channels: dict[str, int]
) -> None:
    page = program.get("/events").get_json()

    listed = [
        (item["kind"], item["class"], item["row"], item["channel_id"], item["scene"])
        for item in page["items"]
    ]
    counter, poster = channels["counter"], channels["poster"]
    assert (page["page"], page["page_size"], page["total"]) == (1, 50, 8)
    assert [*listed[:5], *listed[6:]] == [
        ("follow", "refollow", "channel", poster, "poster_1"),
        ("unfollow", "unfollow", "channel", counter, None),
        ("follow", "new_follow", "unknown_scene", None, "elsewhere"),
        ("follow", "new_follow", "channel", poster, "poster_1"),
        ("follow", "new_follow", "no_channel", None, None),
        ("scan", "follower_scan", "channel", poster, "poster_1"),
        ("follow", "new_follow", "channel", counter, "counter_1"),
    ]
    assert page["items"][-1]["happened_at"] == "2026-03-02T04:00:00Z"
    assert page["items"][-1]["lost_at"] == "2026-03-03T04:00:00Z"
    assert page["items"][-1]["follower_id"] == page["items"][0]["follower_id"]
    assert "anna" not in str(page)


def test_events_are_filtered_and_paged(
    program: Program, channels: dict[str, int]
) -> None:
    def total(**query: object) -> int:
        answer = program.get("/events", **query)
        assert answer.status_code == 200
        number: int = answer.get_json()["total"]
        return number

    third = program.get("/events", page=3, page_size=3).get_json()

    assert total(start="2026-03-02", end="2026-03-02") == 5
    assert total(**WEEK, channel_id=channels["poster"]) == 3
    assert total(channel_id=channels["unused"]) == 0
    assert total(kind="follow") == 6
    assert total(kind="unfollow", channel_id=channels["counter"]) == 1
    assert total(**{"class": "new_follow"}) == 5
    assert (len(third["items"]), third["page"], third["total"]) == (2, 3, 8)


@pytest.mark.parametrize(
    ("path", "field", "changes"),
    [
        ("/reports/channels", "start", {"start": None}),
        ("/reports/channels", "end", {"end": None}),
        ("/reports/channels", "start", {"start": "2026-3-2"}),
        ("/reports/channels", "start", {"start": "20260302"}),
        ("/reports/channels", "start", {"start": "2026-02-30"}),
        ("/reports/channels", "end", {"end": "2026-03-02T04:00:00Z"}),
        ("/reports/channels", "end", {"end": "9999-12-31"}),
        ("/reports/channels", "end", {"end": "2026-03-01"}),
        ("/reports/channels", "end", {"end": "2036-03-01"}),
        ("/reports/channels", "account_id", {"account_id": "2"}),
        ("/reports/series", "interval", {"interval": "minute"}),
        ("/reports/series", "interval", {"interval": "hour", "end": "2026-04-02"}),
        ("/reports/series", "channel_id", {"channel_id": "NaN"}),
        ("/reports/series", "channel_id", {"channel_id": "-1"}),
        ("/reports/series", "channel_id", {"channel_id": str(2**63)}),
        ("/events", "end", {"end": None}),
        ("/events", "kind", {"kind": "payment"}),
        ("/events", "class", {"class": "follow"}),
        ("/events", "page_size", {"page_size": "101"}),
        ("/events", "openid", {"openid": "anna"}),
    ],
)
def test_bad_question_is_refused_by_field(
    program: Program, path: str, field: str, changes: dict[str, str | None]
) -> None:
    asked = {**WEEK, **changes}

    answer = program.get(path, **{k: v for k, v in asked.items() if v is not None})

    assert answer.status_code == 422
    assert list(problem_of(answer)["errors"]) == [field]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({"start": "2026-11-01"}, {"end": ["Missing data for required field."]}),
        ({"end": "2026-11-01"}, {"start": ["Missing data for required field."]}),
        (
            {"start": "2026-02-30", "end": "2026-03-01"},
            {"start": ["The calendar has no such day."]},
        ),
        (
            {"start": "1999-01-01", "end": "2026-03-01"},
            {"start": ["Choose a day from 2000 to 2199."]},
        ),
    ],
)
def test_days_of_events_are_refused_as_a_reports_are(
    program: Program, query: dict[str, str], errors: dict[str, list[str]]
) -> None:
    assert problem_of(program.get("/events", **query))["errors"] == errors


@pytest.mark.parametrize("path", ["/reports/series", "/events"])
def test_foreign_channel_has_no_figures(
    foreign: Program, channels: dict[str, int], path: str
) -> None:
    answer = foreign.get(path, **WEEK, channel_id=channels["counter"])

    assert answer.status_code == 404
    problem_of(answer)


@pytest.mark.usefixtures("channels")
def test_foreign_account_is_empty(foreign: Program) -> None:
    report = foreign.get("/reports/channels", **WEEK).get_json()
    events = foreign.get("/events").get_json()

    assert report["rows"] == []
    # Never in contact: nobody knows what happened.
    assert _figures(report["total"], ADDITIVE) == UNKNOWN
    assert report["total"]["followers_now"] == 0
    assert events["items"] == []
