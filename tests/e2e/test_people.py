"""People whom the pushes tell only half of: found out by running processes."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from tests.commands import Command
from tests.e2e import story
from tests.e2e.servers import run_sql, shell, working
from tests.e2e.world import Connected, World
from wxchannels import clock
from wxchannels.accounts.accounts import get_account
from wxchannels.cli.edge import writing_session
from wxchannels.outbox import queue
from wxchannels.outbox.queue import NewTask

LONG_AGO = datetime.now(UTC) - timedelta(days=400)
BATCHGET = "/cgi-bin/user/info/batchget"
CROWD = 10_150


def wait_until(is_true: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.2)


def progress(world: World, kind: str) -> Sequence[Sequence[object]]:
    """Return how far readings of a list are, the last first, and what was found."""
    rows = run_sql(
        world.product.environment,
        "SELECT kind, done, finished_at, missed_follows, missed_unfollows "
        "FROM list_run ORDER BY id DESC",
    )
    return [row[1:] for row in rows if row[0] == kind]


def test_lost_scene_is_found_by_a_running_worker(
    world: World, account: Connected, tmp_path: Path
) -> None:
    story.open_channels(account)
    account.sandbox.mischief(lose_scene=True)
    account.sandbox.follow("anna", "counter")
    account.sandbox.follow("bo", "4711")
    account.sandbox.follow("cai")
    before = story.report(account)["no_channel"][:3]

    with working(world.product.environment, tmp_path):
        wait_until(lambda: story.report(account)["no_channel"][:3] == (0, 0, 1))

    report = story.report(account)
    assert before == (0, 0, 3)
    assert report["Counter"][:3] == (1, 1, 1)
    assert report["total"][:3] == (2, 2, 3)
    world.run("stats", "check")


def test_import_that_is_killed_goes_on_and_asks_about_nobody_twice(
    world: World, account: Connected, tmp_path: Path
) -> None:
    account.sandbox.gather_crowd(CROWD, at=LONG_AGO.isoformat())
    account.sandbox.forget_calls()
    importing = ["followers", "import", "--account", account.slug]
    environment = {**shell(), **world.product.environment}
    process = Command(environment, *importing, log=tmp_path / "import.log")

    def done() -> int:
        rows = progress(world, "import")
        return int(str(rows[0][0])) if rows else 0

    wait_until(lambda: done() >= 1000)
    process.kill()
    process.wait()
    stopped_at = done()
    world.run(*importing)

    assert 1000 <= stopped_at < CROWD
    assert done() == CROWD
    people = run_sql(
        world.product.environment,
        "SELECT count(*), sum(known_before), sum(following) FROM follower WHERE "
        "account_id = (SELECT max(id) FROM account)",
    )
    assert people == [(CROWD, CROWD, CROWD)]
    # 102 questions, and the one whose answer may have died with the process.
    assert account.sandbox.calls()[BATCHGET] <= 103
    world.run("stats", "check")


def test_missed_unfollow_and_follow_are_found_at_night(
    world: World, account: Connected, commands: Flask, tmp_path: Path
) -> None:
    story.open_channels(account)
    account.sandbox.follow("anna", "counter")
    account.sandbox.follow("bo", "counter")
    world.run("followers", "import", "--account", account.slug)
    account.sandbox.unfollow("anna", silent=True)
    account.sandbox.gather_crowd(3)
    before = story.report(account)

    with commands.app_context(), writing_session() as session:
        number = get_account(session, account.slug).id
        night = {"kind": "reconcile", "subject": "tonight", "due_at": clock.utcnow()}
        queue.add_tasks(session, [NewTask(account_id=number, **night)])  # type: ignore[arg-type]
    with working(world.product.environment, tmp_path):
        wait_until(lambda: progress(world, "compare"))
        wait_until(lambda: progress(world, "compare")[0][1])

    after = story.report(account)
    assert progress(world, "compare")[0][2:] == (3, 1)
    assert (before["Counter"][-1], after["Counter"][-1]) == (2, 1)
    assert after["no_channel"][-1] == 3
    # Nothing that adds up has moved.
    assert {row: all_[:-1] for row, all_ in before.items()} == {
        row: all_[:-1] for row, all_ in after.items()
    }
    world.run("stats", "check")
