"""Drawings made by the server."""

import re
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask, g

from wxchannels.models import Account
from wxchannels.web import art, drawings

LINE = re.compile(r'class="ln" d="([^"]*)"')


def read(svg: str) -> Element:
    return fromstring(svg)  # noqa: S314 - we drew it ourselves


def line_of(svg: str) -> str:
    found = LINE.search(svg)
    assert found
    return found[1]


def test_a_sparkline_spans_its_height() -> None:
    svg = drawings.sparkline([0, 10, 5], unfinished=False)

    assert line_of(svg) == "M2 25L51 3L100 14"


def test_a_missing_value_is_a_gap_and_not_a_zero() -> None:
    svg = drawings.sparkline([0, None, 10, 10], unfinished=False)

    assert line_of(svg) == "M2 25M67.3 3L100 3"
    assert 'class="ar"' not in svg


def test_an_unfinished_end_is_drawn_apart() -> None:
    svg = drawings.sparkline([0, 10, 5])

    assert line_of(svg) == "M2 25L51 3"
    assert '<path class="td" d="M51 3L100 14"/>' in svg
    assert '<circle class="pt" cx="100" cy="14" r="2"/>' in svg


def test_negative_values_lie_below_the_line_of_zero() -> None:
    svg = drawings.sparkline([10, -10], unfinished=False)

    assert 'class="z" d="M2 14H100"' in svg
    assert line_of(svg) == "M2 3L100 25"


@pytest.mark.parametrize("values", [[], [None, None]])
def test_without_values_there_is_no_sparkline(values: list[int | None]) -> None:
    assert drawings.sparkline(values) == ""


@pytest.mark.parametrize("values", [[5], [0, 0, 0], [None, 3]])
def test_a_sparkline_of_hardly_anything_is_still_a_drawing(
    values: list[int | None],
) -> None:
    read(drawings.sparkline(values))


def test_what_a_sparkline_shows_is_said() -> None:
    said = drawings.sparkline([1, 2], 'A "label" <b>', size="s", off=True)
    silent = drawings.sparkline([1, 2])

    assert 'role="img" aria-label="A &#34;label&#34; &lt;b&gt;"' in said
    assert 'class="spark s off"' in said
    assert 'aria-hidden="true"' in silent


@pytest.mark.parametrize(
    ("share", "width"), [(0.421, "42.1"), (0, "0.0"), (1.7, "100.0"), (-1, "0.0")]
)
def test_a_bar_never_leaves_its_frame(share: float, width: str) -> None:
    assert f'class="fg unf" width="{width}"' in drawings.bar(share, "unf")


def test_a_person_keeps_their_mark() -> None:
    assert drawings.identicon(b"anna's") == drawings.identicon(b"anna's")
    assert drawings.identicon(b"anna's") != drawings.identicon(b"bert's")


@pytest.mark.parametrize("seed", [b"", b"\0\0\0", b"\xff\xff\xff"])
def test_every_seed_makes_a_mark(seed: bytes) -> None:
    svg = read(drawings.identicon(seed))

    assert svg.findall(".//rect")


def test_a_mark_is_the_same_from_both_sides() -> None:
    svg = read(drawings.identicon(b"\x01\x2c\x59"))
    cells = {
        (float(rect.attrib["x"]), float(rect.attrib["y"]))
        for rect in svg.findall(".//rect")
    }

    assert cells == {(6 - x, y) for x, y in cells}


def test_a_thumbnail_shows_the_code_of_the_scene(app: Flask, account: Account) -> None:
    with app.test_request_context("/"):
        g.account = account
        image = drawings.qr_thumbnail("a.b-c_d", off=True, alt="静安寺店")

    assert 'src="/qrcode/main/a.b-c_d.svg"' in image
    assert 'class="thumb off"' in image
    assert 'alt="静安寺店"' in image


@pytest.mark.parametrize("name", sorted(art.PICTURES))
def test_every_picture_is_as_wide_in_every_row(name: str) -> None:
    rows = art.PICTURES[name].split()

    assert {len(row) for row in rows} == {18}
    read(art.picture(name))


def test_the_mosaic_is_one_square_per_letter() -> None:
    svg = str(art.mosaic())

    assert svg.count("M") == sum(letter in "01234" for letter in art.MOSAIC)
