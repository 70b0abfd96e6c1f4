"""One task: done with nothing held, finished with what came of it, or tried again."""

from datetime import datetime, timedelta

import pytest
import responses
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.wire import API, wechat_on_the_wire
from tests.worker.conftest import Ask, task_of
from wxchannels import clock
from wxchannels.models import Account, Task, TaskState
from wxchannels.outbox import leases
from wxchannels.outbox.leases import Claimed
from wxchannels.outbox.patience import MOST_TRIES
from wxchannels.wechat.client import WeChatClient
from wxchannels.worker.jobs import JOBS
from wxchannels.worker.runner import run_task

MENU = f"{API}/cgi-bin/menu/delete"
HOUR = timedelta(hours=1)


def look(
    session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
) -> datetime | None:
    """Ask WeChat something and write an effect that can be counted."""
    del now
    assert not session.in_transaction()
    wechat.delete_menu()
    account = session.get_one(Account, task.account_id)
    account.name = f"{account.name}!"
    return None


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOBS, "look", look)


def test_work_is_finished_with_what_came_of_it(
    session: Session, account: Account, ask: Ask
) -> None:
    number = ask("look")

    with wechat_on_the_wire() as wire:
        wire.get(MENU, json={"errcode": 0})
        run_task(number)

    assert task_of(session, number).state == TaskState.DONE
    assert account.name == "半亩茶!"


def test_work_that_is_done_is_not_done_again(
    session: Session, account: Account, ask: Ask
) -> None:
    number = ask("look")

    with wechat_on_the_wire() as wire:
        wire.get(MENU, json={"errcode": 0})
        run_task(number)
        run_task(number)

    session.refresh(account)
    assert account.name == "半亩茶!"


def test_silent_wechat_is_asked_again_later(
    session: Session, account: Account, ask: Ask
) -> None:
    number = ask("look")

    with wechat_on_the_wire() as wire:
        wire.get(MENU, status=502, body="<html>")
        run_task(number)

    task = task_of(session, number)
    assert (task.state, task.error) == (TaskState.DUE, "WeChatUnavailableError")
    assert task.due_at > clock.utcnow() + timedelta(seconds=20)
    assert account.name == "半亩茶"


def test_used_up_quota_stops_the_kind_until_tomorrow(
    session: Session, ask: Ask
) -> None:
    first, second = ask("look", "one"), ask("look", "two")

    with wechat_on_the_wire() as wire:
        wire.get(MENU, json={"errcode": 45009, "errmsg": "quota"})
        run_task(first)
        run_task(second)

        assert len([c for c in wire.calls if str(c.request.url).startswith(MENU)]) == 1
    due_at = task_of(session, first).due_at
    assert (due_at.hour, due_at.minute) == (16, 5)
    assert task_of(session, second).due_at == due_at


def test_wrong_secret_is_parked_with_wechats_words(session: Session, ask: Ask) -> None:
    number = ask("look")

    with responses.RequestsMock() as wire:
        refused = {"errcode": 40125, "errmsg": "invalid appsecret rid: 1-2-3"}
        wire.post(f"{API}/cgi-bin/stable_token", json=refused)
        run_task(number)

    task = task_of(session, number)
    assert (task.state, task.errcode) == (TaskState.PARKED, 40125)
    assert task.error == "invalid appsecret rid: 1-2-3"


def test_mistake_of_ours_is_tried_again_without_its_words(
    session: Session, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise KeyError("openid-of-anna")

    monkeypatch.setitem(JOBS, "stumble", stumble)
    number = ask("stumble")

    run_task(number)

    task = task_of(session, number)
    assert (task.state, task.error) == (TaskState.DUE, "KeyError")


def test_part_of_the_work_is_kept_and_the_rest_goes_on(
    session: Session, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.utcnow() + HOUR
    monkeypatch.setitem(JOBS, "long", lambda *_, **__: at)
    number = ask("long")

    run_task(number)

    task = task_of(session, number)
    assert (task.state, task.due_at, task.attempts) == (TaskState.DUE, at, 0)


def test_slow_worker_that_was_overtaken_writes_nothing(
    session: Session, account: Account, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_overtaken(
        session: Session, wechat: WeChatClient, task: Claimed, *, now: datetime
    ) -> datetime | None:
        del wechat
        later = now + leases.LEASE
        assert leases.claim(session, task.id, now=later)
        session.commit()
        session.get_one(Account, task.account_id).name = "twice"
        return None

    monkeypatch.setitem(JOBS, "slow", be_overtaken)
    number = ask("slow")

    run_task(number)

    assert task_of(session, number).state == TaskState.LEASED
    assert account.name == "半亩茶"


def test_work_that_kills_its_workers_is_parked_in_the_end(
    session: Session, ask: Ask
) -> None:
    number = ask("look")
    session.execute(update(Task).values(attempts=MOST_TRIES))
    session.commit()

    run_task(number)

    task = task_of(session, number)
    assert (task.state, task.error) == (TaskState.PARKED, "WorkerDied")
