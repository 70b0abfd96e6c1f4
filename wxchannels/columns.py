"""Meaning in column types: moments in UTC, and secrets no database dump shows."""

import hashlib
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator

#: `2026-03-02 05:00:00.000000`, the zone cut off.
TEXT_LENGTH = 26
KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID_BYTES = 4


class UTCDateTime(TypeDecorator[datetime]):
    """A moment with microseconds: aware UTC in Python, plain UTC in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - as SQLAlchemy types it
        """Ask MySQL for microseconds, which it drops unless told."""
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return what writes a moment: on SQLite, in a third of SQLAlchemy's time."""
        if dialect.name == "sqlite":
            return _as_text
        return super().bind_processor(dialect)

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return `value` as plain UTC; a naive one is a mistake and raises."""
        del dialect
        return _plain(value)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return the stored moment, aware."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


def _plain(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment!r}")
    return moment.astimezone(UTC).replace(tzinfo=None)


def _as_text(moment: datetime | None) -> str | None:
    # As good as every moment of ours is in UTC.
    plain = moment if moment and moment.tzinfo is UTC else _plain(moment)
    return plain.isoformat(" ", "microseconds")[:TEXT_LENGTH] if plain else None


class UnreadableSecretError(Exception):
    """A stored secret was sealed with a key that `DATA_KEYS` does not hold."""


class KeyRing:
    """The keys of encryption at rest: the first one writes, all of them read."""

    def __init__(self) -> None:
        self._writer = b""
        self._ciphers: dict[bytes, AESGCM] = {}

    def use(self, keys: Sequence[bytes]) -> None:
        """Read with all `keys` and write with the first; each is 32 bytes."""
        identified = [
            (hashlib.sha256(key).digest()[:KEY_ID_BYTES], key) for key in keys
        ]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in identified}
        self._writer = identified[0][0]

    @property
    def writer(self) -> bytes:
        """Return the id of the key that writes: what it seals begins with it."""
        return self._writer

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Return `plain` encrypted for `purpose`: key id, nonce, ciphertext and tag."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self._writer]
        return self._writer + nonce + cipher.encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Return what was sealed for `purpose`, or raise `UnreadableSecretError`."""
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        nonce, text = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        try:
            return self._ciphers[key_id].decrypt(nonce, text, purpose.encode())
        except (KeyError, InvalidTag) as error:
            raise UnreadableSecretError(purpose) from error


#: Filled once by `create_app`. Column types have no other way to the settings.
keyring = KeyRing()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes sealed with AES-256-GCM; `purpose` keeps columns' values apart."""

    # MySQL's plain BLOB is shorter than the largest push once that is sealed.
    impl = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal `value`."""
        del dialect
        return None if value is None else keyring.seal(value, self.purpose)

    def process_result_value(
        self, value: bytes | None, dialect: Dialect
    ) -> bytes | None:
        """Open the stored value."""
        del dialect
        return None if value is None else keyring.open(bytes(value), self.purpose)


class Encrypted(TypeDecorator[str]):
    """Text sealed with AES-256-GCM; `purpose` keeps columns' values apart."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal `value`."""
        del dialect
        return None if value is None else keyring.seal(value.encode(), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Open the stored value."""
        del dialect
        if value is None:
            return None
        return keyring.open(bytes(value), self.purpose).decode()


#: 32 bytes that can be a key: MySQL indexes no blob.
Digest = LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql", "mariadb")
