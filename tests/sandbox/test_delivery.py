import threading

import pytest

from tests.sandbox import oracle
from tests.sandbox.conftest import NOON
from tests.sandbox.receiver import Answer, Receiver, Request, say, slowly, success
from wxchannels.sandbox.remote import Sandbox
from wxchannels.sandbox.results import Delivery, Outcome

AT_NOON = int(NOON.timestamp())


def delivered(outcome: Outcome) -> Delivery:
    assert outcome.delivery
    return outcome.delivery


def verdicts(outcome: Outcome) -> list[str]:
    return [attempt.verdict for attempt in delivered(outcome).tries]


def test_slow_server_is_asked_three_times_with_the_same_body(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.open_account(mode="safe", rules={"cutoff_seconds": 0.1})
    receiver.answer(slowly(0.3))

    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["timeout"] * 3
    assert len({request.body for request in receiver.requests}) == 1
    assert len({request.query["nonce"] for request in receiver.requests}) == 3
    stamps = [
        int(request.query["timestamp"]) - AT_NOON for request in receiver.requests
    ]
    assert stamps == [0, 5, 10]
    for request in receiver.requests:
        oracle.open_request(request)


def test_answer_that_drips_is_cut_off(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.open_account(rules={"cutoff_seconds": 0.1})
    receiver.answer(say(b"x" * 200_000), success)

    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["timeout", "handled"]


def test_server_in_time_is_asked_once(sandbox: Sandbox, receiver: Receiver) -> None:
    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["handled"]
    assert delivered(outcome).tries[0].status == 200
    assert len(receiver.requests) == 1


def test_error_is_tried_again(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answer(say("oops", 500), success)

    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["http_error", "handled"]
    assert delivered(outcome).tries[0].problem == "HTTP 500"


def test_redirect_is_not_followed(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answer(say("", 308))

    assert verdicts(sandbox.follow("anna")) == ["http_error"] * 3
    assert len(receiver.requests) == 3


def test_absent_server_is_recorded(sandbox: Sandbox) -> None:
    sandbox.open_account(callback_url="http://127.0.0.1:9/weixin")

    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["unreachable"] * 3
    assert sandbox.person("anna")["chat"][-1]["kind"] == "fault"


def test_waiting_between_tries_can_be_real(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.open_account(rules={"retry_pause_seconds": 0.1, "tries": 2})
    receiver.answer(say("oops", 500))

    sandbox.follow("anna")

    first, second = receiver.requests
    assert second.began_at - first.began_at >= 0.1


def test_lost_answer_is_asked_for_again(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.mischief(lose_answers=1)

    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["lost", "handled"]
    assert len(receiver.requests) == 2


def test_copies_have_one_body_content(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.mischief(copies=3)

    outcome = sandbox.follow("anna")

    assert [attempt.copy for attempt in delivered(outcome).tries] == [1, 2, 3]
    assert len({request.body for request in receiver.requests}) == 1


def test_copies_can_come_at_the_same_time(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.mischief(copies=3, concurrent=True)
    together = threading.Barrier(3)

    def meet(_request: Request) -> Answer:
        together.wait(timeout=3)
        return 200, b"success"

    receiver.answer(meet)

    outcome = sandbox.follow("anna")

    assert verdicts(outcome) == ["handled"] * 3


def test_late_push_comes_when_its_time_has_come(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.mischief(late_seconds=30)

    outcome = sandbox.follow("anna")

    assert (delivered(outcome).state, receiver.requests) == ("late", [])
    sandbox.clock(advance=29)
    assert receiver.requests == []
    sandbox.clock(advance=1)
    [request] = receiver.requests
    assert int(oracle.fields_of(request)["CreateTime"]) == AT_NOON


def test_held_pushes_are_released_in_any_order(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.mischief(hold=True)
    for person in ("anna", "bo", "cy", "di"):
        sandbox.follow(person)
    assert receiver.requests == []

    released = sandbox.release("shuffled", seed=1)

    people = [delivery.person_id for delivery in released]
    assert sorted(people) == ["anna", "bo", "cy", "di"]
    assert people != ["anna", "bo", "cy", "di"]
    assert len(receiver.requests) == 4
    assert sandbox.release() == []


@pytest.mark.parametrize(
    ("order", "people"), [("sent", ["anna", "bo"]), ("reversed", ["bo", "anna"])]
)
def test_held_pushes_keep_or_turn_their_order(
    sandbox: Sandbox, order: str, people: list[str]
) -> None:
    sandbox.mischief(hold=True)
    sandbox.follow("anna")
    sandbox.follow("bo")

    released = sandbox.release(order)

    assert [delivery.person_id for delivery in released] == people


def test_reordered_pushes_come_the_last_one_first(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.mischief(reorder=2)

    first = sandbox.follow("anna")
    second = sandbox.unfollow("anna")

    assert (delivered(first).state, delivered(second).state) == ("held", "done")
    events = [oracle.fields_of(request)["Event"] for request in receiver.requests]
    assert events == ["unsubscribe", "subscribe"]


def test_scene_can_be_lost_for_everybody(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.issue_code("sunck")
    sandbox.mischief(lose_scene=True)

    sandbox.scan("anna", "sunck", then_follow=True)

    assert oracle.fields_of(receiver.requests[0])["EventKey"] is None


def test_log_tells_what_was_pushed(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.follow("anna")
    sandbox.follow("bo")

    everything = sandbox.log()

    assert [delivery.person_id for delivery in everything] == ["anna", "bo"]
    assert everything[0].body.encode() == receiver.requests[0].body
    assert sandbox.log(after=everything[0].number) == everything[1:]
    assert sandbox.log(person="anna") == everything[:1]
