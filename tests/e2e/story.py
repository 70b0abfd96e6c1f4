"""Two days in Shanghai, eight people, and the report of it, worked out by hand."""

from collections.abc import Mapping, Sequence

from tests.e2e.world import Connected, Json

MONDAY, TUESDAY = "2026-03-02", "2026-03-03"
MORNING = f"{MONDAY}T08:00:00+08:00"
WELCOME, AGAIN, ALREADY = "欢迎来到半亩茶。", "好久不见。", "今天也请喝好茶。"
#: A code that some other tool made: we have never heard of its scene.
ELSEWHERE = "poster2024"
Step = Mapping[str, object]

#: scans, scanners, new, re-follows, follower scans, unfollows, net, following now
TABLE = {
    "Counter": (4, 4, 3, 0, 1, 1, 2, 2),
    "Metro": (3, 2, 1, 1, 1, 0, 2, 2),
    "no_channel": (0, 0, 3, 0, 0, 1, 2, 2),
    "unknown_scene": (1, 1, 1, 0, 0, 1, 0, 0),
    "total": (8, 6, 8, 1, 2, 3, 6, 6),
}
#: scans, new, re-follows, follower scans, unfollows, net: the account, day by day
DAYS = {
    MONDAY: (5, 6, 0, 2, 2, 4),
    TUESDAY: (3, 2, 1, 0, 1, 2),
}
FIGURES = (
    "scans",
    "scanners",
    "new_follows",
    "refollows",
    "follower_scans",
    "unfollows",
    "net_follows",
    "followers_now",
)
ADDITIVE = (
    "scans",
    "new_follows",
    "refollows",
    "follower_scans",
    "unfollows",
    "net_follows",
)


def open_channels(account: Connected) -> Json:
    """Open two channels with the four kinds of code; return the codes by scene."""
    account.sandbox.clock(stop=MORNING)
    account.sandbox.issue_code(ELSEWHERE)
    replies = {
        "reply_new": WELCOME,
        "reply_returning": AGAIN,
        "reply_following": ALREADY,
    }
    counter = account.channel("Counter", **replies)
    metro = account.channel("Metro", **replies)
    month = {"lifetime": "temporary", "expire_seconds": 2592000}
    return {
        "counter": account.code(counter, scene="counter"),
        "stand": account.code(counter, scene="stand", **month),
        "4711": account.code(metro, scene=4711),
        "700001": account.code(metro, scene=700001, **month),
    }


def story() -> Sequence[Step]:
    """Return what people do, in order of time."""
    return [
        _step("anna", MONDAY, "09:00:00", "follow", code="counter"),
        _step("anna", MONDAY, "10:00:00", "scan", code="4711"),
        _step("bo", MONDAY, "11:00:00", "follow"),
        _step("bo", MONDAY, "12:00:00", "scan", code="counter"),
        _step("cai", MONDAY, "13:00:00", "follow", payment=True),
        _step("dan", MONDAY, "14:00:00", "follow", code=ELSEWHERE),
        _step("dan", MONDAY, "15:00:00", "unfollow"),
        _step("eve", MONDAY, "15:30:00", "follow", code="counter", lose_scene=True),
        _step("bo", MONDAY, "16:00:00", "message", text="有热的吗"),
        _step("anna", MONDAY, "18:00:00", "unfollow"),
        _step("fei", MONDAY, "23:59:59", "follow", code="stand"),
        _step("gao", TUESDAY, "00:00:00", "follow", code="700001"),
        _step("anna", TUESDAY, "09:00:00", "follow", code="4711"),
        _step("cai", TUESDAY, "10:00:00", "unfollow"),
        _step(
            "han",
            TUESDAY,
            "12:00:00",
            "scan",
            code="counter",
            then_follow=True,
            wait_seconds=30,
        ),
    ]


def report(account: Connected) -> dict[str, tuple[int | None, ...]]:
    """Return the report of both days as the API gives it."""
    answer = account.program.get("/reports/channels", start=MONDAY, end=TUESDAY)
    rows = {row["name"]: row for row in answer["rows"]}
    ends = ("no_channel", "unknown_scene", "total")
    rows |= {name: answer[name] for name in ends}
    return {name: tuple(row[key] for key in FIGURES) for name, row in rows.items()}


def days(account: Connected) -> dict[str, tuple[int, ...]]:
    """Return the account's days as the API gives them."""
    answer = account.program.get("/reports/series", start=MONDAY, end=TUESDAY)
    return {
        point["at"]: tuple(point[key] for key in ADDITIVE) for point in answer["points"]
    }


def _step(person: str, day: str, clock: str, act: str, **details: object) -> Step:
    return {"person": person, "at": f"{day}T{clock}+08:00", "do": act, **details}
