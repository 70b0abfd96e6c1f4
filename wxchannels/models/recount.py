"""Counting an account's numbers again: why, how far, and who is at it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wxchannels.columns import UTCDateTime
from wxchannels.models.base import Base


class RecountReason(StrEnum):
    """Why the numbers are counted again."""

    ASKED = "asked"
    #: The account's days begin elsewhere now, so events change their day.
    TIME_ZONE = "time_zone"


class Recount(Base):
    """The account's latest recount: first all histories, then each day."""

    __tablename__ = "recount"
    __table_args__ = (
        CheckConstraint("reason IN ('asked', 'time_zone')", name="reason"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    reason: Mapped[RecountReason] = mapped_column(String(9))
    #: The days asked for, both included; NULL is without end.
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    #: The last person whose history was read again.
    person_reached: Mapped[int] = mapped_column(BigInteger, default=0)
    people_done: Mapped[int] = mapped_column(default=0)
    #: As counted at the start; people met since come on top.
    people_total: Mapped[int] = mapped_column(default=0)
    #: Set once all histories are read; then days are counted up to `last_day`.
    day_reached: Mapped[date | None]
    histories_read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Whoever counts has it until then: two at once would correct twice.
    holder: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
