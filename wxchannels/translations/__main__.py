"""Compile the catalogues: `python -m wxchannels.translations`."""

import sys

from wxchannels import translations


def main() -> int:
    """Compile and return the exit code."""
    try:
        translations.compile_all()
    except translations.BadCatalogueError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
