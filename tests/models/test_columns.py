"""What is sealed at rest cannot be read from a dump, and moments keep their zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.columns import KeyRing, UnreadableSecretError
from wxchannels.models import Account

FIRST, SECOND = b"1" * 32, b"2" * 32


def ring(*keys: bytes) -> KeyRing:
    keyring = KeyRing()
    keyring.use(keys)
    return keyring


def test_what_is_sealed_opens_again() -> None:
    keyring = ring(FIRST)

    assert keyring.open(keyring.seal(b"secret", "a.b"), "a.b") == b"secret"


def test_rotated_key_still_opens_and_the_new_one_writes() -> None:
    sealed = ring(FIRST).seal(b"secret", "a.b")

    rotated = ring(SECOND, FIRST)

    assert rotated.open(sealed, "a.b") == b"secret"
    assert ring(SECOND).open(rotated.seal(b"new", "a.b"), "a.b") == b"new"


def test_missing_key_other_column_and_changed_bytes_do_not_open() -> None:
    sealed = ring(FIRST).seal(b"secret", "a.b")

    for keyring, content, purpose in [
        (ring(SECOND), sealed, "a.b"),
        (ring(FIRST), sealed, "a.c"),
        (ring(FIRST), sealed[:-1] + bytes([sealed[-1] ^ 1]), "a.b"),
    ]:
        with pytest.raises(UnreadableSecretError):
            keyring.open(content, purpose)


def test_secrets_are_not_in_the_database(session: Session) -> None:
    factories.account(session, app_secret="very-secret-indeed")

    stored = session.execute(text("SELECT app_secret, token FROM account")).one()

    assert all(isinstance(bytes(value), bytes) for value in stored)
    assert b"very-secret-indeed" not in bytes(stored[0])
    assert factories.TOKEN.encode() not in bytes(stored[1])


def test_moment_comes_back_aware_whatever_zone_it_was_written_in(
    session: Session,
) -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 3, 2, 0, 0, 0, 123456, tzinfo=shanghai)
    account = factories.account(session, verified_at=at)
    session.expire_all()

    assert account.verified_at == at
    assert account.verified_at is not None
    assert account.verified_at.tzinfo is UTC


def test_moment_without_a_zone_is_refused(app: Flask, session: Session) -> None:
    del app
    account = Account(verified_at=datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake
    session.add(account)

    with pytest.raises(StatementError, match="without a time zone"):
        session.flush()
    session.rollback()
