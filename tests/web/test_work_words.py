"""Every kind of work has a name that people read."""

from wxchannels.web.work_words import KIND_NAMES
from wxchannels.worker.daily import DAILY
from wxchannels.worker.jobs import JOBS


def test_every_kind_has_a_name() -> None:
    assert set(KIND_NAMES) == set(JOBS)


def test_nightly_work_is_work_that_a_worker_knows() -> None:
    assert set(DAILY) <= set(JOBS)
