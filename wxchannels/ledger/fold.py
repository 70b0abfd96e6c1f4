"""A person's pushes read in order: what each one was, and where it counts.

The rules are those of the product's "How a person's pushes are read". Pure: the same
pushes give the same readings whenever and however often they arrived.

The follower list, and corrections made by comparing with it, are no pushes. Corrections
begin and end episodes, but change neither what a push is nor where it counts: which
corrections there are depends on when the pushes arrived, and figures must not.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter, itemgetter

from wxchannels.models import NO_CHANNEL, CorrectionKind, EventClass, Kind

#: How far WeChat's `subscribe_time` may lie from the CreateTime of the same follow.
SAME_FOLLOW = timedelta(seconds=2)

#: What comes first within a second.
LEFT, PUSHES, FOLLOWS = range(3)
Step = tuple[datetime, int, Callable[[], None]]


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


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What WeChat said of the person when asked, other than our pushes did."""

    kind: CorrectionKind
    #: Since when they follow, or as of when they do not.
    at: datetime
    noted_at: datetime


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

    seed: Seed | None = None
    known: bool = False
    following: bool = False
    #: The row of the episode that runs, or ran last.
    row_id: int = NO_CHANNEL
    followed_at: datetime | None = None
    first_row_id: int | None = None
    first_followed_at: datetime | None = None
    readings: dict[bytes, Reading] = field(default_factory=dict)
    _running: Reading | None = None
    #: The row that an unfollow counts in; None where by pushes and list alone, without
    #: the corrections, the person does not follow.
    _charged: int | None = None

    def read_second(self, entries: Sequence[Entry]) -> None:
        """Read the pushes of one second, which come sorted by push key."""
        for entry in _within_second(entries, following=self._charged is not None):
            self.readings[entry.push_key] = self._read(entry)
            self.known = True

    def read_seed(self, at: datetime) -> None:
        """Take over from the follower list that the person follows since `at`."""
        if self._charged is None:
            self._charged = NO_CHANNEL
        self.correct(CorrectionKind.FOLLOWS, at)

    def correct(self, kind: CorrectionKind, at: datetime) -> None:
        """Have the person follow since `at`, or no longer as of then."""
        if kind == CorrectionKind.LEFT:
            self._end(at)
        elif not self.following:
            self._begin(NO_CHANNEL, at, None)

    def _read(self, entry: Entry) -> Reading:
        match entry.kind:
            case Kind.FOLLOW:
                return self._follow(entry)
            case Kind.SCAN:
                return self._scan(entry)
            case Kind.UNFOLLOW:
                return self._unfollow(entry)

    def _follow(self, entry: Entry) -> Reading:
        returns = self.known or self._was_listed_before(entry.at)
        class_ = EventClass.REFOLLOW if returns else EventClass.NEW_FOLLOW
        reading = Reading(class_=class_, row_id=entry.row_id)
        # Following already means that we missed the unfollow: the running episode
        # ends, but no unfollow is counted that WeChat never told us of.
        self._end(entry.at)
        self._begin(entry.row_id, entry.at, reading)
        self._charged = entry.row_id
        if self.first_followed_at is None:
            self.first_row_id, self.first_followed_at = entry.row_id, entry.at
        return reading

    def _was_listed_before(self, at: datetime) -> bool:
        """Say whether the follower list told of another follow, before `at`.

        Where it tells of this very follow, its time may differ by a little.
        """
        return self.seed is not None and at - self.seed.at > SAME_FOLLOW

    def _scan(self, entry: Entry) -> Reading:
        # Only followers cause SCAN: where we missed the follow, we cannot know which
        # code won it.
        if not self.following:
            self._begin(NO_CHANNEL, entry.at, None)
        if self._charged is None:
            self._charged = NO_CHANNEL
        return Reading(class_=EventClass.FOLLOWER_SCAN, row_id=entry.row_id)

    def _unfollow(self, entry: Entry) -> Reading:
        row_id = NO_CHANNEL if self._charged is None else self._charged
        self._end(entry.at)
        self._charged = None
        return Reading(class_=EventClass.UNFOLLOW, row_id=row_id)

    def _begin(self, row_id: int, at: datetime, reading: Reading | None) -> None:
        self.following, self.row_id, self.followed_at = True, row_id, at
        self._running = reading

    def _end(self, at: datetime) -> None:
        if self._running is not None:
            self._running.lost_at = at
        self.following, self._running = False, None


def fold(
    entries: Iterable[Entry],
    *,
    seed: Seed | None = None,
    corrections: Collection[Correction] = (),
) -> Person:
    """Read all pushes of one person, in whatever order they are given."""
    person = Person(seed=seed, known=seed is not None and seed.known_before)
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.push_key))
    steps: list[Step] = [
        (at, PUSHES, partial(person.read_second, list(group)))
        for at, group in groupby(ordered, attrgetter("at"))
    ]
    if seed is not None:
        steps.append((seed.at, FOLLOWS, partial(person.read_seed, seed.at)))
    for one in _standing(corrections):
        turn = LEFT if one.kind == CorrectionKind.LEFT else FOLLOWS
        steps.append((one.at, turn, partial(person.correct, one.kind, one.at)))
    for _, _, step in sorted(steps, key=itemgetter(0, 1)):
        step()
    return person


def _standing(corrections: Collection[Correction]) -> Iterator[Correction]:
    """Set right who "left" at a time since which, as we heard later, they follow.

    WeChat says since when somebody follows; when they were gone our own clock says,
    which may be ahead. They were gone before they followed again.
    """
    follows = [one for one in corrections if one.kind == CorrectionKind.FOLLOWS]
    for one in corrections:
        again = [
            other.at
            for other in follows
            if other.at <= one.at and other.noted_at > one.noted_at
        ]
        if one.kind == CorrectionKind.LEFT and again:
            # The push of this very follow may tell a time that differs by a little.
            yield replace(one, at=min(again) - SAME_FOLLOW)
        else:
            yield one


def _within_second(entries: Sequence[Entry], *, following: bool) -> list[Entry]:
    """Order pushes of one second, which come sorted by push key.

    The unfollow of somebody who follows, follows, scans, any other unfollow.
    """
    if len(entries) == 1:
        return list(entries)
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
