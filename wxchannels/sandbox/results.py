"""What the control API tells, for its client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attempt:
    """One request the sandbox made to deliver a push."""

    number: int
    copy: int
    at: int
    verdict: str
    milliseconds: int
    status: int | None
    answer: str
    reply: Mapping[str, Any] | None
    problem: str


@dataclass(frozen=True)
class Delivery:
    """A push and what came of it."""

    number: int
    person_id: str
    at: int
    fields: Mapping[str, Any]
    state: str
    verdict: str | None
    reply: Mapping[str, Any] | None
    body: str
    tries: Sequence[Attempt]


@dataclass(frozen=True)
class Outcome:
    """What came of something a person did."""

    result: str
    delivery: Delivery | None


@dataclass(frozen=True)
class Played:
    """What came of a story: a word for each step, pushes counted by verdict."""

    results: Sequence[str]
    pushes: int
    verdicts: Mapping[str, int]


@dataclass(frozen=True)
class Code:
    """A code the simulated WeChat issued."""

    ticket: str
    url: str
    scene: str
    name: str
    expires_at: int | None


def read_delivery(answer: Mapping[str, Any]) -> Delivery:
    """Return the delivery that JSON describes."""
    known = {name: answer[name] for name in Delivery.__dataclass_fields__}
    tries = [Attempt(**attempt) for attempt in answer["tries"]]
    return Delivery(**known | {"tries": tries})


def read_code(answer: Mapping[str, Any]) -> Code:
    """Return the code that JSON describes."""
    return Code(**{name: answer[name] for name in Code.__dataclass_fields__})
