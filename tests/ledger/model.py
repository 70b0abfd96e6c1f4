"""A second reading of the product's rules, and an empty ledger to hold against it.

`Model` walks an ordered history and shares no code with the product.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.misreadings import find_misreadings
from wxchannels.columns import keyring
from wxchannels.ledger import counters, inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account, Base
from wxchannels.reports.figures import ChannelReport, RowFigures, channel_report
from wxchannels.reports.periods import Period
from wxchannels.wechat.pushes import parse

#: Two minutes before midnight in Shanghai: days change within every history.
START = datetime(2026, 3, 2, 15, 58, tzinfo=UTC)
DAYS = Period(date(2026, 3, 2), date(2026, 3, 3), "Asia/Shanghai")
SCENES = ["counter", "poster", "elsewhere", None]


@dataclass(frozen=True)
class Step:
    """One thing a person did: what, and by which scene. Its place is its time."""

    person: str
    kind: str
    scene: str | None
    #: Whether WeChat's push of it ever reaches us.
    arrives: bool = True
    #: Whether the push of a follow lacks the scene, which WeChat tells when asked.
    loses_scene: bool = False


steps = st.builds(
    Step,
    person=st.sampled_from(["anna", "bo", "cai"]),
    kind=st.sampled_from(["subscribe", "SCAN", "unsubscribe"]),
    scene=st.sampled_from(SCENES),
)
histories = st.lists(steps, min_size=1, max_size=14)


@dataclass
class Model:
    """The rules a to d, read from the page for pushes that come in order."""

    figures: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    #: Who follows, and the row that won them.
    won_by: dict[str, str] = field(default_factory=dict)
    scanners: set[tuple[str, str]] = field(default_factory=set)

    def listed(self, person: str) -> None:
        """Read that the imported list tells of a follow just now."""
        self.seen.add(person)
        self.won_by.setdefault(person, "none")

    def step(self, step: Step) -> None:
        row = {None: "none", "elsewhere": "unknown"}.get(step.scene, step.scene or "")
        if step.kind == "unsubscribe":
            self.figures[self.won_by.pop(step.person, "none"), "unfollows"] += 1
        elif step.kind == "subscribe":
            name = "refollows" if step.person in self.seen else "new_follows"
            self.figures[row, name] += 1
            if row != "none":
                self._scan(row, step.person)
            self.won_by[step.person] = row
        else:
            # A scan always carries a scene; ours with none stand for an unknown one.
            row = "unknown" if row == "none" else row
            self.figures[row, "follower_scans"] += 1
            self._scan(row, step.person)
            self.won_by.setdefault(step.person, "none")
        self.seen.add(step.person)

    def _scan(self, row: str, person: str) -> None:
        self.figures[row, "scans"] += 1
        self.scanners.add((row, person))

    def table(self) -> dict[str, tuple[int, ...]]:
        columns = ("scans", "new_follows", "refollows", "follower_scans", "unfollows")
        following = Counter(self.won_by.values())
        people = Counter(row for row, _ in self.scanners)
        return {
            row: (*(self.figures[row, c] for c in columns), people[row], following[row])
            for row in ("counter", "poster", "none", "unknown")
        }


def truth(history: Sequence[Step]) -> dict[str, int]:
    """Return who follows after all of `history`, and since which place in it."""
    since: dict[str, int] = {}
    for place, step in enumerate(history):
        if step.kind == "unsubscribe":
            since.pop(step.person, None)
        elif step.kind == "subscribe":
            since[step.person] = place
        else:
            since.setdefault(step.person, place)
    return since


def moment(place: float) -> datetime:
    """Return when what stands at `place` in the history happens."""
    return START + timedelta(seconds=20 * place)


def body(number: int, step: Step) -> bytes:
    at = moment(number)
    if step.kind == "unsubscribe":
        return pushes.unsubscribe(openid=step.person, at=at)
    if step.kind == "SCAN":
        return pushes.scan(step.scene or "nowhere", openid=step.person, at=at)
    scene = None if step.loses_scene else step.scene
    return pushes.subscribe(scene, openid=step.person, at=at)


def receive(session: Session, account: Account, bodies: Sequence[bytes]) -> None:
    deliveries = [
        Delivery(push=parse(body), body=body, received_at=START) for body in bodies
    ]
    inbox.receive(session, account.id, deliveries)
    session.commit()


def written(row: RowFigures) -> tuple[int | None, ...]:
    return (
        row.scans,
        row.new_follows,
        row.refollows,
        row.follower_scans,
        row.unfollows,
        row.scanners,
        row.followers_now,
    )


def table_of(report: ChannelReport) -> dict[str, tuple[int | None, ...]]:
    found = {row.name: written(row) for row in report.rows}
    found["none"] = written(report.no_channel)
    found["unknown"] = written(report.unknown_scene)
    return found


class World:
    """An empty ledger with two codes, in memory: hypothesis needs hundreds."""

    def __init__(self) -> None:
        keyring.use([b"0" * 32])
        self.engine = create_engine("sqlite://")
        event.listen(self.engine, "connect", _foreign_keys)
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)
        self.account = factories.account(self.session)
        factories.qrcode(self.session, "counter")
        factories.qrcode(self.session, "poster")

    def assert_sound(self) -> None:
        """Show that the numbers are those of the ledger, and the ledger's own."""
        assert counters.check(self.session, self.account.id) == []
        assert list(find_misreadings(self.session, self.account)) == []

    def report(self) -> ChannelReport:
        return channel_report(self.session, self.account, DAYS, now=START)

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()


def _foreign_keys(connection: object, record: object) -> None:
    del record
    connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]
