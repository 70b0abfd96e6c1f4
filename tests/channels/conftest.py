"""WeChat on the wire."""

from collections.abc import Iterator

import pytest
import responses

from wxchannels.models import Account
from wxchannels.web.wechat import client_for
from wxchannels.wechat.client import WeChatClient

API = "https://api.weixin.qq.com"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        token = {"access_token": "token", "expires_in": 7200}
        mock.post(f"{API}/cgi-bin/stable_token", json=token)
        yield mock


@pytest.fixture
def wechat(account: Account) -> WeChatClient:
    return client_for(account)
