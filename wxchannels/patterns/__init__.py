"""Patterns for messages that strangers write: as regular expressions, but never slow.

A search looks at each character once, with at most all positions of the pattern in
mind: nothing is tried twice, so no pattern and no message can make it explode. What
would need more than that (look-around, back-references) is refused beforehand.
"""

from wxchannels.patterns.matching import (
    MATCHED_CHARACTERS,
    OutOfStepsError,
    Pattern,
    Steps,
    compile_pattern,
)
from wxchannels.patterns.syntax import PatternError, Problem, plain

__all__ = [
    "MATCHED_CHARACTERS",
    "OutOfStepsError",
    "Pattern",
    "PatternError",
    "Problem",
    "Steps",
    "compile_pattern",
    "plain",
]
