"""What the product says in Chinese, a catalogue for each area; msgids are English."""

import os
from collections.abc import Sequence
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

FOLDER = Path(__file__).parent


class BadCatalogueError(Exception):
    """A catalogue cannot be compiled as it is. Says every reason, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


def catalogues(folder: Path = FOLDER) -> Sequence[Path]:
    """Return the catalogues: area/locale/LC_MESSAGES/messages.po."""
    return sorted(folder.glob("*/*/LC_MESSAGES/messages.po"))


def compile_all(folder: Path = FOLDER) -> Sequence[Path]:
    """Compile every catalogue, or none: what is wrong is said all at once."""
    compiled = {}
    problems: list[str] = []
    for path in catalogues(folder):
        locale = path.parent.parent.name
        try:
            with path.open("rb") as source:
                catalogue = read_po(source, locale=locale, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError) as error:
            problems.append(f"{path.relative_to(folder)}: {error}")
            continue
        problems += [
            f"{path.relative_to(folder)}: {message.id!r}: {error}"
            for message, errors in catalogue.check()
            for error in errors
        ]
        compiled[path.with_suffix(".mo")] = catalogue
    if problems:
        raise BadCatalogueError(problems)
    for target, catalogue in compiled.items():
        # A server may read it meanwhile, and none may read half of it.
        draft = target.with_name(f".{os.getpid()}.mo")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(target)
    return list(compiled)
