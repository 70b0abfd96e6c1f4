"""A month in the life of a tea house: who follows, scans, leaves and returns.

The same every time but for the dates, so that two people see the same figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from wxchannels.demo.places import OLD_POSTER

DAYS = 30
ZONE = ZoneInfo("Asia/Shanghai")
SEED = 20261112
#: How busy each hour of the day is, from midnight on.
HOURS = (
    1,
    0,
    0,
    0,
    0,
    0,
    1,
    3,
    6,
    8,
    10,
    14,
    16,
    14,
    12,
    12,
    13,
    14,
    16,
    15,
    12,
    8,
    5,
    2,
)
SATURDAY = 5
WEEKEND = 1.6
PEOPLE_A_DAY = 15
OLD_FOLLOWERS = 60
#: How many of a hundred come by a code, a search, a payment, an old poster, and by a
#: code whose scene gets lost.
WAYS = (80, 10, 4, 3, 3)
#: The share of people who scan again, who leave, and of those who return.
COMES_AGAIN, LEAVES, RETURNS = 0.2, 0.22, 0.3
#: The share of follows after which somebody looks at the menu.
PRESSES = 0.6
Step = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the story plays."""

    #: Scenes, and how many people come by each.
    scenes: Sequence[tuple[str, int]]
    #: Buttons of the menu, and how many people press each.
    buttons: Sequence[tuple[str, int]]
    #: Midnight of the first day, and the last moment there is.
    start: datetime
    end: datetime


def first_midnight(now: datetime) -> datetime:
    """Return where a story begins that ends at `now`."""
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=DAYS - 1)


def old_followers(stage: Stage) -> list[Step]:
    """Return who followed before the product came: nobody pushes that."""
    return [
        {
            "at": int((stage.start - timedelta(days=3 + 5 * number)).timestamp()),
            "person": f"old{number:03}",
            "do": "follow",
            "silent": True,
        }
        for number in range(OLD_FOLLOWERS)
    ]


def tell(stage: Stage) -> list[Step]:
    """Return everything that people do, up to the end."""
    random = Random(SEED)  # noqa: S311 - repeatable on purpose
    steps = [*_newcomers(stage, random), *_old_hands(stage, random)]
    # Dice of their own: the figures of the channels stay as they were.
    steps += list(_presses(stage, steps, Random(SEED + 1)))  # noqa: S311 - the same
    last = int(stage.end.timestamp())
    return [step for step in steps if int(str(step["at"])) < last]


def _newcomers(stage: Stage, random: Random) -> Iterator[Step]:
    """Tell the lives of those who follow for the first time."""
    number = 0
    for day in range(DAYS):
        midnight = stage.start + timedelta(days=day)
        busy = PEOPLE_A_DAY * (WEEKEND if midnight.weekday() >= SATURDAY else 1)
        # A little more from week to week, and no two days alike.
        for _ in range(round(busy * (1 + day / 60) * random.uniform(0.8, 1.2))):
            number += 1
            at = _some_time(midnight, random)
            yield from _life(stage, random, f"p{number:04}", at)


def _life(stage: Stage, random: Random, person: str, at: datetime) -> Iterator[Step]:
    """Tell how one person follows, comes again, leaves and perhaps returns."""
    yield {"at": int(at.timestamp()), "person": person, **_way(stage, random)}
    if random.random() < COMES_AGAIN:
        at += _while(random, days=4)
        yield _scan(stage, random, person, at)
    if random.random() < LEAVES:
        at += _while(random, days=3)
        yield {"at": int(at.timestamp()), "person": person, "do": "unfollow"}
        if random.random() < RETURNS:
            at += _while(random, days=5)
            yield {"at": int(at.timestamp()), "person": person, **_way(stage, random)}


def _old_hands(stage: Stage, random: Random) -> Iterator[Step]:
    """Tell what those do who followed before: they are new to nobody."""
    for number in range(OLD_FOLLOWERS // 2):
        person = f"old{number:03}"
        at = stage.start + timedelta(days=random.uniform(0, DAYS - 5))
        if number % 3:
            yield _scan(stage, random, person, at)
            continue
        yield {"at": int(at.timestamp()), "person": person, "do": "unfollow"}
        if number % 2:
            at += _while(random, days=3)
            yield {"at": int(at.timestamp()), "person": person, **_way(stage, random)}


def _presses(stage: Stage, steps: Sequence[Step], random: Random) -> Iterator[Step]:
    """Tell who presses the menu's buttons: whoever comes, soon or in the days after."""
    names, weights = zip(*stage.buttons, strict=True)
    for step in steps:
        if step["do"] == "follow" and random.random() < PRESSES:
            at = int(str(step["at"])) + int(_while(random, days=1).total_seconds())
            button = random.choices(names, weights)[0]
            yield {"at": at, "person": step["person"], "do": "press", "button": button}


def _way(stage: Stage, random: Random) -> Step:
    """Return how somebody follows: by a code as a rule."""
    ways: tuple[Step, ...] = (
        {"code": _scene(stage, random)},
        {},
        {"payment": True},
        {"code": OLD_POSTER},
        {"code": _scene(stage, random), "lose_scene": True},
    )
    return {"do": "follow", **random.choices(ways, WAYS)[0]}


def _scan(stage: Stage, random: Random, person: str, at: datetime) -> Step:
    scene = _scene(stage, random)
    return {"at": int(at.timestamp()), "person": person, "do": "scan", "code": scene}


def _scene(stage: Stage, random: Random) -> str:
    scenes, weights = zip(*stage.scenes, strict=True)
    return str(random.choices(scenes, weights)[0])


def _some_time(midnight: datetime, random: Random) -> datetime:
    hour = random.choices(range(24), HOURS)[0]
    return midnight + timedelta(hours=hour, seconds=random.randrange(3600))


def _while(random: Random, *, days: float) -> timedelta:
    """Return how long somebody waits: often short, sometimes long."""
    return timedelta(minutes=5) + timedelta(days=random.expovariate(1 / days))
