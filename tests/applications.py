"""Applications and engines that several tests have, one after the other.

Making an application takes longer than most tests, and a new engine has every
statement to write anew. What a test leaves behind in them is taken away.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from sqlalchemy import Connection, Engine, create_engine, event

from config import Config
from wxchannels import database
from wxchannels.app import bind_intake, create_app
from wxchannels.extensions import db, limiter

#: Slow ones, as in `web/auth`, are a tenth of a page's test; the rest is the same.
QUICK_HASHES = {
    "argon2__time_cost": 1,
    "argon2__memory_cost": 8,
    "argon2__parallelism": 1,
}
SPOOL = "WXCHANNELS_SPOOL_DIR"


class Made:
    """An application, and how it was when it was new."""

    def __init__(self, settings: Mapping[str, str], app: Flask) -> None:
        self.settings = settings
        self.app = app
        self._config = dict(app.config)
        self._extensions = dict(app.extensions)
        # How limits are counted: the extension knows one application, the last.
        self._limits = dict(vars(limiter))
        engine: Engine = app.extensions["intake"].engine
        self._dialect = engine.dialect
        #: What its intakes say to the database, written out.
        self._statements: dict[object, object] = {}
        engine.update_execution_options(compiled_cache=self._statements)

    def make_ready(self, spool: Path) -> None:
        """Make it as if it were new, with a spool in that folder."""
        self.app.config.clear()
        self.app.config.update(self._config, SPOOL_DIR=spool)
        self.app.extensions.update(self._extensions)
        vars(limiter).update(self._limits)
        limiter.reset()
        bind_intake(self.app)
        engine = self.app.extensions["intake"].engine
        engine.dialect = self._dialect
        engine.update_execution_options(compiled_cache=self._statements)


class Applications:
    """The last application for each database."""

    def __init__(self, templates: BytecodeCache, browser: type[FlaskClient]) -> None:
        self._templates = templates
        self._browser = browser
        self._made: dict[str, Made] = {}

    def take(self, settings: Mapping[str, str]) -> Flask:
        """Return an application as `make` would, made before if there is one."""
        url = settings["WXCHANNELS_DATABASE_URL"]
        others = {name: text for name, text in settings.items() if name != SPOOL}
        made = self._made.get(url)
        if made and made.settings == others:
            made.make_ready(Path(settings[SPOOL]))
            return made.app
        app = self.make(settings)
        self._made[url] = Made(others, app)
        return app

    def forget(self, app: Flask) -> None:
        """Give `app` to no other test."""
        self._made = {url: one for url, one in self._made.items() if one.app is not app}

    def make(self, settings: Mapping[str, str]) -> Flask:
        """Return a new application."""
        config = Config(settings)
        # A busy machine must not fail a test; the deadline has tests of its own.
        config.CALLBACK_DEADLINE_SECONDS = 30
        vars(config)["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = QUICK_HASHES
        app = create_app(config)
        app.testing = True
        app.test_client_class = self._browser
        app.jinja_env.bytecode_cache = self._templates
        return app


class Engines:
    """The last engine for each database, for tests without an application."""

    def __init__(self) -> None:
        self._made: dict[str, Engine] = {}

    def take(self, url: str) -> Engine:
        """Return an engine for `url`."""
        if url not in self._made:
            engine = create_engine(url, **database.engine_options(url))
            database.configure(engine)
            self._made[url] = engine
        return self._made[url]


@contextmanager
def statements(engine: Engine | Connection | None = None) -> Iterator[list[str]]:
    """Collect what is asked of a database: the application's, or that of `engine`."""
    asked: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        asked.append(str(given[2]))

    engine = engine or db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
