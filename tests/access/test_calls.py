"""What WeChat refuses is counted, and its quotas are kept."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import responses
from sqlalchemy.orm import Session

from tests.factories import NOON
from tests.wire import API, wechat_on_the_wire
from wxchannels.access import calls, quotas
from wxchannels.database import transactions
from wxchannels.models import Account
from wxchannels.people import audit
from wxchannels.wechat.answers import Quota
from wxchannels.wechat.client import MemoryTokenStore, WeChatClient
from wxchannels.wechat.errors import WeChatRefusedError, refusal

QUOTA = f"{API}/cgi-bin/openapi/quota/get"
PATH = "/cgi-bin/qrcode/create"


def client() -> WeChatClient:
    return WeChatClient("wx1", "secret", MemoryTokenStore())


def test_refusals_are_counted_by_interface_and_reason(
    session: Session, account: Account
) -> None:
    engine, number = session.get_bind().engine, account.id
    session.rollback()
    told = [(PATH, 45009), (PATH, 45009), (PATH, 48001), ("/cgi-bin/user/get", 45009)]

    for minute, (path, errcode) in enumerate(told):
        error = refusal(errcode, f"words {minute}")
        at = NOON + timedelta(minutes=minute)
        calls.note_refusal(engine, number, path, error, at=at)

    found = calls.list_refusals(session, account)
    rows = [(one.path, one.errcode, one.times, one.errmsg) for one in found]
    assert rows == [
        ("/cgi-bin/user/get", 45009, 1, "words 3"),
        (PATH, 48001, 1, "words 2"),
        (PATH, 45009, 2, "words 1"),
    ]
    assert found[2].first_at == NOON
    assert found[2].last_at == NOON + timedelta(minutes=1)


def test_no_menu_is_an_answer_and_no_refusal(
    session: Session, account: Account
) -> None:
    engine, number = session.get_bind().engine, account.id
    session.rollback()

    calls.note_refusal(engine, number, "/cgi-bin/menu/get", refusal(46003), at=NOON)

    assert calls.list_refusals(session, account) == []


def test_old_refusals_are_forgotten(session: Session, account: Account) -> None:
    engine, number = session.get_bind().engine, account.id
    session.rollback()
    calls.note_refusal(engine, number, PATH, refusal(45009), at=NOON)

    calls.delete_refusals(session, number, NOON)
    kept = len(calls.list_refusals(session, account))
    calls.delete_refusals(session, number, NOON + timedelta(seconds=1))

    assert (kept, len(calls.list_refusals(session, account))) == (1, 0)


def test_client_tells_of_refusals_and_of_nothing_else() -> None:
    told: list[tuple[str, int]] = []
    client = WeChatClient(
        "wx1",
        "secret",
        MemoryTokenStore(),
        on_refusal=lambda path, error: told.append((path, error.errcode)),
    )
    with wechat_on_the_wire() as wire:
        wire.get(f"{API}/cgi-bin/menu/delete", json={"errcode": 0})
        wire.get(f"{API}/cgi-bin/tags/get", json={"errcode": 48001, "errmsg": "no"})
        client.delete_menu()
        with pytest.raises(WeChatRefusedError):
            client.tags()

    assert told == [("/cgi-bin/tags/get", 48001)]


def test_quota_of_each_interface_is_asked_for_and_kept(
    session: Session, account: Account
) -> None:
    answer = {"daily_limit": 1000, "used": 1, "remain": 999}
    with wechat_on_the_wire() as wire:
        wire.post(QUOTA, json={"errcode": 0, "quota": answer})
        found = quotas.ask(client())
    quotas.record(session, account, found, at=NOON)
    session.commit()
    less = {PATH: Quota(1000, 1000, 0)}
    quotas.record(session, account, less, at=NOON + timedelta(hours=1))
    session.commit()

    assert tuple(found) == quotas.PATHS
    [kept] = quotas.list_quotas(session, account)
    assert (kept.path, kept.remain) == (PATH, 0)


def test_two_who_ask_at_the_same_moment_both_keep_what_they_are_told(
    session: Session, account: Account
) -> None:
    engine, number, told = session.get_bind(), account.id, {PATH: Quota(1000, 1, 999)}
    session.rollback()

    def ask_too() -> None:
        with transactions(write=True), Session(engine) as other:
            quotas.record(other, other.get_one(Account, number), told, at=NOON)
            other.commit()

    with ThreadPoolExecutor(1) as thread, transactions(write=True):
        quotas.record(session, account, told, at=NOON)
        asking = thread.submit(ask_too)
        # It waits for our row, or for our turn.
        wait([asking], timeout=0.2)
        session.commit()
        asking.result()

    [kept] = quotas.list_quotas(session, account)
    assert kept.remain == 999


def test_interfaces_without_a_quota_are_left_out() -> None:
    with wechat_on_the_wire() as wire:
        wire.post(QUOTA, json={"errcode": 76021, "errmsg": "cgi_path not found"})

        assert quotas.ask(client()) == {}


def test_used_up_quota_of_the_question_itself_is_a_refusal() -> None:
    with wechat_on_the_wire() as wire:
        wire.post(QUOTA, json={"errcode": 45009, "errmsg": "quota"})

        with pytest.raises(WeChatRefusedError, match="45009"):
            quotas.ask(client())


def test_quota_is_cleared_for_the_account() -> None:
    with wechat_on_the_wire() as wire:
        asked = responses.matchers.json_params_matcher({"appid": "wx1"})
        wire.post(f"{API}/cgi-bin/clear_quota", json={"errcode": 0}, match=[asked])

        client().clear_quota()


def test_clears_are_counted_by_the_month_in_beijing(
    session: Session, account: Account
) -> None:
    # In Beijing it is the first of April from 16:00 on.
    march, april = (datetime(2026, 3, 31, hour, tzinfo=UTC) for hour in (15, 17))
    for at in (march, april):
        audit.note(session, "ann", quotas.CLEARED, account=account, at=at)
    session.flush()

    left = [quotas.clears_left(session, account, now=now) for now in (march, april)]

    # The one in April lies ahead of March, and counts there as well.
    assert left == [8, 9]
