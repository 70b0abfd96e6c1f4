"""What changed from one menu to another, in the words of whoever changed it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wxchannels.menus.buttons import FIELDS, Button, Menu, Position

Pairs = list[tuple[int, int]]


class Kind(StrEnum):
    """What happened to a button."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that changed."""

    kind: Kind
    #: Where the button stands now; where it stood, if it was removed.
    position: Position
    name: str
    #: Of a change: the field, and what was and is in it.
    field: str = ""
    old: str = ""
    new: str = ""


def find_differences(old: Menu, new: Menu, parent: Position = ()) -> list[Difference]:
    """Return what turns `old` into `new`, in order of position."""
    pairs = _pair(old, new)
    kept_old, kept_new = {a for a, _ in pairs}, {b for _, b in pairs}
    found = [
        Difference(kind=Kind.REMOVED, position=(*parent, number), name=button.name)
        for number, button in enumerate(old)
        if number not in kept_old
    ]
    found += [
        Difference(kind=Kind.ADDED, position=(*parent, number), name=button.name)
        for number, button in enumerate(new)
        if number not in kept_new
    ]
    for before, after in sorted(pairs, key=lambda pair: pair[1]):
        position = (*parent, after)
        if after in _moved(pairs):
            name = new[after].name
            found.append(Difference(kind=Kind.MOVED, position=position, name=name))
        found += _changes(old[before], new[after], position)
        found += find_differences(old[before].below, new[after].below, position)
    return found


def _changes(old: Button, new: Button, position: Position) -> Iterator[Difference]:
    for field in ("name", "type", *FIELDS):
        before = _shown(old, field)
        after = _shown(new, field)
        if before != after:
            yield Difference(
                kind=Kind.CHANGED,
                position=position,
                name=new.name,
                field=field,
                old=before,
                new=after,
            )


def _shown(button: Button, field: str) -> str:
    return button.name if field == "name" else button.action.get(field, "")


def _pair(old: Menu, new: Menu) -> Pairs:
    """Match the buttons that are the same ones: alike in all, name, act or place."""
    likenesses: Sequence[Callable[[int, Button], object]] = (
        lambda _, button: button,
        lambda _, button: button.name,
        lambda _, button: button.action or None,
        lambda number, _: number,
    )
    left, right = dict(enumerate(old)), dict(enumerate(new))
    pairs: Pairs = []
    for likeness in likenesses:
        for after, button in list(right.items()):
            wanted = likeness(after, button)
            before = next(
                (n for n, one in left.items() if likeness(n, one) == wanted), None
            )
            if before is not None and wanted is not None:
                pairs.append((before, after))
                del left[before], right[after]
    return pairs


def _moved(pairs: Pairs) -> set[int]:
    """Return whose order changed: all but the longest run that kept it."""
    ordered = sorted(pairs)
    best: list[list[int]] = []
    for number, (_, after) in enumerate(ordered):
        runs = [
            run for run, (_, a) in zip(best, ordered[:number], strict=True) if a < after
        ]
        best.append([*_longest(runs), after])
    return {after for _, after in pairs} - set(_longest(best))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len, default=[])
