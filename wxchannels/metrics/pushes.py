"""What became of the pushes that came to this host, and how soon it was said."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from wxchannels.metrics.tally import Tally

#: In seconds. We promise 1, and WeChat waits for 5.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
INFINITY = "+Inf"
SECONDS = "seconds"


class Outcome(StrEnum):
    """What a push was answered, and why."""

    STORED = "stored"
    SPOOLED = "spooled"
    #: Broke its handler: answered, kept, waits for a person.
    PARKED = "parked"
    #: WeChat has to send it again.
    NOT_STORED = "not_stored"
    #: Not signed by WeChat, or not as the account demands.
    FORBIDDEN = "forbidden"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    ENCODED = "encoded"


class PushCounts:
    """The pushes of this host, all its processes together."""

    def __init__(self, folder: Path) -> None:
        bounds = [*(str(bound) for bound in BUCKETS), INFINITY]
        self._bounds = bounds
        self._tally = Tally(folder, [*Outcome, *bounds, SECONDS])

    def add(self, outcome: Outcome, seconds: float) -> None:
        """Count a push that was answered within `seconds`."""
        bound = next((str(b) for b in BUCKETS if seconds <= b), INFINITY)
        self._tally.add({outcome: 1, bound: 1, SECONDS: seconds})

    def collect(self) -> Iterator[Metric]:
        """Return the counts for Prometheus."""
        totals = self._tally.totals()
        says = "Pushes that came to this host, by what became of them"
        pushes = CounterMetricFamily("wxchannels_pushes", says, labels=["outcome"])
        for outcome in Outcome:
            pushes.add_metric([outcome], totals[outcome])
        yield pushes
        below, buckets = 0.0, []
        for bound in self._bounds:
            below += totals[bound]
            buckets.append((bound, below))
        says = "How long this host took to answer a push"
        yield HistogramMetricFamily(
            "wxchannels_push_answer_seconds", says, buckets, sum_value=totals[SECONDS]
        )
