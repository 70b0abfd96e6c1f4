"""Playing a long story quickly: every step at its own simulated time."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from wxchannels.sandbox.actions import act, get_action, read_time
from wxchannels.sandbox.delivery import Delivery
from wxchannels.sandbox.errors import NotPossibleError
from wxchannels.sandbox.post import PostOffice, arrange
from wxchannels.sandbox.pushes import Push
from wxchannels.sandbox.world import World

MOST_THREADS = 32


@dataclass(frozen=True, kw_only=True)
class Travel:
    """How the pushes of a story reach the receiver."""

    threads: int = 4
    #: Each push so many times, as deliveries of their own.
    copies: int = 1
    order: str = "sent"
    seed: int = 0


@dataclass(frozen=True)
class Played:
    """What came of a story."""

    results: Sequence[str]
    deliveries: Sequence[Delivery]


def play(
    world: World,
    post: PostOffice,
    app_id: str,
    steps: Sequence[Mapping[str, Any]],
    travel: Travel,
) -> Played:
    """Let people do `steps` in order of time, then deliver what WeChat pushes.

    The pushes of one person keep their order, unless `travel` says otherwise.
    """
    results, pushes = [], []
    for at, step in _in_order(steps):
        outcome = act(world, app_id, step["person"], step["do"], step, at=at)
        results.append(outcome.result)
        pushes += [outcome.push] if outcome.push else []
    deliveries = _accept(post, pushes, travel)
    _deliver(post, deliveries, travel.threads)
    return Played(results, deliveries)


def _in_order(
    steps: Sequence[Mapping[str, Any]],
) -> list[tuple[int, Mapping[str, Any]]]:
    """Check every step before the first one is done, and sort them by time."""
    for step in steps:
        get_action(str(step.get("do")))
        if not isinstance(step.get("person"), str):
            raise NotPossibleError("Every step of a script needs a person.")
        if step.get("at") is None:
            raise NotPossibleError("Every step of a script needs a time: at.")
    timed = [(read_time(step["at"], 0), step) for step in steps]
    return sorted(timed, key=lambda pair: pair[0])


def _accept(
    post: PostOffice, pushes: Sequence[Push], travel: Travel
) -> Sequence[Delivery]:
    copies = [post.accept(push) for push in pushes for _ in range(travel.copies)]
    return arrange(copies, travel.order, travel.seed)


def _deliver(post: PostOffice, deliveries: Sequence[Delivery], threads: int) -> None:
    """Share the people out to threads."""
    count = max(1, min(threads, MOST_THREADS))
    people = list(dict.fromkeys(one.push.person_id for one in deliveries))
    lanes: list[list[Delivery]] = [[] for _ in range(count)]
    lane_of = {person: lanes[place % count] for place, person in enumerate(people)}
    for delivery in deliveries:
        lane_of[delivery.push.person_id].append(delivery)
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(post.deliver, lanes))
