"""The steps of a push in this process, in microseconds of its processor time.

What waiting costs besides is the wall time beside it.
"""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sqlalchemy import Connection, event, select

from bench import floor, pushes
from wsgi import app
from wxchannels import clock
from wxchannels.database import Turn
from wxchannels.intake.intake import Intake
from wxchannels.intake.store import Incoming, Store
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.deliveries import Delivery
from wxchannels.models import Account
from wxchannels.wechat import replies, signature
from wxchannels.wechat.pushes import parse

REPEATS = 2_000
BATCHES = {1: 200, 4: 100, 16: 50}
GREETING = {"kind": "text", "content": pushes.GREETING}
SHOWN = 58
following = pushes.follows()


@dataclass
class Spent:
    """Time spent on something, and how often."""

    times: int = 0
    cpu: float = 0.0
    wall: float = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Add what the block takes."""
        cpu, wall = time.thread_time(), time.perf_counter()
        yield
        self.cpu += time.thread_time() - cpu
        self.wall += time.perf_counter() - wall
        self.times += 1


def main() -> None:
    """Print the view's steps, then the committer's."""
    intake: Intake = app.extensions["intake"]
    with intake.engine.connect() as connection:
        account_id = connection.execute(select(Account.id)).scalar_one()
    show_batches(intake, account_id)
    show_view(intake)


def show_view(intake: Intake) -> None:
    """Print what the view does around the commit."""
    answer = Answer(reply=GREETING)
    intake.submit = lambda *_: answer  # type: ignore[method-assign]
    body = new_body()
    push = parse(body)
    reply = replies.from_mapping(GREETING)
    steps: dict[str, Callable[[], object]] = {
        "an empty Flask view": lambda: ask(floor.app, new_body()),
        "the whole view, nothing committed": lambda: ask(app, new_body()),
        "of it, reading the XML": lambda: parse(body),
        "of it, the signature": lambda: signature.sign(pushes.TOKEN, "1763769700", "4"),
        "of it, reading the stored reply": lambda: replies.from_mapping(GREETING),
        "of it, writing the reply": lambda: replies.render(
            reply, to=push.openid, sender=push.to_user, at=push.created_at
        ),
    }
    for name, step in steps.items():
        print(f"  {cost(step):7.0f} µs  {name}")


def cost(step: Callable[[], object]) -> float:
    """Return what one `step` costs; the dearest and the first are forgotten."""
    runs = []
    for _ in range(5):
        spent = Spent()
        with spent.measured():
            for _ in range(REPEATS // 5):
                step()
        runs.append(spent.cpu / (REPEATS // 5) * 1e6)
    return sorted(runs)[len(runs) // 2]


def show_batches(intake: Intake, account_id: int) -> None:
    """Print what committing costs, for batches of several sizes."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    store = Store(intake.engine, Turn(url), erase_on_unfollow=True)
    store.record([incoming(account_id)])
    statements: dict[str, Spent] = defaultdict(Spent)
    listen(intake, statements)
    for size, count in BATCHES.items():
        statements.clear()
        whole = Spent()
        for _ in range(count):
            batch = [incoming(account_id) for _ in range(size)]
            with whole.measured():
                store.record(batch)
        tell(size, whole, statements)


def tell(size: int, whole: Spent, statements: dict[str, Spent]) -> None:
    """Print one size of batch."""
    each = 1e6 / (whole.times * size)
    inside = sum(spent.cpu for spent in statements.values())
    print(
        f"  batches of {size}: {whole.cpu * each:,.0f} µs CPU a push "
        f"({whole.wall * each:,.0f} wall), of it in the driver {inside * each:,.0f}"
    )
    for text, spent in statements.items():
        cpu, wall = (1e6 * value / whole.times for value in (spent.cpu, spent.wall))
        often = spent.times / whole.times
        print(f"    {cpu:7.0f} µs ({wall:7.0f} wall) a batch, {often:3.1f} × {text}")


def listen(intake: Intake, statements: dict[str, Spent]) -> None:
    """Measure each statement where the driver takes it over."""
    running: list[Any] = []

    def begin(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy hands it over
        text = " ".join(str(given[2]).split())[:SHOWN]
        running.append(statements[text].measured())
        running[-1].__enter__()

    def end(*_given: Any) -> None:  # noqa: ANN401 - the same
        running.pop().__exit__(None, None, None)

    def commit(connection: Connection) -> None:
        with statements["COMMIT"].measured():
            connection.connection.commit()

    event.listen(intake.engine, "before_cursor_execute", begin)
    event.listen(intake.engine, "after_cursor_execute", end)
    event.listen(intake.engine, "commit", commit)


def incoming(account_id: int) -> Incoming:
    """Return a push as the view hands it over."""
    body = new_body()
    delivery = Delivery(push=parse(body), body=body, received_at=clock.utcnow())
    return Incoming(account_id, delivery)


def new_body() -> bytes:
    """Return a follow of somebody new."""
    return following().wire.partition(b"\r\n\r\n")[2]


def ask(application: WSGIApplication, body: bytes) -> bytes:
    """Send `body` to the callback of `application`, as a server would."""
    path, _, query = pushes.target().partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "text/xml",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    return b"".join(application(environ, lambda *_: io.BytesIO().write))


if __name__ == "__main__":
    main()
