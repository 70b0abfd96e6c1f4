"""What every test may ask for: an application on a real database."""

import os
import shutil
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from config import Config
from tests import factories
from wxchannels import database
from wxchannels.app import create_app
from wxchannels.extensions import db
from wxchannels.models import Account, Base

SETTINGS = {
    "WXCHANNELS_SECRET_KEY": "a-secret-key-for-tests-only-0123456789",
    "WXCHANNELS_DATA_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "WXCHANNELS_BASE_URL": "http://localhost",
}
POSTGRESQL = "TEST_POSTGRESQL_URL"


class Browser(FlaskClient):
    """A client whose requests know nothing of the test's own application context.

    Flask would let them share it, and with it `g` and the database session.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Flask types it
        """Send a request as from another process."""
        return Context().run(super().open, *args, **kwargs)


#: Their queries are the business's, whose own tests run on every database.
ON_SQLITE_ONLY = ("tests.web.test_", "tests.frontend.", "tests.cli.")
ON_EVERY_DATABASE = ("tests.web.test_callback", "tests.web.test_reports")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on each that is given."""
    if "database_url" not in metafunc.fixturenames:
        return
    name = metafunc.module.__name__
    is_page = name.startswith(ON_SQLITE_ONLY) and not name.startswith(ON_EVERY_DATABASE)
    names = ["sqlite"]
    if os.environ.get(POSTGRESQL) and not is_page:
        names.append("postgresql")
    metafunc.parametrize("database_url", names, indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with our tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Engine]:
    """Return an engine that may create and drop databases."""
    url = database.normal_url(os.environ[POSTGRESQL])
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: Engine) -> Iterator[Engine]:
    """Return a database of this test process with our tables."""
    name = f"wxchannels_{os.getpid()}"
    with postgresql_server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = create_engine(postgresql_server.url.set(database=name))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    with postgresql_server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database without rows: a SQLite file, or PostgreSQL where one is given."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = shutil.copy(template, tmp_path / "wxchannels.sqlite3")
        return f"sqlite:///{path}"
    engine: Engine = request.getfixturevalue("postgresql_database")
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, str]:
    """Return the environment of an application for this test."""
    return {
        **SETTINGS,
        "WXCHANNELS_DATABASE_URL": database_url,
        "WXCHANNELS_SPOOL_DIR": str(tmp_path / "spool"),
    }


@pytest.fixture
def app(settings: dict[str, str]) -> Iterator[Flask]:
    """Return the application, on an empty database, inside its context."""
    config = Config(settings)
    # A busy machine must not fail a test; the deadline has tests of its own.
    config.CALLBACK_DEADLINE_SECONDS = 30
    app = create_app(config)
    app.testing = True
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["intake"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser that keeps cookies and runs no scripts."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Session:
    """Return a session on the test's database.

    It sees what a request or the committer wrote after its own `rollback()`.
    """
    del app
    return db.session()


@pytest.fixture
def account(session: Session) -> Account:
    """Return a connected account in plaintext mode."""
    return factories.account(session)
