"""The product on a database under a real server, which may be killed and run again."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests import factories
from tests.e2e import servers
from tests.e2e.servers import Served
from tests.faults.load import Load
from wxchannels import database
from wxchannels.app import create_app
from wxchannels.extensions import db
from wxchannels.models import Base

Server = Callable[[int], Sequence[str]]
#: Generous: bounds a wait on a busy machine, is no promise.
DRAIN_SECONDS = 60
WELCOME = "欢迎来到半亩茶。"


@dataclass
class Host:
    """A machine that serves the product: a port, a spool and a log."""

    folder: Path
    environment: Mapping[str, str]
    server: Server = servers.granian
    port: int = field(default_factory=servers.free_port)
    logs: list[Path] = field(default_factory=list)
    _served: Served | None = None
    _running: ExitStack = field(default_factory=ExitStack)

    @property
    def is_running(self) -> bool:
        return self._served is not None and self._served.process.poll() is None

    def start(self) -> None:
        """Serve, and wait until the server answers."""
        log = self.folder / f"server-{self.port}-{len(self.logs)}.log"
        self.logs.append(log)
        url = f"http://127.0.0.1:{self.port}"
        self._served = self._running.enter_context(
            servers.serving(self.server(self.port), url, self.environment, log)
        )

    def kill(self) -> None:
        """End all of its processes where they stand: kill -9."""
        assert self._served
        os.killpg(self._served.process.pid, signal.SIGKILL)
        self._served.process.wait(timeout=servers.STOP_SECONDS)

    def stop(self) -> float:
        """Tell it to stop and return how long that took."""
        assert self._served
        return self._served.stop()

    def close(self) -> None:
        """End it, whatever state it is in."""
        if self.is_running:
            self.kill()
        self._running.close()


@dataclass
class Product:
    """Hosts on one database, and the operator's own way into it."""

    folder: Path
    #: As the operator reaches the database, whatever stands before the hosts.
    operator: Flask
    hosts: list[Host]
    _slugs: int = 0

    def served(self) -> "Product":
        """Have every host running, also behind a test that left one dead."""
        for host in self.hosts:
            if not host.is_running:
                host.start()
        return self

    def open_account(self) -> Load:
        """Connect an account with two codes; return what will be sent to it."""
        self._slugs += 1
        slug = f"tea{self._slugs}"
        with self.session() as session:
            account = factories.account(session, slug)
            for scene in ("counter", "poster"):
                text = {"kind": "text", "content": f"{WELCOME}{scene}"}
                channel = factories.channel(
                    session, scene, of=account, reply_new=text, reply_returning=text
                )
                factories.qrcode(session, scene, of=channel)
        return Load([host.port for host in self.hosts], slug)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session of the operator's."""
        with (
            self.operator.app_context(),
            database.transactions(write=True),
            Session(db.engine) as session,
        ):
            yield session

    def run(self, *command: str) -> str:
        """Run an operator command, which must succeed; return what it printed."""
        result = self.operator.test_cli_runner().invoke(args=command)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def spooled(self) -> int:
        """Return how many pushes wait in the spool."""
        return int(self.operator.extensions["intake"].status().spooled)

    def wait_until_drained(self) -> None:
        """Wait until the servers brought home what the spool keeps."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while self.spooled() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.spooled() == 0

    def close(self) -> None:
        for host in self.hosts:
            host.close()
        with self.operator.app_context():
            db.engine.dispose()
        self.operator.extensions["intake"].close()


def install(
    folder: Path,
    url: str,
    *,
    seen_at: str | None = None,
    server: Server = servers.granian,
    settings: Mapping[str, str] | None = None,
) -> Product:
    """Make the tables and a host, not started; it sees the database `seen_at`."""
    environment = servers.settings(folder, "http://127.0.0.1", "http://127.0.0.1:1")
    environment |= {"WXCHANNELS_DATABASE_URL": url, **(settings or {})}
    operator = create_app(Config(environment))
    with operator.app_context():
        Base.metadata.create_all(db.engine)
    behind = {**environment, "WXCHANNELS_DATABASE_URL": seen_at or url}
    return Product(folder, operator, [Host(folder, behind, server)])
