import threading
import time

import pytest

from wxchannels.wechat.tokens import MemoryTokenStore, Token


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class WeChat:
    """Gives tokens T1, T2 … and counts them."""

    def __init__(self, expires_in: int = 7200) -> None:
        self.given = 0
        self.expires_in = expires_in

    def __call__(self) -> Token:
        self.given += 1
        return Token(f"T{self.given}", self.expires_in)


def test_token_is_fetched_once_and_kept() -> None:
    wechat = WeChat()
    store = MemoryTokenStore()

    tokens = [store.token(wechat) for _ in range(3)]

    assert tokens == ["T1", "T1", "T1"]


@pytest.mark.parametrize(
    ("expires_in", "good_for"), [(7200, 6900), (3000, 2700), (1000, 900), (300, 270)]
)
def test_token_is_renewed_shortly_before_it_ends(
    expires_in: int, good_for: float
) -> None:
    wechat, clock = WeChat(expires_in), Clock()
    store = MemoryTokenStore(clock)
    store.token(wechat)

    clock.now += good_for - 1
    before = store.token(wechat)
    clock.now += 1
    after = store.token(wechat)

    assert (before, after) == ("T1", "T2")


def test_stale_token_is_replaced() -> None:
    wechat = WeChat()
    store = MemoryTokenStore()
    stale = store.token(wechat)

    fresh = store.token(wechat, stale=stale)

    assert (stale, fresh) == ("T1", "T2")
    assert store.token(wechat) == "T2"


def test_token_that_was_replaced_meanwhile_is_not_fetched_again() -> None:
    wechat = WeChat()
    store = MemoryTokenStore()
    stale = store.token(wechat)
    store.token(wechat, stale=stale)

    late = store.token(wechat, stale=stale)

    assert late == "T2"
    assert wechat.given == 2


def test_sixteen_threads_need_one_token() -> None:
    wechat = WeChat()
    store = MemoryTokenStore()
    got: list[str] = []

    def slowly() -> Token:
        time.sleep(0.05)
        return wechat()

    threads = [
        threading.Thread(target=lambda: got.append(store.token(slowly)))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == ["T1"] * 16
    assert wechat.given == 1


def test_token_hides_its_value() -> None:
    assert "secret-value" not in repr(Token("secret-value", 7200))
