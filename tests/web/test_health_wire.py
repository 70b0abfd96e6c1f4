"""Health against a simulated WeChat, over HTTP: stolen tokens, quotas, refusals."""

from collections.abc import Iterator

import pytest

from tests.web.browser import Browser, sentences
from tests.web.oauth_world import open_wechat, settings_for
from wxchannels.sandbox.remote import Sandbox

PAGE, CHECK = "/main/health", "/main/connect/token"


@pytest.fixture
def settings(settings: dict[str, str], wechat_url: str) -> dict[str, str]:
    return {**settings, **settings_for(wechat_url)}


@pytest.fixture
def sandbox(wechat_url: str) -> Iterator[Sandbox]:
    with open_wechat(wechat_url) as sandbox:
        yield sandbox


def test_token_that_is_stolen_again_and_again_is_noticed(
    reader: Browser, sandbox: Sandbox
) -> None:
    reader.send(CHECK, page=PAGE)
    suspected = []
    for _ in range(2):
        sandbox.steal_token()
        reader.send(CHECK, page=PAGE)
        page = sentences(reader.get(PAGE))
        suspected.append("another system used this account’s AppSecret" in page)

    assert suspected == [False, True]
    assert "WeChat took the one before no longer" in page
    # Each time the next token was good, so nothing is broken.
    assert "Works" in page


def test_used_up_calls_are_seen_and_counted_anew(
    reader: Browser, sandbox: Sandbox
) -> None:
    sandbox.open_account(limits={"/cgi-bin/user/get": 0})
    reader.send(f"{PAGE}/quotas", page=PAGE)
    before = sentences(reader.get(PAGE))

    reader.send(f"{PAGE}/quotas/clear", page=PAGE, confirmation="main")
    after = sentences(reader.get(PAGE))

    assert "Reading the follower list 0 0 Used up 0" in before
    assert "At most 9 times are left." in after
    assert sandbox.calls()["/cgi-bin/clear_quota"] == 1
