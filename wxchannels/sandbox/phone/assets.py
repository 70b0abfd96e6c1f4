"""Where the page's style sheets and scripts lie."""

from pathlib import Path

OWN = Path(__file__).parents[1] / "static"
#: Built from the product's design; the page shares its style sheet and font.
DIST = Path(__file__).parents[2] / "static" / "dist"
