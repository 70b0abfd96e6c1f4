from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.sandbox.platform import (
    AES_KEY,
    APP_ID,
    ORIGINAL_ID,
    SECRET,
    TOKEN,
    Platform,
)
from tests.sandbox.receiver import Receiver, listening
from wxchannels.sandbox.app import create_sandbox
from wxchannels.sandbox.remote import Sandbox
from wxchannels.sandbox.server import running

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(name="base_url", scope="package")
def running_sandbox() -> Iterator[str]:
    with running(create_sandbox()) as base_url:
        yield base_url


@pytest.fixture(name="receiver")
def listening_receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture(name="sandbox")
def sandbox_at_noon(base_url: str, receiver: Receiver) -> Iterator[Sandbox]:
    """A sandbox whose clock stands still and whose account has a server."""
    sandbox = Sandbox(base_url, APP_ID)
    sandbox.reset()
    sandbox.clock(stop=NOON.isoformat())
    sandbox.open_account(
        secret=SECRET,
        original_id=ORIGINAL_ID,
        name="半亩茶",
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=receiver.url,
    )
    yield sandbox
    sandbox.session.close()


@pytest.fixture(name="platform")
def platform_of_account(sandbox: Sandbox) -> Platform:
    return Platform(sandbox.base_url)
