"""Tokens that die before their time: noted, and told from those that end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.factories import NOON
from wxchannels.access import renewals
from wxchannels.models import Account, TokenRenewal
from wxchannels.tokens import KEPT_RENEWALS, DatabaseTokenStore
from wxchannels.wechat.errors import ConfigRefusedError, WeChatUnavailableError
from wxchannels.wechat.tokens import Token

HOUR = timedelta(hours=1)


class WeChat:
    """Gives out tokens, and tells the time."""

    def __init__(self) -> None:
        self.now = NOON
        self.given = 0

    def time(self) -> datetime:
        return self.now

    def __call__(self) -> Token:
        self.given += 1
        return Token(f"token-{self.given}", 7200)


@pytest.fixture
def wechat() -> WeChat:
    return WeChat()


@pytest.fixture
def store(session: Session, account: Account, wechat: WeChat) -> DatabaseTokenStore:
    engine: Engine = session.get_bind().engine
    number = account.id
    session.rollback()
    return DatabaseTokenStore(engine, number, now=wechat.time)


def reasons(session: Session, account: Account) -> list[str]:
    session.rollback()
    return [one.reason for one in renewals.list_renewals(session, account)]


def test_reason_of_each_renewal_is_kept(
    session: Session, account: Account, store: DatabaseTokenStore, wechat: WeChat
) -> None:
    store.token(wechat)
    wechat.now += 2 * HOUR
    store.token(wechat)
    wechat.now += HOUR
    store.token(wechat, stale="token-2")

    assert reasons(session, account) == ["refused", "expired", "first"]
    last = renewals.last_success(session, account)
    assert last
    assert (last.at, last.left_seconds) == (NOON + 3 * HOUR, 3300)
    assert last.good_for_seconds == 6900
    assert ":" in last.holder


def test_failed_renewals_say_why(
    session: Session, account: Account, store: DatabaseTokenStore
) -> None:
    def refuse() -> Token:
        raise ConfigRefusedError(40125, "invalid appsecret rid: 1-2-3")

    def be_silent() -> Token:
        raise WeChatUnavailableError("/cgi-bin/stable_token: Timeout")

    with pytest.raises(ConfigRefusedError):
        store.token(refuse)
    with pytest.raises(WeChatUnavailableError):
        store.token(be_silent)

    session.rollback()
    silent, refused = renewals.list_renewals(session, account)
    assert (refused.errcode, refused.error) == (40125, "invalid appsecret rid: 1-2-3")
    assert (silent.errcode, silent.error) == (None, "/cgi-bin/stable_token: Timeout")
    assert renewals.last_success(session, account) is None


def test_somebody_else_is_suspected_when_tokens_die_early_twice_a_day(
    session: Session, account: Account, store: DatabaseTokenStore, wechat: WeChat
) -> None:
    suspected = []
    for _ in range(3):
        token = store.token(wechat)
        wechat.now += timedelta(minutes=10)
        store.token(wechat, stale=token)
        session.rollback()
        suspected.append(renewals.is_spoilt(session, account, now=wechat.now))

    later = renewals.is_spoilt(session, account, now=wechat.now + timedelta(days=1))
    assert suspected == [False, True, True]
    assert not later


def test_tokens_that_die_near_their_end_are_nobodys_fault(
    session: Session, account: Account, store: DatabaseTokenStore, wechat: WeChat
) -> None:
    for _ in range(3):
        token = store.token(wechat)
        wechat.now += timedelta(seconds=6900 - renewals.EARLY_SECONDS)
        store.token(wechat, stale=token)

    session.rollback()
    assert not renewals.is_spoilt(session, account, now=wechat.now)


def test_renewals_of_the_last_days_only_are_kept(
    session: Session, account: Account, store: DatabaseTokenStore, wechat: WeChat
) -> None:
    for _ in range(KEPT_RENEWALS + 3):
        store.token(wechat)
        wechat.now += 2 * HOUR

    session.rollback()
    count = select(func.count(TokenRenewal.id))
    assert session.scalar(count.where(TokenRenewal.account_id == account.id)) == (
        KEPT_RENEWALS
    )
