"""Patterns for messages that strangers write: RE2's, which never try anything twice.

So no message can make a pattern slow: the longest search costs by the pattern's size.
"""

import re
import string
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import re2

#: As much of a message is looked at. Keywords stand in short ones.
MATCHED_CHARACTERS = 500
#: At worst a search takes 20 ns for each unit of it and each character.
LARGEST_SIZE = 1000
#: A class of characters as a whole, or one sign; a backslash belongs to what follows.
PART = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^]\\])*|\\?.", re.DOTALL)
SIGN = re.compile(r"\\?.", re.DOTALL)
#: No pattern means this character.
NOBODYS = "\ue000"
OPTIONS = re2.Options()
OPTIONS.case_sensitive = False
OPTIONS.dot_nl = True
OPTIONS.never_capture = True
OPTIONS.log_errors = False
#: For what RE2 remembers of texts. With less it begins anew; with more it grows.
OPTIONS.max_mem = 2**20


class Problem(Enum):
    """What may be wrong with a pattern, and what RE2 calls it."""

    UNFINISHED = ("missing )", "missing ]", "unexpected )", "trailing \\")
    NOTHING_TO_REPEAT = (
        "no argument for repetition operator",
        "bad repetition operator",
    )
    BAD_RANGE = ("invalid character class range",)
    BAD_COUNT = ("invalid repetition size",)
    TOO_LARGE = ("pattern too large - compile failed",)
    UNSUPPORTED = ("invalid escape sequence", "invalid perl operator")
    MATCHES_EVERYTHING = ()


class PatternError(ValueError):
    """A text is no pattern of ours; `part` is what RE2 finds fault with, if it says."""

    def __init__(self, problem: Problem, part: str = "") -> None:
        self.problem = problem
        self.part = part
        super().__init__(f"{problem.name}: {part}")


@dataclass(frozen=True)
class Pattern:
    """A pattern, ready to be searched for. Threads may share it."""

    compiled: Any

    @property
    def size(self) -> int:
        """How many instructions RE2 made of it."""
        return int(self.compiled.programsize)

    def is_found_in(self, text: str) -> bool:
        """Say whether `text`, a plain one, has the pattern in its beginning."""
        # RE2 sees one character more: what was cut does not end there.
        seen = text[: MATCHED_CHARACTERS + 1]
        return self.compiled.search(seen, endpos=MATCHED_CHARACTERS) is not None


def plain(text: str) -> str:
    """Return `text` without what people do not mean: case, width, blanks around it."""
    return _folded(text).strip()


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> Pattern:
    """Return the pattern that `text` describes, or raise PatternError."""
    try:
        pattern = Pattern(re2.compile(_translated(text), OPTIONS))
    except re2.error as error:
        raise _explained(error) from error
    if pattern.size > LARGEST_SIZE:
        raise PatternError(Problem.TOO_LARGE)
    # What a pattern leaves out it names, or a class like `\D` that has ASCII in it.
    everything = string.printable + _folded(text)
    if all(map(pattern.is_found_in, ("", NOBODYS, everything))):
        raise PatternError(Problem.MATCHES_EVERYTHING)
    return pattern


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _translated(pattern: str) -> str:
    """Return `pattern` with what is not ASCII as plain texts have it, and literally."""
    # Letters and their accents belong together, whichever way they were typed.
    composed = unicodedata.normalize("NFC", pattern)
    return "".join(map(_written, PART.findall(composed)))


def _written(part: str) -> str:
    written = "".join(map(_meant, SIGN.findall(part)))
    # A sign may be meant as several: together, or as any of them within a class.
    return written if part.isascii() or part[0] == "[" else f"(?:{written})"


def _meant(sign: str) -> str:
    return sign if sign.isascii() else re2.escape(_folded(sign.removeprefix("\\")))


def _explained(error: Exception) -> PatternError:
    """Return what RE2 says, like `missing ): a(b`, in terms of ours."""
    said, _, part = error.args[0].decode(errors="replace").partition(": ")
    problems = [problem for problem in Problem if said in problem.value]
    return PatternError(problems[0] if problems else Problem.UNSUPPORTED, part)
