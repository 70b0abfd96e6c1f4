"""Both servers, started once; each test connects an account of its own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from config import Config
from tests.e2e import chromium, servers
from tests.e2e.servers import Served
from tests.e2e.world import Connected, World
from wxchannels.app import create_app
from wxchannels.extensions import db
from wxchannels.sandbox.app import create_sandbox
from wxchannels.sandbox.server import running


@pytest.fixture(name="sandbox_url", scope="session")
def simulated_wechat() -> Iterator[str]:
    with running(create_sandbox()) as url:
        yield url


@pytest.fixture(name="product", scope="session")
def product_under_granian(
    sandbox_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("product")
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    environment = servers.settings(folder, url, sandbox_url)
    servers.run_flask(environment, "db", "upgrade")
    log = folder / "product.log"
    with servers.serving(servers.granian(port), url, environment, log) as served:
        yield served
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture(name="commands", scope="session")
def operator_commands(product: Served) -> Iterator[Flask]:
    """The commands, in this process, on the product's database."""
    app = create_app(Config(product.environment))
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].close()


@pytest.fixture(name="world", scope="session")
def connected_servers(product: Served, sandbox_url: str, commands: Flask) -> World:
    return World(product, sandbox_url, commands)


@pytest.fixture(name="account")
def account_in_plain_mode(world: World) -> Iterator[Connected]:
    connected = world.connect()
    yield connected
    connected.sandbox.session.close()


@pytest.fixture(name="browser", scope="module")
def chromium_of_this_module() -> Iterator[Browser]:
    """A browser. Playwright bears no other of its kind beside it, so it ends soon."""
    with chromium.open_browser() as browser:
        yield browser
