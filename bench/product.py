"""The product as it is measured: its settings, its codes, and what it counted."""

import base64
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from bench import databases, pushes
from bench.load import Request
from bench.servers import PYTHON, ROOT
from wxchannels.models import (
    Account,
    Channel,
    Lifetime,
    QRCode,
    QRCodeState,
    RawPush,
    ScanEvent,
    SceneType,
)

MANAGER = "manager@bench.example"
PASSWORD = secrets.token_urlsafe(16)
#: How long what went to the spool may take to come home.
DRAIN_SECONDS = 60


@dataclass
class Product:
    """The product on one database, and how many pushes it has acknowledged."""

    kind: str
    environment: Mapping[str, str]
    engine: Engine
    acknowledged: int = 0
    #: How many of them the ledger did not hold yet when the load ended.
    late: int = field(default=0, init=False)

    def counting(self, requests: Callable[[], Request]) -> Callable[[], Request]:
        """Return `requests`, counted: a run goes on only if all are answered."""

        def counted() -> Request:
            self.acknowledged += 1
            return requests()

        return counted

    def rows(self) -> int:
        """Return how many pushes the ledger holds; each must be kept raw as well."""
        with Session(self.engine) as session:
            events = session.scalar(select(func.count()).select_from(ScanEvent)) or 0
            raw = session.scalar(select(func.count()).select_from(RawPush)) or 0
        return min(events, raw)

    def check(self) -> None:
        """Fail unless exactly what was acknowledged is in the ledger and counted."""
        self.late = self.acknowledged - self.rows()
        ends_at = time.monotonic() + DRAIN_SECONDS
        while self.rows() < self.acknowledged and time.monotonic() < ends_at:
            time.sleep(0.5)
        if self.rows() != self.acknowledged:
            raise SystemExit(
                f"{self.kind}: {self.acknowledged} acknowledged, {self.rows()} stored"
            )
        command(self.environment, "stats", "check")


@contextmanager
def on(kind: str, folder: Path) -> Iterator[Product]:
    """Give the product on a new database of a kind, ready for pushes."""
    with databases.fresh(kind, folder) as url:
        environment = settings(url, folder)
        _set_up(environment)
        engine = create_engine(url)
        with Session(engine) as session:
            _open_channels(session, pushes.SCENES)
            session.commit()
        try:
            yield Product(kind, environment, engine)
        finally:
            engine.dispose()


def _set_up(environment: Mapping[str, str]) -> None:
    """Make the tables, an account and a manager."""
    command(environment, "db", "upgrade")
    account = ["--slug", pushes.SLUG, "--name", "bench", "--app-id", "wxbench"]
    account += ["--original-id", pushes.ORIGINAL_ID, "--token", pushes.TOKEN]
    command(environment, "accounts", "add", *account, "--mode", "plain")
    command(environment, "users", "add", MANAGER, "--role", "manager")


def settings(url: str, folder: Path) -> dict[str, str]:
    """Return the product's environment for this run; nothing of ours leaks into it."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("WXCHANNELS_")
    }
    spool = folder / f"spool-{secrets.token_hex(4)}"
    return {
        **inherited,
        "WXCHANNELS_SECRET_KEY": secrets.token_urlsafe(48),
        "WXCHANNELS_DATA_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "WXCHANNELS_BASE_URL": "http://127.0.0.1",
        "WXCHANNELS_DATABASE_URL": url,
        "WXCHANNELS_SPOOL_DIR": str(spool),
        "WXCHANNELS_APP_SECRET": secrets.token_hex(16),
        "WXCHANNELS_PASSWORD": PASSWORD,
    }


def command(environment: Mapping[str, str], *words: str) -> None:
    """Run an operator command, and fail with what it says if it fails."""
    done = subprocess.run(
        [str(PYTHON), "-m", "flask", "--app", "wsgi", *words],
        env=dict(environment),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")


def _open_channels(session: Session, scenes: Sequence[str]) -> None:
    """Open a channel with a greeting and one code for each scene, as if WeChat had
    issued it.
    """  # noqa: D205 - one sentence
    account_id = session.scalars(select(Account.id)).one()
    now = datetime.now(UTC)
    greeting = {"kind": "text", "content": pushes.GREETING}
    for scene in scenes:
        channel = Channel(
            account_id=account_id, name=scene, reply_new=greeting, created_at=now
        )
        code = QRCode(
            account_id=account_id,
            channel=channel,
            scene=scene,
            scene_type=SceneType.STR,
            lifetime=Lifetime.PERMANENT,
            ticket=f"ticket of {scene}",
            url=f"http://weixin.qq.com/q/{scene}",
            state=QRCodeState.ACTIVE,
            created_at=now,
            issued_at=now,
        )
        session.add_all([channel, code])
