"""The patterns of rules: refused where one is wrong, or all together are too much."""

from collections.abc import Iterable
from contextlib import suppress

from wxchannels.errors import N_, DomainError
from wxchannels.models import Match, ReplyRule
from wxchannels.patterns import PatternError, Problem, compile_pattern

#: Of all patterns of an account that are on: the worst message takes 20 ms.
MOST_TOGETHER = 2000


class BadPatternError(DomainError):
    """A pattern that we cannot read, or would not let loose on messages."""

    sentence = N_("This is not a pattern.")
    field = "words"

    def __init__(self, pattern: str, part: str) -> None:
        super().__init__(pattern=pattern, part=part)


class UnfinishedPatternError(BadPatternError):
    """A bracket has no partner, or a backslash stands last."""

    sentence = N_(
        "“%(pattern)s”: a bracket or a backslash has no other half. A backslash before "
        "a bracket makes it a plain one."
    )


class UnsupportedPatternError(BadPatternError):
    """Most of it would need trying out, which a message can make last for ever."""

    sentence = N_(
        "“%(pattern)s”: “%(part)s” is not supported. There are . [ ] ( ) | * + ? {2,4} "
        r"^ $ \d \w \s \b \p{Han}; a backslash makes a sign a plain one."
    )


class NothingToRepeatError(BadPatternError):
    """A sign like `*` repeats what stands before it, once."""

    sentence = N_(
        "“%(pattern)s”: “%(part)s” has nothing before it to repeat, or repeats it "
        "twice."
    )


class BadRangeError(BadPatternError):
    r"""Like `[z-a]`, or `\p{Foo}`."""

    sentence = N_(
        "“%(pattern)s”: “%(part)s” is no set of characters. A range goes from low to "
        "high, like [0-9] or [一-龥]."
    )


class BadCountError(BadPatternError):
    """Like `{3,2}` or `{1001}`."""

    sentence = N_(
        "“%(pattern)s”: “%(part)s” is too many times, or the wrong way round. Write it "
        "like {2,4}, with at most 1,000 times in all."
    )


class PatternTooLargeError(BadPatternError):
    """What it costs to look for grows with its size."""

    sentence = N_(
        "“%(pattern)s” is too large. Repeat less often, or write several lines."
    )


class MatchesEverythingError(BadPatternError):
    """That is what the reply for everything else is for."""

    sentence = N_("“%(pattern)s” fits every message. Make a part of it needed.")


class TooManyPatternsError(DomainError):
    """A message that nothing fits is looked through for all of them."""

    sentence = N_(
        "The patterns of all rules that are on would be too large together: %(size)s, "
        "and %(most)s are allowed. Shorten one, disable a rule, or look for words "
        "that a message contains."
    )
    field = "words"

    def __init__(self, size: int) -> None:
        super().__init__(size=size, most=MOST_TOGETHER)


ERRORS: dict[Problem, type[BadPatternError]] = {
    Problem.UNFINISHED: UnfinishedPatternError,
    Problem.UNSUPPORTED: UnsupportedPatternError,
    Problem.NOTHING_TO_REPEAT: NothingToRepeatError,
    Problem.BAD_RANGE: BadRangeError,
    Problem.BAD_COUNT: BadCountError,
    Problem.TOO_LARGE: PatternTooLargeError,
    Problem.MATCHES_EVERYTHING: MatchesEverythingError,
}


def check_pattern(text: str) -> None:
    """Refuse `text` where it is no pattern of ours."""
    try:
        compile_pattern(text)
    except PatternError as error:
        raise ERRORS[error.problem](text, error.part) from error


def check_together(words: Iterable[str], others: Iterable[ReplyRule]) -> None:
    """Refuse patterns that are too large beside those of `others` that are on."""
    own = _size(words)
    beside = sum(
        _size(rule.words)
        for rule in others
        if rule.is_on and rule.matching == Match.PATTERN
    )
    # Whoever adds none need not mend what is there.
    if own and own + beside > MOST_TOGETHER:
        raise TooManyPatternsError(own + beside)


def _size(words: Iterable[str]) -> int:
    size = 0
    for word in words:
        # What cannot be read any more is skipped, and costs nothing.
        with suppress(PatternError):
            size += compile_pattern(word).size
    return size
