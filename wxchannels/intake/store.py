"""Pushes into the ledger, a batch in one transaction: from callback and spool."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NoResultFound,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session

from wxchannels.database import AWAY, Turn, is_deadlock, is_held, transactions
from wxchannels.intake.parking import park
from wxchannels.ledger import inbox
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.deliveries import Delivery

log = logging.getLogger(__name__)

#: Two batches that meet the same people may stand in each other's way.
TRIES = 3
#: What a push is answered that broke its handler.
PARKED = Answer()
#: What a database says of one row that it will never take.
UNSTORABLE = (NoResultFound, IntegrityError, DataError)


class DatabaseAwayError(Exception):
    """The database does not take pushes now; its message is the kind of error."""


class NotRecordedError(Exception):
    """This one push is not in the ledger, while others may be."""


class HeldError(NotRecordedError):
    """Somebody holds the person's row: another try may succeed."""


class UnstorableError(NotRecordedError):
    """The push can be neither recorded nor parked; its message is why."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A push and the account it came to."""

    account_id: int
    delivery: Delivery


class BatchSession(Session):
    """A session on one connection, whose transaction is somebody else's.

    The ledger asks for the connection at each statement, and finding it costs an
    ordinary session as much as the database needs to answer.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection

    def connection(self, *_: object, **__: object) -> Connection:
        """Return the connection."""
        return self._connection


class Store:
    """Writes pushes to one database."""

    def __init__(self, engine: Engine, turn: Turn, *, erase_on_unfollow: bool) -> None:
        self._engine = engine
        self._turn = turn
        self._erase = erase_on_unfollow

    def record(self, pushes: Sequence[Incoming]) -> list[Answer | NotRecordedError]:
        """Return an answer for each push once all of them are committed.

        One that breaks its handler is parked and answered, so that it holds up no
        other; one that can be neither recorded nor parked now gets its error. Raises
        DatabaseAwayError where nothing can be written.
        """
        try:
            return list(self._record_all(pushes))
        except AWAY as error:
            if not (isinstance(error, DBAPIError) and is_held(error)):
                log.warning("pushes not stored: %s", type(error).__name__)
                raise DatabaseAwayError(type(error).__name__) from error
            if len(pushes) == 1:
                return [HeldError()]
        except Exception as error:  # noqa: BLE001 - whatever a push breaks: it is kept
            if len(pushes) == 1:
                return [self._park(pushes[0], error)]
        return [self.record([push])[0] for push in pushes]

    def _record_all(self, pushes: Sequence[Incoming]) -> list[Answer]:
        for left in reversed(range(TRIES)):
            try:
                with transactions(write=True), self._turn.taken():
                    return self._record_once(pushes)
            except OperationalError as error:
                if not left or not is_deadlock(error):
                    raise
        raise AssertionError("the last try returns or raises")

    def _record_once(self, pushes: Sequence[Incoming]) -> list[Answer]:
        by_account: dict[int, list[int]] = defaultdict(list)
        for number, push in enumerate(pushes):
            by_account[push.account_id].append(number)
        answers: dict[int, Answer] = {}
        with self._engine.begin() as connection, BatchSession(connection) as session:
            for account_id in sorted(by_account):
                numbers = by_account[account_id]
                deliveries = [pushes[number].delivery for number in numbers]
                received = inbox.receive(
                    session, account_id, deliveries, erase=self._erase
                )
                answers.update(zip(numbers, received, strict=True))
        return [answers[number] for number in range(len(pushes))]

    def _park(self, push: Incoming, error: Exception) -> Answer | NotRecordedError:
        """Keep a push that breaks its handler where a person sees it."""
        log.error("push parked: %s", type(error).__name__)
        try:
            with (
                transactions(write=True),
                self._turn.taken(),
                Session(self._engine) as session,
            ):
                park(session, push.account_id, push.delivery, error)
                session.commit()
        except AWAY as failure:
            raise DatabaseAwayError(type(failure).__name__) from failure
        except UNSTORABLE as failure:
            # Of an account that is not there, say: no database will ever take it.
            log.error("push not parked: %s", type(failure).__name__)  # noqa: TRY400 - it may hold a name
            return UnstorableError(type(failure).__name__)
        except SQLAlchemyError as failure:
            # No tables, read-only: it is not the push.
            raise DatabaseAwayError(type(failure).__name__) from failure
        return PARKED
