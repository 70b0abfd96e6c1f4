from collections import Counter
from datetime import UTC, datetime, timedelta

from wxchannels.demo.places import PLACES
from wxchannels.demo.story import Stage, first_midnight, old_followers, tell

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
START = first_midnight(NOW)
STAGE = Stage(
    scenes=[("counter", 3), ("poster", 1)],
    buttons=[("点单", 3), ("会员码", 1)],
    start=START,
    end=NOW,
)


def moments(steps: list[dict[str, object]]) -> list[int]:
    return [int(str(step["at"])) for step in steps]


def test_story_begins_at_a_midnight_in_shanghai() -> None:
    assert datetime(2026, 10, 23, 16, 0, tzinfo=UTC) == START


def test_story_is_the_same_every_time() -> None:
    assert tell(STAGE) == tell(STAGE)


def test_story_is_long_enough_and_ends_now() -> None:
    steps = tell(STAGE)

    assert 800 <= len(steps) <= 1500
    assert min(moments(steps)) >= START.timestamp()
    assert max(moments(steps)) < NOW.timestamp()
    assert max(moments(steps)) > (NOW - timedelta(days=1)).timestamp()


def test_story_has_every_way_to_follow() -> None:
    follows = [step for step in tell(STAGE) if step["do"] == "follow"]

    ways = Counter(str(sorted({*step} - {"at", "person", "do"})) for step in follows)
    assert set(ways) == {"[]", "['code']", "['code', 'lose_scene']", "['payment']"}
    assert any(step.get("code") == "poster2024" for step in follows)


def test_people_return_and_old_followers_scan() -> None:
    steps = tell(STAGE)

    follows = Counter(step["person"] for step in steps if step["do"] == "follow")
    scans = {step["person"] for step in steps if step["do"] == "scan"}
    assert max(follows.values()) >= 2
    assert any(str(person).startswith("old") for person in scans)


def test_people_press_the_menu_after_they_came() -> None:
    steps = tell(STAGE)

    pressed = Counter(step["button"] for step in steps if step["do"] == "press")
    assert pressed["点单"] > pressed["会员码"] > 20


def test_old_followers_came_before_the_story_without_a_push() -> None:
    steps = old_followers(STAGE)

    assert max(moments(steps)) < START.timestamp()
    assert all(step["silent"] for step in steps)


def test_places_have_names_of_their_own() -> None:
    assert len({place.name for place in PLACES}) == len(PLACES) == 24
