"""Patterns find what regular expressions find, in time that is known beforehand."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxchannels.patterns import (
    MATCHED_CHARACTERS,
    OutOfStepsError,
    PatternError,
    Problem,
    Steps,
    compile_pattern,
    plain,
)

PLENTY = 10_000_000


def finds(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).is_found_in(text, Steps(PLENTY))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("退款", "我要退款！"),
        ("退(款|货)", "怎么退货"),
        ("^菜单$", "菜单"),
        ("^[0-9]{4}$", "１２３４"),
        (r"^\d{4,6}$", "12345"),
        ("wi-?fi", "WiFi password"),
        ("WI-?FI", "wifi"),
        ("[A-Z]{3}", "abc"),
        (r"(^|\s)hi($|\s)", "oh hi there"),
        ("第[一二三]步", "请看第二步"),
        (r"\(hi\)", "（HI）"),
        ("（hi）", "(hi)"),
        ("a.c", "a\nc"),
        ("[^a-c]", "abcd"),
        (r"[\d-]+", "a-"),
        ("[]]", "]"),
        ("a{2}", "caab"),
        ("a{x", "a{x"),
        ("colou??r", "color"),
    ],
)
def test_pattern_is_found(pattern: str, text: str) -> None:
    assert finds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^菜单$", "菜单？"),
        (r"^\d{4}$", "12345"),
        ("[^a-c]", "abc"),
        ("a+b", "aac"),
        ("x", ""),
        (r"\d", "一"),
        ("a{2,3}$", "a"),
    ],
)
def test_pattern_is_not_found(pattern: str, text: str) -> None:
    assert not finds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "problem", "at"),
    [
        ("a(b", Problem.UNFINISHED, 1),
        ("ab)", Problem.UNFINISHED, 2),
        ("[ab", Problem.UNFINISHED, 0),
        ("a\\", Problem.UNFINISHED, 1),
        ("[\\", Problem.UNFINISHED, 0),
        ("[a-", Problem.UNFINISHED, 0),
        ("*a", Problem.NOTHING_TO_REPEAT, 0),
        ("a**", Problem.NOTHING_TO_REPEAT, 2),
        ("^*", Problem.NOTHING_TO_REPEAT, 0),
        (r"\bhi", Problem.UNSUPPORTED, 0),
        (r"(a)\1", Problem.UNSUPPORTED, 3),
        ("(?=a)", Problem.UNSUPPORTED, 0),
        ("(?P<n>a)", Problem.UNSUPPORTED, 0),
        ("[z-a]", Problem.BAD_RANGE, 0),
        ("a{3,2}", Problem.BAD_RANGE, 1),
        ("a{101}", Problem.TOO_LARGE, 1),
        ("(a{10}){11}", Problem.TOO_LARGE, 0),
        ("a" * 101, Problem.TOO_LARGE, 0),
        ("a*", Problem.MATCHES_EVERYTHING, 0),
        ("a||b", Problem.MATCHES_EVERYTHING, 0),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_place(
    pattern: str, problem: Problem, at: int
) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)

    assert (caught.value.problem, caught.value.at) == (problem, at)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^b]", r"\d", "1"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda parts: f"({'|'.join(parts)})"
        ),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{,1}"])).map(
            lambda parts: f"(?:{parts[0]}){parts[1]}"
        ),
    ),
    max_leaves=8,
)
ENDS = st.sampled_from([("", ""), ("^", ""), ("", "$"), ("^", "$")])


@given(PATTERNS, ENDS, st.text("ab1", max_size=8))
def test_regular_expressions_find_the_same(
    pattern: str, ends: tuple[str, str], text: str
) -> None:
    whole = f"{ends[0]}(?:{pattern}){ends[1]}"
    expected = bool(re.search(whole, text))

    with suppress(PatternError):
        assert finds(whole, text) == expected
        return
    # Refused: nothing is wrong with it but that every message has it, or its size.
    assert re.search(whole, "") or len(whole) > 20


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a|a?)+b", "(.*a){20}", "(x+x+)+y", "a{1,99}b"]
)
def test_catastrophe_of_others_takes_known_steps(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    text = "a" * 100_000 + "!"

    steps, begun = Steps(PLENTY), time.perf_counter()
    compiled.is_found_in(text, steps)

    assert PLENTY - steps.left <= compiled.most_steps
    # Fifty times what it takes: others would not end before the sun does.
    assert time.perf_counter() - begun < 1


def test_search_ends_when_its_steps_are_taken() -> None:
    compiled = compile_pattern("(a?){50}b")
    text = "a" * MATCHED_CHARACTERS

    with pytest.raises(OutOfStepsError):
        compiled.is_found_in(text, Steps(1000))


def test_only_the_beginning_of_a_long_message_is_looked_at() -> None:
    text = "a" * (MATCHED_CHARACTERS - 1) + "b"

    assert finds("b$", text)
    assert finds("b", text + "c" * 9)
    assert not finds("b$", text + "c" * 9)
    assert not finds("c", text + "c" * 9)


def test_case_width_and_blanks_around_a_text_do_not_count() -> None:
    assert plain(" ＭＥＮＵ\n") == "menu"
