"""What people do on the pages of an account, written down."""

from datetime import datetime

from flask import g

from wxchannels.extensions import db
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
