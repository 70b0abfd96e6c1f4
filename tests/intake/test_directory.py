"""The accounts as a server knows them that starts while the database is away."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.intake.conftest import NOBODY
from wxchannels.columns import keyring
from wxchannels.database import open_engine
from wxchannels.intake.directory import PURPOSE, CallbackKeys, Directory
from wxchannels.models import Account, Mode

#: As the first version with such a file wrote it.
OLDEST = {
    "account_id": 7,
    "slug": "main",
    "app_id": "wx1",
    "tokens": ["token"],
    "aes_keys": [],
    "mode": "plain",
    "is_verified": True,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.sealed"


def known(file: Path, row: Mapping[str, object]) -> CallbackKeys | None:
    """Return what a server knows that finds `row` in its file, and nothing else."""
    file.write_bytes(keyring.seal(json.dumps([row]).encode(), PURPOSE))
    engine = open_engine(NOBODY, pool_size=1)
    directory = Directory(engine, file, deadline=5)
    found = directory.find("main")
    directory.close()
    engine.dispose()
    return found


def test_accounts_are_known_from_the_file_of_an_older_version(file: Path) -> None:
    keys = known(file, OLDEST)

    assert keys
    assert (keys.account_id, keys.tokens, keys.mode) == (7, ("token",), Mode.PLAIN)
    assert keys.is_verified


def test_accounts_are_known_from_the_file_of_a_newer_version(file: Path) -> None:
    keys = known(file, {**OLDEST, "name": "半亩茶", "shoe_size": 42})

    assert keys
    assert keys.name == "半亩茶"


@pytest.mark.parametrize(
    "changes", [{"mode": "carrier pigeon"}, {"tokens": 1}, {"app_id": ...}]
)
def test_row_that_says_too_little_is_no_account(
    file: Path, changes: Mapping[str, object]
) -> None:
    row = {**OLDEST, **changes}

    assert known(file, {n: v for n, v in row.items() if v is not ...}) is None


def test_file_that_cannot_be_written_at_all_keeps_no_account_unknown(
    session: Session, account: Account
) -> None:
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    # It has no name, so that not even a draft beside it has one.
    directory = Directory(engine, Path("/"), deadline=5)

    found = directory.find(account.slug)

    directory.close()
    assert found
    assert found.account_id == account.id
