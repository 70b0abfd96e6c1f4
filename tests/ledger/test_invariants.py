"""What holds for every history, however it arrives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.model import Model, Step, World, body, histories, receive, table_of
from wxchannels.ledger import counters
from wxchannels.reports.figures import ChannelReport


@pytest.mark.runs_again
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories, st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_doubling_and_batching_gives_the_figures_of_the_ordered_history(
    history: list[Step], chance: object, batch: int
) -> None:
    model = Model()
    for step in history:
        model.step(step)
    bodies = [body(n, step) for n, step in enumerate(history)]
    arriving = [*bodies, *bodies[::2]]
    chance.shuffle(arriving)  # type: ignore[attr-defined]
    world = World()

    for first in range(0, len(arriving), batch):
        receive(world.session, world.account, arriving[first : first + batch])

    try:
        report = world.report()
        assert table_of(report) == model.table()
        assert_total_is_all_rows(report)
        world.assert_sound()
    finally:
        world.close()


def assert_total_is_all_rows(report: ChannelReport) -> None:
    rows = [*report.rows, report.no_channel, report.unknown_scene]
    for name in counters.COLUMNS:
        assert getattr(report.total, name) == sum(getattr(r, name) for r in rows)
    assert report.total.followers_now == sum(r.followers_now for r in rows)
    assert report.total.net_follows == sum(r.net_follows for r in rows)


def test_model_agrees_with_a_table_made_by_hand() -> None:
    model = Model()
    for step in [
        Step("anna", "subscribe", "counter"),
        Step("anna", "unsubscribe", None),
        Step("anna", "subscribe", "poster"),
        Step("bo", "SCAN", "elsewhere"),
    ]:
        model.step(step)

    assert model.table() == {
        "counter": (1, 1, 0, 0, 1, 1, 0),
        "poster": (1, 0, 1, 0, 0, 1, 1),
        "none": (0, 0, 0, 0, 0, 0, 1),
        "unknown": (1, 0, 0, 1, 0, 1, 0),
    }
