from collections.abc import Iterator

import pytest
import responses
from flask import Flask

from tests.wire import wechat_on_the_wire
from wxchannels.models import Account
from wxchannels.web.wechat import client_for
from wxchannels.wechat.client import WeChatClient


@pytest.fixture
def wire(app: Flask) -> Iterator[responses.RequestsMock]:
    del app  # our client asks its configuration
    with wechat_on_the_wire() as wire:
        yield wire


@pytest.fixture
def wechat(app: Flask, account: Account) -> WeChatClient:
    del app
    return client_for(account)
