"""The schema grows by migrations, and they lead to the models."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect

from config import Config
from tests.conftest import SETTINGS
from tests.databases import Server
from wxchannels.app import create_app
from wxchannels.extensions import db
from wxchannels.models import Base


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.sqlite3'}"
        return
    server: Server = request.getfixturevalue(f"{request.param}_server")
    name = f"wxchannels_blank_{os.getpid()}"
    yield server.create(name).render_as_string(hide_password=False)
    server.drop(name)


@pytest.fixture
def blank(database_url: str) -> Iterator[Flask]:
    app = create_app(Config({**SETTINGS, "WXCHANNELS_DATABASE_URL": database_url}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["intake"].close()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


@pytest.mark.usefixtures("blank")
def test_up_down_and_up_again() -> None:
    upgrade()
    assert tables() == set(Base.metadata.tables)

    downgrade(revision="base")
    assert tables() == set()

    upgrade()
    assert tables() == set(Base.metadata.tables)


@pytest.mark.usefixtures("blank")
def test_migrations_lead_to_the_models() -> None:
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


@pytest.mark.usefixtures("blank")
def test_second_host_waits_for_the_first(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("a SQLite file belongs to one host")
    environment = {**os.environ, **SETTINGS, "WXCHANNELS_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]

    hosts = [subprocess.Popen(command, env=environment) for _ in range(2)]

    assert [host.wait(timeout=60) for host in hosts] == [0, 0]
    assert tables() == set(Base.metadata.tables)


def test_every_constraint_has_a_name(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'names.sqlite3'}")
    Base.metadata.create_all(engine)
    inspector = inspect(engine)

    for table in Base.metadata.tables:
        found = [
            *inspector.get_unique_constraints(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_check_constraints(table),
        ]
        assert all(constraint["name"] for constraint in found), table
    engine.dispose()
