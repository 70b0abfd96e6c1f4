"""One token for any number of processes."""

import json
import multiprocessing
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.conftest import SETTINGS
from tests.factories import NOON
from wxchannels import database
from wxchannels.columns import keyring
from wxchannels.models import AccessToken, Account
from wxchannels.tokens import DatabaseTokenStore
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.errors import WeChatRefusedError, WeChatUnavailableError
from wxchannels.wechat.tokens import Token

PROCESSES = 16


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Asked:
    """Counts how often a token was asked for, and gives out a new one each time."""

    def __init__(self, expires_in: int = 7200) -> None:
        self.times = 0
        self.expires_in = expires_in

    def __call__(self) -> Token:
        self.times += 1
        return Token(f"token-{self.times}", self.expires_in)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(session: Session) -> Engine:
    return session.get_bind().engine


@pytest.fixture
def store(
    engine: Engine, account: Account, clock: Clock, session: Session
) -> DatabaseTokenStore:
    account_id = account.id
    session.rollback()
    return DatabaseTokenStore(engine, account_id, now=clock, wait_seconds=0.3)


def test_token_is_asked_for_once(store: DatabaseTokenStore) -> None:
    asked = Asked()

    tokens = [store.token(asked) for _ in range(3)]

    assert tokens == ["token-1"] * 3
    assert asked.times == 1


@pytest.mark.parametrize(
    ("expires_in", "good_for"), [(7200, 6900), (3000, 2700), (345, 310.5), (100, 90)]
)
def test_token_is_renewed_before_its_end(
    store: DatabaseTokenStore, clock: Clock, expires_in: int, good_for: float
) -> None:
    asked = Asked(expires_in)
    store.token(asked)
    clock.advance(good_for - 1)
    assert store.token(asked) == "token-1"

    clock.advance(1)

    assert store.token(asked) == "token-2"


def test_stale_token_is_renewed_once_for_all_who_saw_it(
    store: DatabaseTokenStore,
) -> None:
    asked = Asked()
    first = store.token(asked)

    tokens = [store.token(asked, stale=first) for _ in range(3)]

    assert tokens == ["token-2"] * 3


def test_refused_call_gives_the_lease_back(store: DatabaseTokenStore) -> None:
    def refuse() -> Token:
        raise WeChatRefusedError(40125, "invalid appsecret")

    with pytest.raises(WeChatRefusedError):
        store.token(refuse)

    assert store.token(Asked()) == "token-1"


def test_caller_waits_no_longer_than_it_may(
    store: DatabaseTokenStore, session: Session, clock: Clock
) -> None:
    _lease_to_somebody(store, session, clock.now + timedelta(seconds=20))

    with pytest.raises(WeChatUnavailableError):
        store.token(Asked(), stale="token-1")


def test_dead_holder_is_overtaken_after_its_lease(
    store: DatabaseTokenStore, session: Session, clock: Clock
) -> None:
    _lease_to_somebody(store, session, clock.now + timedelta(seconds=20))
    clock.advance(20)

    assert store.token(Asked(), stale="token-1") == "token-1"


def test_dead_holder_whose_clock_ran_a_day_ahead_is_overtaken_at_once(
    store: DatabaseTokenStore, session: Session, clock: Clock
) -> None:
    _lease_to_somebody(store, session, clock.now + timedelta(days=1))

    assert store.token(Asked(), stale="token-1") == "token-1"


def test_slow_answer_does_not_replace_a_newer_one(
    store: DatabaseTokenStore, session: Session, clock: Clock
) -> None:
    def slow() -> Token:
        clock.advance(21)
        store.token(lambda: Token("newer", 7200))
        return Token("older", 7200)

    store.token(slow)

    assert session.scalars(select(AccessToken.value)).one() == "newer"


def test_no_transaction_is_open_while_wechat_is_asked(
    store: DatabaseTokenStore, engine: Engine
) -> None:
    def write_elsewhere() -> Token:
        with engine.begin() as connection:
            connection.execute(update(Account).values(name="renamed"))
        return Token("token-1", 7200)

    assert store.token(write_elsewhere) == "token-1"


def test_token_is_sealed_in_the_database(
    store: DatabaseTokenStore, engine: Engine
) -> None:
    store.token(Asked())

    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT value FROM access_token").one()

    assert b"token-1" not in bytes(row[0])


def _lease_to_somebody(
    store: DatabaseTokenStore, session: Session, until: datetime
) -> None:
    store.token(Asked())
    session.execute(
        update(AccessToken).values(leased_until=until, lease_holder="other")
    )
    session.commit()


# Many processes


class CountingWeChat(ThreadingHTTPServer):
    """Answers token calls, slowly, and counts them."""

    daemon_threads = True
    calls = 0
    lock = threading.Lock()


class TokenHandler(BaseHTTPRequestHandler):
    server: CountingWeChat

    def do_POST(self) -> None:
        with self.server.lock:
            self.server.calls += 1
            number = self.server.calls
        self.rfile.read(int(self.headers["Content-Length"]))
        threading.Event().wait(0.2)
        token = {"access_token": f"token-{number}", "expires_in": 7200}
        body = json.dumps(token).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@pytest.fixture
def wechat() -> Iterator[CountingWeChat]:
    server = CountingWeChat(("127.0.0.1", 0), TokenHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def now() -> datetime:
    return datetime.now(UTC)


def fetch_in_a_process(
    url: str, base: str, account_id: int, ready: Barrier, put: Callable[[str], None]
) -> None:
    keyring.use([b64decode(SETTINGS["WXCHANNELS_DATA_KEYS"])])
    engine = database.open_engine(url, pool_size=1)
    store = DatabaseTokenStore(engine, account_id, now=now)
    client = WeChatClient("app", "secret", store, api_base=base)
    ready.wait(60)
    put(store.token(client._fetch_token))
    engine.dispose()


def test_sixteen_processes_need_one_token_call(
    database_url: str, account: Account, session: Session, wechat: CountingWeChat
) -> None:
    account_id = account.id
    session.rollback()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_tokens"])
    tokens, ready = context.SimpleQueue(), context.Barrier(PROCESSES)
    base = f"http://127.0.0.1:{wechat.server_port}"
    given = (database_url, base, account_id, ready, tokens.put)
    processes = [
        context.Process(target=fetch_in_a_process, args=given) for _ in range(PROCESSES)
    ]

    for process in processes:
        process.start()
    got = [tokens.get() for _ in processes]
    for process in processes:
        process.join(30)

    assert got == ["token-1"] * PROCESSES
    assert wechat.calls == 1
