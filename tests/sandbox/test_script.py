from collections import defaultdict

import pytest

from tests.sandbox import oracle
from tests.sandbox.conftest import NOON
from tests.sandbox.receiver import Receiver
from wxchannels.sandbox.remote import Sandbox, SandboxRefusedError

AT_NOON = int(NOON.timestamp())


def step(do: str, person: str, at: int, **details: object) -> dict[str, object]:
    return {"do": do, "person": person, "at": AT_NOON + at, **details}


def told(receiver: Receiver) -> dict[str, list[tuple[str, int]]]:
    """Return events and times by openid, in the order in which they came."""
    story = defaultdict(list)
    for request in receiver.requests:
        fields = oracle.fields_of(request)
        when = int(fields["CreateTime"]) - AT_NOON
        story[fields["FromUserName"]].append((fields["Event"], when))
    return dict(story)


def test_story_is_played_in_order_of_its_times(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.issue_code("sunck")

    played = sandbox.play(
        [
            step("unfollow", "anna", -60),
            step("scan", "anna", -3600, code="sunck", then_follow=True),
            step("scan", "anna", -120, code="sunck"),
            step("scan", "bo", -5, code="sunck"),
        ]
    )

    anna = sandbox.person("anna")["openid"]
    assert list(played.results) == ["followed", "scanned", "unfollowed", "profile"]
    assert (played.pushes, played.verdicts) == (3, {"handled": 3})
    assert told(receiver) == {
        anna: [("subscribe", -3600), ("SCAN", -120), ("unsubscribe", -60)]
    }


def test_long_story_keeps_everybodys_order(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    steps = [
        step(("follow", "unfollow")[number // 20 % 2], f"p{number % 20}", number)
        for number in range(200)
    ]

    played = sandbox.play(steps, threads=8)

    assert played.pushes == 200
    for story in told(receiver).values():
        assert story == sorted(story, key=lambda event: event[1])
        assert len(story) == 10


def test_story_can_be_shuffled_and_doubled(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    steps = [step(("follow", "unfollow")[at % 2], "anna", at) for at in range(10)]

    played = sandbox.play(steps, copies=2, order="shuffled", seed=3, threads=1)

    [story] = told(receiver).values()
    assert played.pushes == 20
    assert sorted(when for _, when in story) == sorted([*range(10)] * 2)
    assert story != sorted(story, key=lambda event: event[1])


def test_time_may_be_written_with_its_offset(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.play([{"do": "follow", "person": "anna", "at": NOON.isoformat()}])

    [story] = told(receiver).values()
    assert story == [("subscribe", 0)]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"do": "follow", "person": "anna"}, "needs a time"),
        ({"do": "follow", "at": 1}, "needs a person"),
        ({"do": "fly", "person": "anna", "at": 1}, "Nobody can “fly”"),
    ],
)
def test_bad_step_is_refused_before_anything_happens(
    sandbox: Sandbox, receiver: Receiver, bad: dict[str, object], sentence: str
) -> None:
    with pytest.raises(SandboxRefusedError, match=sentence):
        sandbox.play([step("follow", "bo", 0), bad])

    assert receiver.requests == []
    with pytest.raises(SandboxRefusedError, match="no person “bo”"):
        sandbox.person("bo")


def test_steps_must_be_a_list(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxRefusedError, match="“steps” must be a list"):
        sandbox._ask("POST", f"/accounts/{sandbox.app_id}/script", {"steps": 1})
