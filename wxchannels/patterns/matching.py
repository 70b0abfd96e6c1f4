"""Searching a text for a pattern: one look at each character (Glushkov's automaton).

Every character of the pattern is a position, and a set of positions is a number with a
bit for each. A search keeps the set of those that the text has reached.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from wxchannels.patterns.syntax import (
    END,
    START,
    Choice,
    Node,
    One,
    PatternError,
    Problem,
    Repeat,
    Sequence,
    Test,
    parse,
    plain,
)

MOST_POSITIONS = 100
#: As much of a message is looked at. Keywords stand in short ones.
MATCHED_CHARACTERS = 500


class OutOfStepsError(Exception):
    """The search would take longer than it may."""


@dataclass
class Steps:
    """How many steps may still be taken: a time limit that is the same everywhere."""

    left: int

    def take(self, count: int) -> None:
        """Take `count` steps, or raise OutOfStepsError."""
        self.left -= count
        if self.left < 0:
            raise OutOfStepsError


@dataclass(frozen=True)
class _Part:
    """A part of the pattern: where it begins and ends, and whether it may be empty."""

    first: int
    last: int
    is_optional: bool


@dataclass
class Pattern:
    """A pattern, ready to be searched for."""

    #: By position: which may come next.
    follow: list[int] = field(default_factory=list)
    #: By character: the positions that only it passes.
    literals: dict[str, int] = field(default_factory=dict)
    #: Tests of others, with their positions.
    tests: list[tuple[Test, int]] = field(default_factory=list)
    first: int = 0
    last: int = 0

    @property
    def most_steps(self) -> int:
        """How many steps the longest search takes at most."""
        return (len(self.follow) + 1) * (MATCHED_CHARACTERS + 2)

    def is_found_in(self, text: str, steps: Steps) -> bool:
        """Say whether `text`, case and width aside, has the pattern in it."""
        reached = 0
        for token in _tokens(text):
            steps.take(1 + reached.bit_count())
            reached = self._next(reached) & self._positions_of(token)
            if reached & self.last:
                return True
        return False

    def _next(self, reached: int) -> int:
        """Return which positions may come now; a match may begin anywhere."""
        following = self.first
        while reached:
            lowest = reached & -reached
            following |= self.follow[lowest.bit_length() - 1]
            reached ^= lowest
        return following

    def _positions_of(self, token: str) -> int:
        positions = self.literals.get(token, 0)
        for test, its in self.tests:
            if test(token):
                positions |= its
        return positions


def _tokens(text: str) -> Iterator[str]:
    """Yield the characters between the ends; what is cut has no end."""
    characters = plain(text[: MATCHED_CHARACTERS + 1])
    yield START
    yield from characters[:MATCHED_CHARACTERS]
    if len(characters) <= MATCHED_CHARACTERS:
        yield END


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> Pattern:
    """Return the pattern that `text` describes, or raise PatternError."""
    pattern = Pattern()
    whole = _add(pattern, parse(text))
    if whole.is_optional:
        raise PatternError(Problem.MATCHES_EVERYTHING, 0)
    pattern.first, pattern.last = whole.first, whole.last
    return pattern


def _add(pattern: Pattern, node: Node) -> _Part:
    match node:
        case One():
            return _add_position(pattern, node)
        case Sequence(parts):
            whole = _Part(0, 0, is_optional=True)
            for part in parts:
                whole = _join(pattern, whole, _add(pattern, part))
            return whole
        case Choice(options):
            added = [_add(pattern, option) for option in options]
            return _Part(
                first=_union(part.first for part in added),
                last=_union(part.last for part in added),
                is_optional=any(part.is_optional for part in added),
            )
        case Repeat():
            return _add_repeat(pattern, node)


def _add_position(pattern: Pattern, one: One) -> _Part:
    number = len(pattern.follow)
    if number >= MOST_POSITIONS:
        raise PatternError(Problem.TOO_LARGE, 0)
    bit = 1 << number
    pattern.follow.append(0)
    if one.literal is None:
        pattern.tests.append((one.test, bit))
    else:
        pattern.literals[one.literal] = pattern.literals.get(one.literal, 0) | bit
    return _Part(bit, bit, is_optional=False)


def _add_repeat(pattern: Pattern, repeat: Repeat) -> _Part:
    whole = _Part(0, 0, is_optional=True)
    for _ in range(repeat.least):
        whole = _join(pattern, whole, _add(pattern, repeat.part))
    if repeat.most is None:
        return _join(pattern, whole, _loop(pattern, _add(pattern, repeat.part)))
    for _ in range(repeat.most - repeat.least):
        once = _add(pattern, repeat.part)
        whole = _join(pattern, whole, _Part(once.first, once.last, is_optional=True))
    return whole


def _loop(pattern: Pattern, part: _Part) -> _Part:
    """Let `part` follow itself, any number of times."""
    _lead(pattern, part.last, part.first)
    return _Part(part.first, part.last, is_optional=True)


def _join(pattern: Pattern, before: _Part, after: _Part) -> _Part:
    _lead(pattern, before.last, after.first)
    return _Part(
        first=before.first | (after.first if before.is_optional else 0),
        last=after.last | (before.last if after.is_optional else 0),
        is_optional=before.is_optional and after.is_optional,
    )


def _lead(pattern: Pattern, ends: int, begins: int) -> None:
    while ends:
        lowest = ends & -ends
        pattern.follow[lowest.bit_length() - 1] |= begins
        ends ^= lowest


def _union(sets: Iterable[int]) -> int:
    whole = 0
    for positions in sets:
        whole |= positions
    return whole
