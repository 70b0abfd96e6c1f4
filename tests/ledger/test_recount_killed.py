"""A rebuild that is killed goes on where it stopped."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tests.commands import Command
from tests.factories import NOON
from tests.misreadings import find_misreadings
from wxchannels.database import transactions
from wxchannels.ledger import counters
from wxchannels.models import Account, EventClass, Follower, Kind, Recount, ScanEvent

PEOPLE = 3000
REBUILD = ("stats", "rebuild")


@pytest.fixture
def misread(session: Session, account: Account) -> None:
    """Have many people follow once, stored and counted as if they had followed before.

    Nobody is counted at all.
    """
    people = [
        {
            "id": number,
            "account_id": account.id,
            "openid_hash": number.to_bytes(32, "big"),
            "first_seen_at": NOON,
            "following": True,
            "row_id": 0,
            "known_before": False,
            "is_tester": False,
        }
        for number in range(1, PEOPLE + 1)
    ]
    follows = [
        {
            "account_id": account.id,
            "push_key": number.to_bytes(32, "big"),
            "follower_id": number,
            "kind": Kind.FOLLOW,
            "class_": EventClass.REFOLLOW,
            "row_id": 0,
            "happened_at": NOON,
            "day": NOON.date(),
            "received_at": NOON,
        }
        for number in range(1, PEOPLE + 1)
    ]
    session.execute(insert(Follower), people)
    session.execute(insert(ScanEvent), follows)
    session.commit()


@pytest.mark.usefixtures("misread")
def test_killed_rebuild_goes_on_where_it_stopped(
    session: Session, account: Account, settings: dict[str, str], tmp_path: Path
) -> None:
    environment = {**os.environ, **settings}
    running = Command(environment, *REBUILD, log=tmp_path / "killed")
    deadline = time.monotonic() + 60
    while people_done(session) == 0 and time.monotonic() < deadline:
        time.sleep(0.005)

    running.kill()
    running.wait()
    reached = people_done(session)
    refused, says = run(environment, tmp_path / "refused")
    end_lease(session)
    code, tells = run(environment, tmp_path / "again")

    assert 0 < reached < PEOPLE
    assert refused == 1
    assert "being counted again already" in says
    assert code == 0, tells
    assert "going on where it stopped" in tells
    # Each person was read once, by the one or the other.
    assert people_done(session) == PEOPLE
    assert counters.check(session, account.id) == []
    assert list(find_misreadings(session, account)) == []


def run(environment: dict[str, str], log: Path) -> tuple[int, str]:
    """Run the command to its end; return its exit code and what it said."""
    code = Command(environment, *REBUILD, log=log).wait()
    return code, log.read_text(encoding="utf-8")


def people_done(session: Session) -> int:
    session.rollback()
    done = session.scalar(select(Recount.people_done))
    session.rollback()
    return done or 0


def end_lease(session: Session) -> None:
    session.rollback()
    with transactions(write=True):
        session.execute(update(Recount).values(leased_until=NOON))
        session.commit()
