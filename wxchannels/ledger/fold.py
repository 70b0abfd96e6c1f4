"""A person's pushes read in order: what each one was, and where it counts.

The rules are those of the product's "How a person's pushes are read". Pure: the same
pushes give the same readings whenever and however often they arrived.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from wxchannels.models import NO_CHANNEL, EventClass, Kind

#: How far WeChat's `subscribe_time` may lie from the CreateTime of the same follow.
SAME_FOLLOW = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One push of the person. `row_id` is the row its scene leads to."""

    push_key: bytes
    kind: Kind
    row_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Seed:
    """What the follower list said of the person when it was imported."""

    at: datetime
    known_before: bool


@dataclass(kw_only=True)
class Reading:
    """What a push turned out to be."""

    class_: EventClass
    #: Where it counts; for an unfollow, the row of the episode it ended.
    row_id: int
    #: On a follow: when it ended, if it has.
    lost_at: datetime | None = None


@dataclass
class Person:
    """A person after all pushes: the readings by push key, and where they stand."""

    known: bool = False
    following: bool = False
    #: The row of the episode that runs, or ran last.
    row_id: int = NO_CHANNEL
    followed_at: datetime | None = None
    first_row_id: int | None = None
    first_followed_at: datetime | None = None
    readings: dict[bytes, Reading] = field(default_factory=dict)
    _running: Reading | None = None

    def read(self, entry: Entry) -> None:
        """Read the next push in order."""
        match entry.kind:
            case Kind.FOLLOW:
                reading = self._follow(entry)
            case Kind.SCAN:
                reading = self._scan(entry)
            case Kind.UNFOLLOW:
                reading = self._unfollow(entry)
        self.readings[entry.push_key] = reading
        self.known = True

    def read_seed(self, at: datetime) -> None:
        """Take over from the follower list that the person follows since `at`."""
        if not self.following:
            self._begin(NO_CHANNEL, at, None)

    def _follow(self, entry: Entry) -> Reading:
        returns = self.known or self._was_listed_before(entry.at)
        class_ = EventClass.REFOLLOW if returns else EventClass.NEW_FOLLOW
        reading = Reading(class_=class_, row_id=entry.row_id)
        # Following already means that we missed the unfollow: the running episode
        # ends, but no unfollow is counted that WeChat never told us of.
        self._end(entry.at)
        self._begin(entry.row_id, entry.at, reading)
        if self.first_followed_at is None:
            self.first_row_id, self.first_followed_at = entry.row_id, entry.at
        return reading

    def _was_listed_before(self, at: datetime) -> bool:
        """Say whether the follower list told of another follow, which runs at `at`.

        Where it tells of this very follow, its time may differ by a little.
        """
        if not self.following or self.followed_at is None:
            return False
        return at - self.followed_at > SAME_FOLLOW

    def _scan(self, entry: Entry) -> Reading:
        if not self.following:
            # Only followers cause SCAN: we missed the follow, and so cannot know
            # which code won it.
            self._begin(NO_CHANNEL, entry.at, None)
        return Reading(class_=EventClass.FOLLOWER_SCAN, row_id=entry.row_id)

    def _unfollow(self, entry: Entry) -> Reading:
        row_id = self.row_id if self.following else NO_CHANNEL
        self._end(entry.at)
        return Reading(class_=EventClass.UNFOLLOW, row_id=row_id)

    def _begin(self, row_id: int, at: datetime, reading: Reading | None) -> None:
        self.following, self.row_id, self.followed_at = True, row_id, at
        self._running = reading

    def _end(self, at: datetime) -> None:
        if self._running is not None:
            self._running.lost_at = at
        self.following, self._running = False, None


def fold(entries: Iterable[Entry], *, seed: Seed | None = None) -> Person:
    """Read all pushes of one person, in whatever order they are given."""
    person = Person(known=seed is not None and seed.known_before)
    seed_at = seed.at if seed else None
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.push_key))
    for at, group in groupby(ordered, key=attrgetter("at")):
        if seed_at is not None and seed_at < at:
            person.read_seed(seed_at)
            seed_at = None
        for entry in _within_second(list(group), following=person.following):
            person.read(entry)
    if seed_at is not None:
        person.read_seed(seed_at)
    return person


def _within_second(entries: Sequence[Entry], *, following: bool) -> list[Entry]:
    """Order pushes of one second, which come sorted by push key.

    The unfollow of somebody who follows, follows, scans, any other unfollow.
    """
    by_kind: dict[Kind, list[Entry]] = {kind: [] for kind in Kind}
    for entry in entries:
        by_kind[entry.kind].append(entry)
    unfollows = by_kind[Kind.UNFOLLOW]
    ending = 1 if following else 0
    return [
        *unfollows[:ending],
        *by_kind[Kind.FOLLOW],
        *by_kind[Kind.SCAN],
        *unfollows[ending:],
    ]
