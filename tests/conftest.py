"""What every test may ask for: an application on a real database."""

import gc
import os
import shutil
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextvars import Context
from functools import cache, partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from coverage import Coverage
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from config import Config
from tests import databases, factories, redis_databases
from tests.applications import Applications, Engines
from tests.databases import Database, Server
from wxchannels.columns import keyring
from wxchannels.extensions import db
from wxchannels.models import Account, Base
from wxchannels.translations import compile_all

SETTINGS = {
    "WXCHANNELS_SECRET_KEY": "a-secret-key-for-tests-only-0123456789",
    "WXCHANNELS_DATA_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "WXCHANNELS_BASE_URL": "http://localhost",
}
REDIS = "TEST_REDIS_URL"


# A busy machine may pause a test longer than hypothesis thinks right for one example.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


class Browser(FlaskClient):
    """A client whose requests know nothing of the test's own application context.

    Flask would let them share it, and with it `g` and the database session.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Flask types it
        """Send a request as from another process."""
        return Context().run(super().open, *args, **kwargs)


class LazyRule(Rule):
    """An address that learns how it is built when it is: most never are in a test.

    Werkzeug writes two functions for each, which is two thirds of making an
    application.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - as Werkzeug has it
        write = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Werkzeug calls it
            return write()(rule, *args, **kwargs)

        return build


Flask.url_rule_class = LazyRule

#: Their queries are the business's, whose own tests run on every database.
ON_SQLITE_ONLY = ("tests.web.", "tests.frontend.", "tests.cli.")
#: Of those: what takes pushes, holds locks or reads much.
ON_EVERY_DATABASE = {
    "tests.web.test_callback",
    "tests.web.test_callback_replies",
    "tests.web.test_reports",
    "tests.web.test_auth_sessions",
    "tests.web.api.test_reports",
    "tests.web.api.test_bindings",
}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile what pages say, once for all processes: before the others begin."""
    if not hasattr(session.config, "workerinput"):
        compile_all()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on each that is given."""
    if "database_url" not in metafunc.fixturenames:
        return
    name = metafunc.module.__name__
    is_page = name.startswith(ON_SQLITE_ONLY) and name not in ON_EVERY_DATABASE
    names = ["sqlite"] if is_page else databases.names()
    metafunc.parametrize("database_url", names, indirect=True)


#: Few tests that take long each. Begun last, they would keep one process busy while
#: the others have nothing left to do.
LONG = ("tests/deploy/", "tests/e2e/test_pages", "tests/migrations/", "tests/worker/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """Let the collector look less often, and not at what stays: a third of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 20)


#: There the product runs in processes of its own.
FROM_OUTSIDE = ("tests/e2e/", "tests/faults/", "tests/deploy/")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage where it may find something.

    Measuring makes a test take half as long again.
    """
    measuring = None if _is_measured(item) else Coverage.current()
    if measuring:
        measuring.stop()
    try:
        return (yield)
    finally:
        if measuring:
            measuring.start()


def _is_measured(item: pytest.Item) -> bool:
    """Say whether `item` runs lines of ours here that others may not run."""
    runs_again = item.get_closest_marker("runs_again") is not None
    on_server = any(f"[{name}" in item.name for name in databases.SERVERS)
    return not (runs_again or on_server or item.nodeid.startswith(FROM_OUTSIDE))


@pytest.fixture(autouse=True)
def data_keys() -> None:
    """Seal with the tests' own keys, whatever keys the test before tried."""
    keyring.use(Config(SETTINGS).DATA_KEYS)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with our tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> databases.Server:
    """Return the PostgreSQL server, where one is given."""
    return databases.Server("postgresql")


@pytest.fixture(scope="session")
def mysql_server() -> databases.Server:
    """Return the MySQL or MariaDB server, where one is given."""
    return databases.Server("mysql")


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: Server) -> Iterator[Database]:
    """Return a PostgreSQL database of this test process with our tables."""
    made = Database(postgresql_server)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def mysql_database(mysql_server: Server) -> Iterator[Database]:
    """Return a MySQL database of this test process with our tables."""
    made = Database(mysql_server)
    yield made
    made.drop()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Name a database without rows: a SQLite file, or on a server that is given."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = template.with_name("wxchannels.sqlite3")
        # Whoever still has the one of another test keeps that.
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()
        shutil.copy(template, path)
        return f"sqlite:///{path}"
    made: Database = request.getfixturevalue(f"{request.param}_database")
    made.empty()
    return made.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_database() -> Iterator[str]:
    """Name a Redis database that is this test process's alone."""
    url = os.environ.get(REDIS)
    if not url:
        pytest.skip(f"needs Redis: {REDIS} is not set")
    with redis_databases.claimed(url) as mine:
        yield mine


@pytest.fixture
def redis_url(redis_database: str) -> str:
    """Name a Redis database without keys."""
    redis_databases.empty(redis_database)
    return redis_database


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, str]:
    """Return the environment of an application for this test."""
    return {
        **SETTINGS,
        "WXCHANNELS_DATABASE_URL": database_url,
        "WXCHANNELS_SPOOL_DIR": str(tmp_path / "spool"),
        # Test clients do not read every page to its end, so it keeps its place.
        "WXCHANNELS_PAGES_AT_ONCE": "100000",
    }


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Keep what templates are compiled to, which takes longer than most tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def applications(compiled_templates: BytecodeCache) -> Applications:
    """Return what keeps the applications of this test process."""
    return Applications(compiled_templates, Browser)


@pytest.fixture
def find_app(applications: Applications) -> Callable[[Mapping[str, str]], Flask]:
    """Return how to come by an application: `make` for tests that give it pages."""
    return applications.take


@pytest.fixture
def app(
    settings: dict[str, str],
    applications: Applications,
    find_app: Callable[[Mapping[str, str]], Flask],
) -> Iterator[Flask]:
    """Return the application, on an empty database, inside its context."""
    before = set(threading.enumerate())
    app = find_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        in_use = db.engine.pool.checkedout()  # type: ignore[attr-defined]
        db.engine.dispose()
    app.extensions["metrics"].close()
    app.extensions["intake"].close()
    threads = {thread.name for thread in set(threading.enumerate()) - before}
    if in_use or threads & {"intake", "accounts"}:
        applications.forget(app)
    # The collector would find it at any time, and fail another test.
    assert in_use == 0, "a connection is in somebody's hands"
    assert not threads & {"intake", "accounts"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser that keeps cookies and runs no scripts."""
    return app.test_client()


@pytest.fixture(scope="session")
def engines() -> Engines:
    """Return what keeps the engines of this test process."""
    return Engines()


@pytest.fixture
def session(
    request: pytest.FixtureRequest, database_url: str, engines: Engines
) -> Iterator[Session]:
    """Return a session on the test's database: the application's, where there is one.

    It sees what a request or the intake wrote after its own `rollback()`.
    """
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
        yield db.session()
        return
    # The business knows no application, and making one takes longer than most tests.
    engine = engines.take(database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def account(session: Session) -> Account:
    """Return a connected account in plaintext mode."""
    return factories.account(session)
