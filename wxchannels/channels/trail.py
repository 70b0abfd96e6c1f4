"""What was done to a channel, and by whom."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wxchannels.models import AuditEntry, Channel

LAST_ENTRIES = 10


def channel_trail(
    session: Session, channel: Channel, *, limit: int = LAST_ENTRIES
) -> Sequence[AuditEntry]:
    """Return the latest entries about the channel and its codes."""
    codes = [code.id for code in channel.qrcodes]
    about = or_(
        and_(
            AuditEntry.action.startswith("channel."),
            AuditEntry.subject_id == channel.id,
        ),
        and_(AuditEntry.action.startswith("qrcode."), AuditEntry.subject_id.in_(codes)),
    )
    # Alone, `about` has SQLite read the whole account's trail.
    subjects = AuditEntry.subject_id.in_([channel.id, *codes])
    query = select(AuditEntry).where(
        AuditEntry.account_id == channel.account_id, subjects, about
    )
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()
