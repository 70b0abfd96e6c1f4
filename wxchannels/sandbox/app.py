"""The simulated WeChat as a Flask application."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider, JSONProvider

from wxchannels import clock as system_clock
from wxchannels.sandbox import api, control, phone, snapshot
from wxchannels.sandbox.clock import SettableClock
from wxchannels.sandbox.post import PostOffice
from wxchannels.sandbox.state import EXTENSION, State
from wxchannels.sandbox.world import World


def create_sandbox(
    *,
    state_file: Path | None = None,
    clock: Callable[[], datetime] = system_clock.utcnow,
) -> Flask:
    """Return a simulated WeChat that remembers `state_file`, if there is one."""
    app = Flask(__name__, static_folder=None)
    app.json = _plain_json(app)
    world = World(SettableClock(clock))
    if state_file:
        snapshot.load(world, state_file)
    app.config["STATE_FILE"] = state_file
    app.extensions[EXTENSION] = State(world, PostOffice(world))
    app.register_blueprint(api.make_blueprint())
    app.register_blueprint(control.make_blueprint())
    phone.register(app)
    return app


def _plain_json(app: Flask) -> JSONProvider:
    """Write JSON as people read it: a push's fields in the order they are sent."""
    provider = DefaultJSONProvider(app)
    provider.sort_keys = False
    provider.ensure_ascii = False
    return provider
