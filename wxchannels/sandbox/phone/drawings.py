"""Small drawings as SVG: attributes only, so that the strictest CSP allows them."""

import hashlib
from functools import lru_cache

import segno
from markupsafe import Markup

#: The identicon: five mirrored columns of five squares, with a margin of one.
SIDE = 5
HALF = 3
HUES = 5
#: A little wider than one, so that no seam shows between squares.
SQUARE = "1.04"


@lru_cache(maxsize=1024)
def draw_identicon(seed: str) -> Markup:
    """Return the picture that stands for a person."""
    digest = hashlib.sha256(seed.encode()).digest()
    squares = [
        f'<rect x="{x + 1}" y="{row + 1}" width="{SQUARE}" height="{SQUARE}"/>'
        for row in range(SIDE)
        for column in range(HALF)
        if digest[row * HALF + column] % 2
        for x in sorted({column, SIDE - 1 - column})
    ]
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="ident" viewBox="0 0 7 7" aria-hidden="true">'
        f'<g class="h{digest[-1] % HUES}">{"".join(squares)}</g></svg>'
    )


@lru_cache(maxsize=4096)
def draw_qrcode(content: str) -> Markup:
    """Return a code that real phones can read, as one path."""
    rows = [bytes(row) for row in segno.make(content, error="m", micro=False).matrix]
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 1
            while x + length < len(row) and row[x + length] == row[x]:
                length += 1
            if row[x]:
                runs.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="qr-svg" viewBox="0 0 {len(rows)} {len(rows)}" aria-hidden="true">'
        f'<path fill="#1d1c26" d="{"".join(runs)}"/></svg>'
    )
