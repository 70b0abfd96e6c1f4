"""What people do on the pages of an account, written down."""

from datetime import datetime

from flask import g
from sqlalchemy import select

from wxchannels.extensions import db
from wxchannels.models import AuditEntry
from wxchannels.people import audit
from wxchannels.web.auth.blueprint import me


def note(
    action: str, subject_id: int | None = None, *, at: datetime, **details: object
) -> None:
    """Write down what the person who asks has done with the account."""
    audit.note(
        db.session(),
        me(),
        action,
        account=g.account,
        subject_id=subject_id,
        details=details,
        at=at,
    )


def is_noted(action: str, subject_id: int, **details: object) -> bool:
    """Say whether the person who asks has done this before, with these `details`."""
    mine = select(AuditEntry.details).where(AuditEntry.account_id == g.account.id)
    mine = mine.where(AuditEntry.subject_id == subject_id)
    mine = mine.where(AuditEntry.action == action, AuditEntry.user_id == me().id)
    return any(details.items() <= kept.items() for kept in db.session.scalars(mine))
