"""Small drawings made by the server: attributes only, so that the CSP allows them."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import g, request
from markupsafe import Markup, escape

HEIGHT = 28
TOP, BOTTOM = 3.0, 25.0
LEFT, RIGHT = 2.0, 4.0
WIDTHS = {"": 104, "s": 72}

#: The identicon's grid: five columns, mirrored, with a margin of one.
SIDE = 5
HALF = 3
HUES = 5

Points = Sequence[tuple[float, float] | None]


def _xy(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _path(points: Points) -> str:
    """Return a path through `points` that is broken where one is missing."""
    pen, steps = "M", []
    for point in points:
        if point is None:
            pen = "M"
            continue
        steps.append(f"{pen}{_xy(point[0])} {_xy(point[1])}")
        pen = "L"
    return "".join(steps)


def _scale(
    values: Sequence[int | None], width: int
) -> tuple[list[tuple[float, float] | None], float]:
    known = [value for value in values if value is not None]
    low, high = min(0, *known), max(0, *known)
    span = (high - low) or 1
    step = (width - LEFT - RIGHT) / max(len(values) - 1, 1)

    def height(value: int) -> float:
        return BOTTOM - (value - low) / span * (BOTTOM - TOP)

    points = [
        None if value is None else (LEFT + index * step, height(value))
        for index, value in enumerate(values)
    ]
    return points, height(0)


def sparkline(
    values: Sequence[int | None],
    label: str = "",
    *,
    unfinished: bool = True,
    size: str = "",
    off: bool = False,
) -> Markup:
    """Return a small line; missing values are gaps, an unfinished end is dotted."""
    width = WIDTHS[size]
    if all(value is None for value in values):
        return Markup("")
    points, zero = _scale(values, width)
    solid = points[:-1] if unfinished and len(points) > 1 else points
    shapes = [f'<path class="z" d="M{_xy(LEFT)} {_xy(zero)}H{_xy(width - RIGHT)}"/>']
    if None not in solid and solid[0] and solid[-1]:
        ends = ((solid[0][0], zero), *solid, (solid[-1][0], zero))
        shapes.append(f'<path class="ar" d="{_path(ends)}z"/>')
    shapes.append(f'<path class="ln" d="{_path(solid)}"/>')
    if solid is not points and points[-1]:
        x, y = points[-1]
        shapes.append(f'<path class="td" d="{_path(points[-2:])}"/>')
        shapes.append(f'<circle class="pt" cx="{_xy(x)}" cy="{_xy(y)}" r="2"/>')
    classes = " ".join(filter(None, ("spark", size, "off" if off else "")))
    return Markup(  # noqa: S704 - numbers of ours, and the label escaped
        f'<svg class="{classes}" viewBox="0 0 {width} {HEIGHT}" {_named(label)}>'
        f"{''.join(shapes)}</svg>"
    )


def _named(label: str) -> str:
    return f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'


def bar(share: float, kind: str = "") -> Markup:
    """Return a bar filled to `share` of one; `kind` is "", "unf" or "mute"."""
    filled = f"{min(max(share, 0), 1) * 100:.1f}"
    return Markup(  # noqa: S704 - numbers of ours
        '<svg class="rank-bar" viewBox="0 0 100 6" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect class="bg" width="100" height="6" rx="1"/>'
        f'<rect class="fg {escape(kind)}" width="{filled}" height="6" rx="1"/></svg>'
    )


def identicon(seed: bytes) -> Markup:
    """Return a follower's mark: the same for the same person, and nobody's name."""
    bits = int.from_bytes(seed[1:3].ljust(2, b"\0"), "big")
    cells = {
        (column, row)
        for row in range(SIDE)
        for half in range(HALF)
        if bits >> (row * HALF + half) & 1
        for column in (half, SIDE - 1 - half)
    }
    squares = "".join(
        f'<rect x="{x + 1}" y="{y + 1}" width="1.04" height="1.04"/>'
        for x, y in sorted(cells or {(2, 2)})
    )
    hue = (seed[0] if seed else 0) % HUES
    return Markup(  # noqa: S704 - numbers of ours
        f'<svg class="ident" viewBox="0 0 7 7" aria-hidden="true">'
        f'<g class="h{hue}">{squares}</g></svg>'
    )


def qr_thumbnail(scene: str | int, *, off: bool = False, alt: str = "") -> Markup:
    """Return the small picture of this account's code for `scene`."""
    path = f"/qrcode/{quote(g.account.slug)}/{quote(str(scene))}.svg"
    return Markup(  # noqa: S704 - quoted and escaped
        f'<img class="thumb{" off" if off else ""}" width="36" height="36"'
        f' loading="lazy" src="{escape(request.script_root + path)}"'
        f' alt="{escape(alt)}">'
    )
