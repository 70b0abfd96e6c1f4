"""A push as it lies in the spool: sealed, and found again in a damaged file."""

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from wxchannels.columns import UnreadableSecretError, keyring

PURPOSE = "spool.push"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Begins every record, so that one can be found without the file's own structure.
MARK = b"wx-push\0"
NUMBER_BYTES = 8
HEAD_BYTES = len(MARK) + NUMBER_BYTES


@dataclass(frozen=True, slots=True)
class Spooled:
    """A push that waits for the database: verified, in plain, not yet read."""

    account_id: int
    body: bytes
    received_at: datetime

    def to_record(self) -> bytes:
        """Return the push as a sealed record.

        Where and when it came is sealed with it: no flipped bit moves it elsewhere.
        """
        moment = (self.received_at - EPOCH) // timedelta(microseconds=1)
        plain = _number(self.account_id) + _number(moment) + self.body
        sealed = keyring.seal(plain, PURPOSE)
        return MARK + _number(len(sealed)) + sealed


def from_record(record: bytes) -> Spooled:
    """Return the push of a record, or raise `UnreadableSecretError`."""
    length = int.from_bytes(record[len(MARK) : HEAD_BYTES], "big")
    plain = keyring.open(record[HEAD_BYTES : HEAD_BYTES + length], PURPOSE)
    account_id, moment = (
        int.from_bytes(plain[start : start + NUMBER_BYTES], "big")
        for start in (0, NUMBER_BYTES)
    )
    return Spooled(
        account_id=account_id,
        body=plain[2 * NUMBER_BYTES :],
        received_at=EPOCH + timedelta(microseconds=moment),
    )


def find_records(file: BinaryIO) -> Iterator[bytes]:
    """Return every record that a damaged file still holds whole.

    Removed ones may be among them: the ledger knows them already.
    """
    if not os.fstat(file.fileno()).st_size:
        return
    # Not read at once: it may have grown for days.
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as damaged:
        yield from _find(damaged)


def _find(damaged: mmap.mmap) -> Iterator[bytes]:
    at = damaged.find(MARK)
    while at >= 0:
        length = int.from_bytes(damaged[at + len(MARK) : at + HEAD_BYTES], "big")
        record = damaged[at : at + HEAD_BYTES + min(length, len(damaged))]
        try:
            from_record(record)
        except UnreadableSecretError:
            pass
        else:
            yield record
        at = damaged.find(MARK, at + 1)


def _number(value: int) -> bytes:
    return value.to_bytes(NUMBER_BYTES, "big")
