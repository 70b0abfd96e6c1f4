"""Reading a pattern: the part of regular expressions that needs no trying out."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Test = Callable[[str], bool]

#: Stand before and behind the text, and are no characters of it.
START, END = "\ue000start", "\ue000end"
COUNT = re.compile(r"\{(?P<least>\d*)(?P<to>,(?P<most>\d*))?\}")
MOST_TIMES = 100
TIMES = {"*": (0, None), "+": (1, None), "?": (0, 1)}
SPECIAL = {"n": "\n", "t": "\t", "r": "\r"}
KINDS: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda character: character.isalnum() or character == "_",
    "s": str.isspace,
}


class Problem(StrEnum):
    """What may be wrong with a pattern."""

    UNFINISHED = "unfinished"
    UNSUPPORTED = "unsupported"
    NOTHING_TO_REPEAT = "nothing_to_repeat"
    BAD_RANGE = "bad_range"
    TOO_LARGE = "too_large"
    MATCHES_EVERYTHING = "matches_everything"


class PatternError(ValueError):
    """A text is no pattern of ours; `at` is how many characters of it were fine."""

    def __init__(self, problem: Problem, at: int) -> None:
        self.problem = problem
        self.at = at
        super().__init__(f"{problem} at {at}")


@dataclass(frozen=True)
class One:
    """One character, or one end of the text; `literal` where it is always the same."""

    test: Test
    literal: str | None = None


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Choice:
    """Any of them."""

    options: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    """The same again; `most` None is without end."""

    part: "Node"
    least: int
    most: int | None


Node = One | Sequence | Choice | Repeat


def plain(text: str) -> str:
    """Return `text` without what people do not mean: case, width, blanks around it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def parse(text: str) -> Node:
    """Return what `text` says, or raise PatternError."""
    reader = _Reader(text)
    node = reader.choice()
    if not reader.is_done:
        # Only a bracket that nothing opened ends a choice early.
        raise PatternError(Problem.UNFINISHED, reader.at)
    return node


class _Reader:
    """Goes through a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    @property
    def is_done(self) -> bool:
        return self.at >= len(self._text)

    def choice(self) -> Node:
        options = [self._sequence()]
        while self._takes("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while not self.is_done and self._text[self.at] not in "|)":
            parts.append(self._repeated())
        return Sequence(tuple(parts))

    def _repeated(self) -> Node:
        begins_at = self.at
        part = self._part()
        times = self._times()
        if times is None:
            return part
        if isinstance(part, One) and part.literal in {START, END}:
            raise PatternError(Problem.NOTHING_TO_REPEAT, begins_at)
        # "As few as possible" finds the same messages.
        self._takes("?")
        if self._times() is not None:
            raise PatternError(Problem.NOTHING_TO_REPEAT, self.at - 1)
        return Repeat(part, *times)

    def _times(self) -> tuple[int, int | None] | None:
        if self.is_done:
            return None
        sign = self._text[self.at]
        if sign in TIMES:
            self.at += 1
            return TIMES[sign]
        count = COUNT.match(self._text, self.at)
        if count is None or not (count["least"] or count["most"]):
            return None
        least = int(count["least"] or 0)
        most = int(count["most"]) if count["most"] else None if count["to"] else least
        if max(least, most or 0) > MOST_TIMES:
            raise PatternError(Problem.TOO_LARGE, self.at)
        if most is not None and most < least:
            raise PatternError(Problem.BAD_RANGE, self.at)
        self.at = count.end()
        return least, most

    def _part(self) -> Node:
        begins_at, sign = self.at, self._next()
        match sign:
            case "(":
                return self._group(begins_at)
            case "[":
                return One(self._class(begins_at))
            case "\\":
                return self._escaped(begins_at)
            case "*" | "+" | "?":
                raise PatternError(Problem.NOTHING_TO_REPEAT, begins_at)
        return SIGNS[sign] if sign in SIGNS else written(sign)

    def _group(self, begins_at: int) -> Node:
        if self._takes("?") and not self._takes(":"):
            raise PatternError(Problem.UNSUPPORTED, begins_at)
        node = self.choice()
        if not self._takes(")"):
            raise PatternError(Problem.UNFINISHED, begins_at)
        return node

    def _escaped(self, begins_at: int) -> Node:
        if self.is_done:
            raise PatternError(Problem.UNFINISHED, begins_at)
        sign = self._next()
        if sign.lower() in KINDS:
            return One(kind(sign))
        return written(self._meant(sign, begins_at))

    def _meant(self, sign: str, begins_at: int) -> str:
        """Return the character that `sign` stands for behind a backslash."""
        if sign in SPECIAL:
            return SPECIAL[sign]
        if sign.isascii() and sign.isalnum():
            raise PatternError(Problem.UNSUPPORTED, begins_at)
        return sign

    def _class(self, begins_at: int) -> Test:
        is_negated = self._takes("^")
        tests: list[Test] = []
        is_first = True
        while is_first or not self._takes("]"):
            is_first = False
            if self.is_done:
                raise PatternError(Problem.UNFINISHED, begins_at)
            tests.append(self._member(begins_at))
        return one_of(tests, is_negated=is_negated)

    def _member(self, begins_at: int) -> Test:
        """Read a character, a kind of them, or all from one to another."""
        low = self._class_character(begins_at)
        if not isinstance(low, str):
            return low
        rest = self._text[self.at : self.at + 2]
        if len(rest) < 2 or rest[0] != "-" or rest[1] == "]":  # noqa: PLR2004 - a hyphen and what follows
            return between(low, low)
        self.at += 1
        high = self._class_character(begins_at)
        if not isinstance(high, str) or high < low:
            raise PatternError(Problem.BAD_RANGE, begins_at)
        return between(low, high)

    def _class_character(self, begins_at: int) -> str | Test:
        if self.is_done:
            raise PatternError(Problem.UNFINISHED, begins_at)
        sign = self._next()
        if sign != "\\":
            return sign
        if self.is_done:
            raise PatternError(Problem.UNFINISHED, begins_at)
        sign = self._next()
        return kind(sign) if sign.lower() in KINDS else self._meant(sign, begins_at)

    def _next(self) -> str:
        self.at += 1
        return self._text[self.at - 1]

    def _takes(self, sign: str) -> bool:
        if self._text[self.at : self.at + 1] != sign:
            return False
        self.at += 1
        return True


def literal(token: str) -> One:
    """Return what only `token` is."""
    return One(token.__eq__, token)


def written(character: str) -> Node:
    """Return what a character of a pattern means in a plain text."""
    meant = unicodedata.normalize("NFKC", character).casefold() or character
    if len(meant) == 1:
        return literal(meant)
    return Sequence(tuple(map(literal, meant)))


def kind(sign: str) -> Test:
    r"""Return the test that `\d`, `\w`, `\s` stand for; capitals for all others."""
    return one_of([KINDS[sign.lower()]], is_negated=sign.isupper())


def one_of(tests: list[Test], *, is_negated: bool) -> Test:
    """Return whether a character passes one of the tests, or none."""

    def _is_one(character: str) -> bool:
        if character in {START, END}:
            return False
        return any(test(character) for test in tests) is not is_negated

    return _is_one


def between(low: str, high: str) -> Test:
    """Return whether a character, small or capital, lies between two."""

    def _lies_between(character: str) -> bool:
        return low <= character <= high or low <= character.upper() <= high

    return _lies_between


#: What is not written as it is meant.
SIGNS = {
    ".": One(one_of([], is_negated=True)),
    "^": literal(START),
    "$": literal(END),
}
