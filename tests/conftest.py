"""What every test may ask for: an application on a real database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
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


def _databases() -> list[str]:
    urls = {"sqlite": "", "postgresql": os.environ.get("TEST_POSTGRESQL_URL", "")}
    return [name for name, url in urls.items() if url or name == "sqlite"]


@pytest.fixture(params=_databases())
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, worker_id: str
) -> Iterator[str]:
    """Name an empty database: a SQLite file, and PostgreSQL where one is given."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'wxchannels.sqlite3'}"
        return
    url = database.normal_url(os.environ["TEST_POSTGRESQL_URL"])
    name = f"wxchannels_{worker_id}_{os.getpid()}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


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
    """Return the application, its tables made, inside its context."""
    app = create_app(Config(settings))
    app.testing = True
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["intake"].engine.dispose()


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
