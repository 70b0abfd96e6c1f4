"""What people do in a fault test: a known push for every number, worked out here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests import pushes
from tests.ledger.model import Model, Step
from wxchannels.reports.periods import Period

#: Midnight in Shanghai. Push n happens n seconds later, and so is known by its time.
START = datetime(2026, 3, 1, 16, tzinfo=UTC)
PERIOD = Period(date(2026, 3, 2), date(2026, 3, 4), "Asia/Shanghai")
#: Begins every openid here, so that one shows in a log.
OPENID = "oFaultyPerson"
#: What a person does in turn; None is a click, which moves no figure.
ACTS = (
    ("subscribe", "counter"),
    ("SCAN", "poster"),
    None,
    ("unsubscribe", None),
    ("subscribe", "poster"),
    ("SCAN", "elsewhere"),
)


@dataclass(frozen=True)
class Push:
    """The n-th push."""

    number: int

    @property
    def at(self) -> datetime:
        return START + timedelta(seconds=self.number)

    @property
    def openid(self) -> str:
        return f"{OPENID}{self.number // len(ACTS)}"

    @property
    def step(self) -> Step | None:
        act = ACTS[self.number % len(ACTS)]
        return Step(self.openid, *act) if act else None

    @property
    def body(self) -> bytes:
        step = self.step
        if step is None:
            return pushes.event("CLICK", "menu", openid=self.openid, at=self.at)
        if step.kind == "unsubscribe":
            return pushes.unsubscribe(openid=step.person, at=self.at)
        if step.kind == "SCAN":
            return pushes.scan(step.scene or "", openid=step.person, at=self.at)
        return pushes.subscribe(step.scene, openid=step.person, at=self.at)


def number_at(moment: datetime) -> int:
    """Return the number of the push that happened at `moment`."""
    return round((moment - START).total_seconds())


def moves_figures(number: int) -> bool:
    return Push(number).step is not None


def figures(numbers: set[int]) -> dict[str, tuple[int, ...]]:
    """Return what the report must say of these pushes."""
    model = Model()
    for number in sorted(numbers):
        step = Push(number).step
        if step is not None:
            model.step(step)
    return model.table()
