"""The follower list as work: a slice of the import at a time, a comparison a night."""

from datetime import timedelta

import pytest
import responses
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.wire import API, wechat_on_the_wire
from tests.worker.conftest import Ask, task_of
from wxchannels.accounts.comparing import last_comparison
from wxchannels.models import Account, TaskState
from wxchannels.worker.jobs import follower_list
from wxchannels.worker.runner import run_task


def list_people(wire: responses.RequestsMock, count: int) -> None:
    """Have WeChat list so many people on one page."""
    openids = [f"o{number:03}" for number in range(count)]
    page = {"total": count, "data": {"openid": openids}, "next_openid": openids[-1]}
    wire.get(f"{API}/cgi-bin/user/get", json=page)
    last = {"total": count, "count": 0, "next_openid": ""}
    wire.get(f"{API}/cgi-bin/user/get", json=last)
    people = [
        {"subscribe": 1, "openid": one, "subscribe_time": int(NOON.timestamp())}
        for one in openids
    ]
    batch = f"{API}/cgi-bin/user/info/batchget"
    wire.post(batch, json={"user_info_list": people[:100]})
    wire.post(batch, json={"user_info_list": people[100:]})


def test_import_goes_on_until_the_list_ends(
    session: Session, account: Account, ask: Ask
) -> None:
    number = ask("import", "list")

    with wechat_on_the_wire() as wire:
        list_people(wire, 150)
        run_task(number)

    assert task_of(session, number).state == TaskState.DONE
    assert account.followers_imported_at is not None


def test_long_import_lets_other_work_in_between(
    session: Session, account: Account, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_list, "SLICE", timedelta(0))
    number = ask("import", "list")

    with wechat_on_the_wire() as wire:
        list_people(wire, 150)
        run_task(number)

    assert task_of(session, number).state == TaskState.DUE
    assert account.followers_imported_at is None


def test_night_compares(session: Session, account: Account, ask: Ask) -> None:
    account.followers_imported_at = NOON
    session.commit()
    number = ask("reconcile", "daily")

    with wechat_on_the_wire() as wire:
        list_people(wire, 150)
        run_task(number)

    assert task_of(session, number).state == TaskState.DONE
    run = last_comparison(session, account)
    assert run
    assert (run.total, run.missed_follows) == (150, 150)


def test_long_comparison_lets_other_work_in_between(
    session: Session, account: Account, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_list, "SLICE", timedelta(0))
    account.followers_imported_at = NOON
    session.commit()
    number = ask("reconcile", "daily")

    with wechat_on_the_wire() as wire:
        list_people(wire, 150)
        run_task(number)
    assert task_of(session, number).state == TaskState.DUE
    assert last_comparison(session, account) is None
