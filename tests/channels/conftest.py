from collections.abc import Iterator

import pytest
import responses

from tests.wire import wechat_on_the_wire
from wxchannels.models import Account
from wxchannels.web.wechat import client_for
from wxchannels.wechat.client import WeChatClient


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with wechat_on_the_wire() as wire:
        yield wire


@pytest.fixture
def wechat(account: Account) -> WeChatClient:
    return client_for(account)
