"""How often each button was pressed: read from the presses, and nothing else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from wxchannels.menus.buttons import Menu, Position, read_menu, walk
from wxchannels.menus.versions import list_versions
from wxchannels.models import Account, Follower, MenuClick, MenuVersion

#: What a push says of the button: its event, and what it names.
Report = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ButtonClicks:
    """The presses of one button in the stretches asked for, in their order."""

    #: Where it stands in the menu that is shown; None if it is not there any more.
    position: Position | None
    name: str
    #: What the push names, for a button nobody remembers.
    key: str
    #: None where WeChat pushes nothing when the button is pressed.
    counts: tuple[int, ...] | None
    #: Whether another button causes the same push.
    is_shared: bool = False

    @property
    def total(self) -> int | None:
        """All presses together; None where WeChat tells of none."""
        return None if self.counts is None else sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class ClickTable:
    """The presses of every button, and of those that are gone."""

    rows: Sequence[ButtonClicks]
    total: int
    #: The presses of testers, which are in no figure.
    left_out: int


def click_table(
    session: Session, account: Account, menu: Menu, moments: Sequence[datetime]
) -> ClickTable:
    """Return the presses between each two `moments`, those of `menu` first.

    Opening a sub-menu is pushed to nobody, so parents are left out.
    """
    counted = _count(session, account, moments)
    shown = [(position, button) for position, button in walk(menu) if button.type]
    causes = Counter(button.report for _, button in shown)
    rows = [
        ButtonClicks(
            position=position,
            name=button.name,
            key=button.report[1] if button.report else "",
            counts=_counts(counted, button.report, len(moments) - 1),
            is_shared=button.report is not None and causes[button.report] > 1,
        )
        for position, button in shown
    ]
    gone = {
        report: counts for report, counts in counted.items() if report not in causes
    }
    names = _names(list_versions(session, account)) if gone else {}
    rows += [
        ButtonClicks(
            position=None, name=names.get(report, ""), key=report[1], counts=counts
        )
        for report, counts in sorted(gone.items(), key=lambda item: -sum(item[1]))
    ]
    return ClickTable(
        rows=rows,
        total=sum(map(sum, counted.values())),
        left_out=_count_testers(session, account, moments),
    )


def _count(
    session: Session, account: Account, moments: Sequence[datetime]
) -> dict[Report, tuple[int, ...]]:
    """Return how often each thing was pushed between each two moments.

    As in all figures, testers are left out.
    """
    ends = [(MenuClick.happened_at < end, n) for n, end in enumerate(moments[1:-1])]
    stretch = case(*ends, else_=len(ends)) if ends else literal(0)
    # Grouped by its name: PostgreSQL takes no two parameters for the same.
    query = (
        select(MenuClick.event, MenuClick.key, stretch.label("stretch"), func.count())
        .outerjoin(Follower, Follower.id == MenuClick.follower_id)
        .where(MenuClick.account_id == account.id, Follower.is_tester.is_not(True))
        .where(MenuClick.happened_at >= moments[0])
        .where(MenuClick.happened_at < moments[-1])
        .group_by(MenuClick.event, MenuClick.key, "stretch")
    )
    counted: dict[Report, list[int]] = {}
    for event, key, number, count in session.execute(query):
        counts = counted.setdefault((event, key), [0] * (len(moments) - 1))
        counts[number] += count
    return {report: tuple(counts) for report, counts in counted.items()}


def _count_testers(
    session: Session, account: Account, moments: Sequence[datetime]
) -> int:
    query = (
        select(func.count(MenuClick.id))
        .join(Follower, Follower.id == MenuClick.follower_id)
        .where(MenuClick.account_id == account.id, Follower.is_tester)
        .where(MenuClick.happened_at >= moments[0])
        .where(MenuClick.happened_at < moments[-1])
    )
    return session.scalar(query) or 0


def _counts(
    counted: Mapping[Report, tuple[int, ...]], report: Report | None, length: int
) -> tuple[int, ...] | None:
    if report is None:
        return None
    return counted.get(report, (0,) * length)


def _names(versions: Sequence[MenuVersion]) -> dict[Report, str]:
    """Return what the buttons were called, by the newest version that has them."""
    names: dict[Report, str] = {}
    for version in versions:
        for _, button in walk(read_menu(version.buttons)):
            if button.report:
                names.setdefault(button.report, button.name)
    return names
