"""All that `/metrics` says, within two seconds whatever hangs.

What one process cannot know alone comes from where all of them keep it: pushes from a
file of the host, the spool from the host's folder, accounts from the database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wxchannels import __version__
from wxchannels.intake.batching import Batcher, LateError
from wxchannels.intake.intake import Intake, IntakeStatus
from wxchannels.intake.spool import SpoolError
from wxchannels.metrics.pushes import PushCounts
from wxchannels.metrics.standing import AccountStanding, account_standings
from wxchannels.outbox.standing import Lag, lag

#: How long the database, and the disk, may take to say something.
PATIENCE_SECONDS = 1.0
Found = TypeVar("Found")


@dataclass(frozen=True)
class InDatabase:
    """What all hosts share."""

    accounts: Sequence[AccountStanding]
    lag: Lag


class Metrics:
    """The numbers of this host and of what it shares with others."""

    def __init__(self, intake: Intake, folder: Path) -> None:
        self.pushes = PushCounts(folder)
        self._engine: Engine = intake.engine
        self._database: Batcher[datetime, InDatabase] = Batcher(self._look_up)
        self._disk: Batcher[datetime, IntakeStatus] = Batcher(
            lambda asked: [intake.status()] * len(asked)
        )

    def page(self, *, now: datetime) -> bytes:
        """Return the numbers as Prometheus reads them."""
        registry = CollectorRegistry()
        registry.register(_Collected(list(self._collect(now))))
        return generate_latest(registry)

    def close(self) -> None:
        """End the threads."""
        for batcher in (self._database, self._disk):
            batcher.close()

    def _collect(self, now: datetime) -> Iterator[Metric]:
        """Return every number; a part that hangs or fails is left out and said so."""
        says = "Which version answers"
        yield InfoMetricFamily("wxchannels_build", says, {"version": __version__})
        yield from self.pushes.collect()
        status = _ask(self._disk, now, SpoolError)
        yield _flag("spool_readable", "Whether the spool of this host answers", status)
        if status:
            yield from _spool(status)
        found = _ask(self._database, now, SQLAlchemyError)
        says = "Whether the database answers this host"
        yield _flag("database_up", says, found)
        if found:
            yield from _accounts(found.accounts)
            yield from _work(found.lag)

    def _look_up(self, asked: Sequence[datetime]) -> list[InDatabase]:
        with Session(self._engine) as session:
            found = InDatabase(account_standings(session), lag(session, now=asked[-1]))
            return [found] * len(asked)


class _Collected(Collector):
    """What was collected, as the library wants to be given it."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _ask(
    batcher: Batcher[datetime, Found], now: datetime, failure: type[Exception]
) -> Found | None:
    """Return what was found, or None where that fails or takes too long."""
    try:
        return batcher.submit(now, timeout=PATIENCE_SECONDS)
    except (LateError, failure):
        return None


def _spool(status: IntakeStatus) -> Iterator[Metric]:
    says = "Whether the process that answers spools because the database is away"
    yield _gauge("breaker_open", says, status.is_open)
    says = "Pushes in this host's spool that wait for the database"
    yield _gauge("spool_pushes", says, status.spooled)
    says = "Damaged files and unreadable pushes that wait for a person"
    yield _gauge("spool_quarantined", says, status.quarantined)
    if (since := _seconds(status.quarantined_since)) is not None:
        says = "Since when the oldest of them waits; it ends with raw pushes of its age"
        yield _gauge("spool_quarantined_oldest_timestamp_seconds", says, since)
    if status.oldest_spooled_at:
        says = "When the oldest push in this host's spool came"
        moment = status.oldest_spooled_at.timestamp()
        yield _gauge("spool_oldest_timestamp_seconds", says, moment)


def _accounts(standings: Sequence[AccountStanding]) -> Iterator[Metric]:
    numbers: dict[tuple[str, str], Callable[[AccountStanding], float | None]] = {
        ("callback_verified", "Whether WeChat has reached us for the account"): (
            lambda one: one.is_verified
        ),
        ("last_push_timestamp_seconds", "When the account's last push came"): (
            lambda one: _seconds(one.last_push_at)
        ),
        ("access_token_works", "Whether WeChat gave a token when last asked"): (
            lambda one: one.token_works
        ),
        ("access_token_expires_timestamp_seconds", "When the token ends"): (
            lambda one: _seconds(one.token_expires_at)
        ),
    }
    for (name, says), number in numbers.items():
        family = GaugeMetricFamily(f"wxchannels_{name}", says, labels=["account"])
        for standing in standings:
            if (value := number(standing)) is not None:
                family.add_metric([standing.slug], value)
        yield family


def _work(lag: Lag) -> Iterator[Metric]:
    yield _gauge("tasks_waiting", "Outside work that is due or under way", lag.waiting)
    says = "How long the oldest outside work waits to be begun"
    yield _gauge("tasks_lag_seconds", says, lag.seconds)
    yield _gauge("tasks_parked", "Outside work that waits for a person", lag.parked)
    if (seen := _seconds(lag.seen_at)) is not None:
        says = "When any worker was last seen"
        yield _gauge("worker_seen_timestamp_seconds", says, seen)


def _flag(name: str, says: str, found: object) -> Metric:
    return _gauge(name, says, found is not None)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"wxchannels_{name}", says, value=value)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
