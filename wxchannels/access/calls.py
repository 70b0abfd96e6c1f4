"""What WeChat refuses, by interface and reason: how often, and when last."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wxchannels.database import transactions
from wxchannels.models import Account, CallRefusal
from wxchannels.models.access import PATH_LENGTH, WORDS_LENGTH
from wxchannels.statements import add_up
from wxchannels.wechat.errors import WeChatRefusedError

TABLE = CallRefusal.__table__
#: No menu: how WeChat says that there is none.
ANSWERS = {46003}


def note_refusal(
    engine: Engine,
    account_id: int,
    path: str,
    error: WeChatRefusedError,
    *,
    at: datetime,
) -> None:
    """Count a refusal, if that is possible: whoever asked is told of it anyway.

    In a transaction of its own, for whoever asks WeChat has none open.
    """
    if error.errcode in ANSWERS:
        return
    row = {
        "account_id": account_id,
        "path": path[:PATH_LENGTH],
        "errcode": error.errcode,
        "errmsg": error.errmsg[:WORDS_LENGTH],
        "times": 1,
        "first_at": at,
        "last_at": at,
    }
    with (
        suppress(SQLAlchemyError, OSError),
        transactions(write=True),
        Session(engine) as session,
    ):
        add_up(session, TABLE, [row], ("times",), latest=("errmsg", "last_at"))
        session.commit()


def list_refusals(session: Session, account: Account) -> Sequence[CallRefusal]:
    """Return what was refused, the last first."""
    query = select(CallRefusal).where(CallRefusal.account_id == account.id)
    return session.scalars(query.order_by(CallRefusal.last_at.desc())).all()


def delete_refusals(session: Session, account_id: int, before: datetime) -> None:
    """Forget what was last refused before that."""
    old = (CallRefusal.account_id == account_id) & (CallRefusal.last_at < before)
    session.execute(delete(CallRefusal).where(old))
