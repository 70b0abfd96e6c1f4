"""When WeChat first proved that it reaches us."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError

from wxchannels.database import transactions
from wxchannels.models import Account


def note_verified(engine: Engine, account_id: int, *, at: datetime) -> None:
    """Keep the moment of the account's first verified callback, if that is possible.

    WeChat must not be told otherwise: its next visit is noted as well.
    """
    first = (Account.id == account_id) & Account.verified_at.is_(None)
    with (
        suppress(SQLAlchemyError),
        transactions(write=True),
        engine.begin() as connection,
    ):
        connection.execute(update(Account).where(first).values(verified_at=at))
