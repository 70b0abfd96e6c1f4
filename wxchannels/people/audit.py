"""Who changed what and when."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.models import Account, AuditEntry, User

#: Who acts where no user does: an operator at the command line.
COMMAND_LINE = "command line"
ACTOR_LENGTH = 254


def note(
    session: Session,
    actor: User | str,
    action: str,
    *,
    account: Account | None = None,
    subject_id: int | None = None,
    details: Mapping[str, object] | None = None,
    at: datetime,
) -> AuditEntry:
    """Write down that `actor` did `action`, named like `channel.archive`.

    `details` are shown to administrators: never a secret, never an openid.
    """
    user = actor if isinstance(actor, User) else None
    entry = AuditEntry(
        account_id=account.id if account else None,
        user_id=user.id if user else None,
        actor=(user.email if user else str(actor))[:ACTOR_LENGTH],
        action=action,
        subject_id=subject_id,
        details=dict(details or {}),
        at=at,
    )
    session.add(entry)
    return entry
