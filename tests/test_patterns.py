"""Patterns find what regular expressions find, in time that is known beforehand."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxchannels.patterns import (
    LARGEST_SIZE,
    MATCHED_CHARACTERS,
    PatternError,
    Problem,
    compile_pattern,
    plain,
)


def finds(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).is_found_in(plain(text))


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
        ("[（【]hi", "(hi"),
        (r"[^（\（]hi", "[hi"),
        (r"\\（", "a\\(b"),
        (r"\（+退$", "((退"),
        ("＊＊", "**"),
        ("[！－～]$", "退款！"),
        ("^好的…?$", "好的"),
        ("^[…。]+$", "……"),
        ("^[[:alpha:]（]+$", "a(b"),
        ("[^]（]", "a"),
        ("STRASSE", "straße"),
        ("straße", "STRASSE"),
        ("[А-Я]", "ж"),
        ("cafe\u0301", "CAFÉ"),
        (r"\bhi\b", "say hi!"),
        (r"^\p{Han}{2,4}$", "怎么退货"),
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
        (r"\w", "一"),
        ("[^（【]", "（"),
        ("[…。]", "?(:"),
        ("^[^退]+$", "不退"),
        ("a{2,3}$", "a"),
    ],
)
def test_pattern_is_not_found(pattern: str, text: str) -> None:
    assert not finds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "problem", "part"),
    [
        ("a(b", Problem.UNFINISHED, "a(b"),
        ("ab)", Problem.UNFINISHED, "ab)"),
        ("[ab", Problem.UNFINISHED, "[ab"),
        ("[（", Problem.UNFINISHED, r"[\("),
        ("a\\", Problem.UNFINISHED, ""),
        ("*a", Problem.NOTHING_TO_REPEAT, "*"),
        ("a**", Problem.NOTHING_TO_REPEAT, "**"),
        (r"\u4e00", Problem.UNSUPPORTED, r"\u"),
        (r"(a)\1", Problem.UNSUPPORTED, r"\1"),
        ("(?=a)", Problem.UNSUPPORTED, "(?="),
        ("(?P<n", Problem.UNSUPPORTED, "(?P<n"),
        ("[z-a]", Problem.BAD_RANGE, "z-a"),
        ("[[:foo:]]", Problem.BAD_RANGE, "[:foo:]"),
        (r"\p{Foo}", Problem.BAD_RANGE, r"\p{Foo}"),
        ("a{3,2}", Problem.BAD_COUNT, "{3,2}"),
        ("a{1001}", Problem.BAD_COUNT, "{1001}"),
        ("(a{10}){101}", Problem.BAD_COUNT, "{101}"),
        (r"\p{Han}{1000}", Problem.TOO_LARGE, ""),
        ("a*", Problem.MATCHES_EVERYTHING, ""),
        ("a||b", Problem.MATCHES_EVERYTHING, ""),
        ("^.*$", Problem.MATCHES_EVERYTHING, ""),
        ("^*", Problem.MATCHES_EVERYTHING, ""),
    ],
)
def test_what_is_no_pattern_is_refused_with_what_is_wrong(
    pattern: str, problem: Problem, part: str
) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)

    assert (caught.value.problem, caught.value.part) == (problem, part)


@pytest.mark.parametrize(
    "pattern",
    [
        "^$",
        ".",
        "[^a]",
        "^[^退]*$",
        r"^\D*$",
        "^[^a-z]*$",
        "a|^$",
        "a{100}",
        ".{0,99}b",
    ],
)
def test_what_some_message_does_not_fit_is_a_pattern(pattern: str) -> None:
    assert 0 < compile_pattern(pattern).size <= LARGEST_SIZE


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^b]", r"\d", "1"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda parts: f"({'|'.join(parts)})"
        ),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}"])).map(
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
def test_catastrophe_of_others_takes_known_time(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    text = "a" * 100_000 + "!"

    begun = time.perf_counter()
    compiled.is_found_in(text)

    # A thousand times what it takes: others would not end before the sun does.
    assert time.perf_counter() - begun < 1


def test_only_the_beginning_of_a_long_message_is_looked_at() -> None:
    text = "a" * (MATCHED_CHARACTERS - 1) + "b"

    assert finds("b$", text)
    assert finds("b", text + "c" * 9)
    assert not finds("b$", text + "c" * 9)
    assert not finds("c", text + "c" * 9)


def test_case_width_and_blanks_around_a_text_do_not_count() -> None:
    assert plain(" ＭＥＮＵ\n") == "menu"
