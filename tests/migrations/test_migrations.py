"""The schema grows by migrations, and they lead to the models."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, select

from config import Config
from tests import factories
from tests.commands import Command
from tests.conftest import SETTINGS
from tests.databases import Server
from tests.factories import NOON
from wxchannels.app import create_app
from wxchannels.extensions import db
from wxchannels.models import Base, Follower, MenuClick, RawPush


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


#: MySQL knows no index of some rows only; Alembic does not ask which database has one.
NOT_ON_MYSQL = {
    "ix_scan_event_account_id_scene_id",
    "ix_temporary_code_account_id_expires_at",
}


def _differences() -> list[object]:
    left_out = NOT_ON_MYSQL if "mysql" in db.engine.dialect.name else set()
    options = {
        "compare_type": True,
        "include_object": lambda _thing, name, *_: name not in left_out,
    }
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def _start_upgrade(database_url: str) -> Command:
    environment = {**os.environ, **SETTINGS, "WXCHANNELS_DATABASE_URL": database_url}
    return Command(environment, "db", "upgrade")


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

    assert _differences() == []


@pytest.mark.usefixtures("blank")
def test_second_host_waits_for_the_first(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("a SQLite file belongs to one host")
    hosts = [_start_upgrade(database_url) for _ in range(2)]

    assert [host.wait(timeout=120) for host in hosts] == [0, 0]
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


@pytest.mark.usefixtures("blank")
def test_killed_upgrade_is_taken_up_again(database_url: str) -> None:
    host = _start_upgrade(database_url)
    # MySQL shows each table at once, the others a finished migration only.
    while host.poll() is None and not tables():
        time.sleep(0.02)
    host.kill()
    host.wait()

    assert _start_upgrade(database_url).wait(timeout=120) == 0

    assert tables() == set(Base.metadata.tables)
    assert _differences() == []


@pytest.mark.usefixtures("blank")
def test_press_from_before_is_whose_push_it_was(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("the statement is the same everywhere")
    upgrade()
    session = db.session()
    of = {"account_id": factories.account(session).id}
    at = {**of, "happened_at": NOON}
    person = Follower(**of, openid_hash=b"anna", first_seen_at=NOON)
    session.add(person)
    session.flush()
    kept = {"push_key": b"kept", "received_at": NOON, "kind": "event/click"}
    session.add(RawPush(**at, **kept, body=b"", follower_id=person.id))
    for key in (b"kept", b"gone"):
        session.add(MenuClick(**at, push_key=key, event="click", key="ORDER"))
    session.commit()

    downgrade(revision="0024")
    upgrade()

    found = session.execute(select(MenuClick.push_key, MenuClick.follower_id))
    assert dict(found.all()) == {b"kept": person.id, b"gone": None}
