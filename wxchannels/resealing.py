"""What is sealed in the database, read with any key and written with the newest.

Nothing of the progress has to be kept: what was sealed anew is no longer found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Row,
    Select,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from wxchannels.columns import (
    KEY_ID_BYTES,
    Encrypted,
    EncryptedBytes,
    UnreadableSecretError,
    keyring,
)
from wxchannels.models import Base

#: A few milliseconds of writing, so that pushes are not kept waiting.
PAGE = 500
#: A row's number and the value as the database has it.
SealedRow = Row[int, bytes]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What became of the next values of a column."""

    #: The number of the last row that was looked at, to go on from.
    reached: int
    found: int


class Sealed:
    """A column of the database whose values are sealed."""

    def __init__(self, column: Column[object]) -> None:
        kind = column.type
        assert isinstance(kind, Encrypted | EncryptedBytes)  # noqa: S101 - for mypy
        self.purpose = kind.purpose
        self._column = column
        #: The value as the database has it.
        self._raw: ColumnElement[bytes] = type_coerce(column, LargeBinary)
        [self._number] = column.table.primary_key

    def count_old(self, session: Session) -> int:
        """Return how many values are sealed with another key than the newest."""
        query = select(func.count()).select_from(self._column.table)
        return session.scalars(query.where(self._is_old())).one()

    def reseal_page(self, session: Session, *, after: int) -> Page | None:
        """Seal the next old values anew; None where there are no more."""
        rows = self._find_old(session, after=after)
        if not rows:
            return None
        self._replace(session, rows)
        return Page(reached=rows[-1][0], found=len(rows))

    def opens(self, session: Session, *, sample: int) -> bool:
        """Say whether our keys open the column's oldest and newest values."""
        rows = self._rows().where(self._column.is_not(None)).limit(sample)
        ends = (self._number.asc(), self._number.desc())
        return all(
            self._open(sealed) is not None
            for end in ends
            for _, sealed in session.execute(rows.order_by(end))
        )

    def _rows(self) -> Select[int, bytes]:
        return select(self._number, self._raw)

    def _is_old(self) -> ColumnElement[bool]:
        key_id = func.substr(self._raw, 1, KEY_ID_BYTES, type_=LargeBinary)
        return key_id != keyring.writer

    def _find_old(self, session: Session, *, after: int) -> Sequence[SealedRow]:
        query = self._rows().where(self._is_old(), self._number > after)
        return session.execute(query.order_by(self._number).limit(PAGE)).all()

    def _replace(self, session: Session, rows: Sequence[SealedRow]) -> None:
        fresh = [
            {"row": number, "was": sealed, "sealed": keyring.seal(plain, self.purpose)}
            for number, sealed in rows
            if (plain := self._open(sealed)) is not None
        ]
        # Whoever wrote a value meanwhile did so with a key of their own: left alone.
        statement = (
            update(self._column.table)
            .where(self._number == bindparam("row"))
            .where(self._raw == bindparam("was", type_=LargeBinary))
            .values({self._column: bindparam("sealed", type_=LargeBinary)})
        )
        if fresh:
            session.connection().execute(statement, fresh)

    def _open(self, sealed: bytes) -> bytes | None:
        try:
            return keyring.open(bytes(sealed), self.purpose)
        except UnreadableSecretError:
            return None


def sealed_columns() -> Sequence[Sealed]:
    """Return every column whose values are sealed."""
    return [
        Sealed(column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Encrypted | EncryptedBytes)
    ]
