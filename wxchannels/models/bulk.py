"""Making many channels at once: what was asked, and how far each row is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import UTCDateTime
from wxchannels.models.base import Base
from wxchannels.models.channels import QRCode


class BulkRowState(StrEnum):
    """How far a row is. A refused row can be tried again with the same scene."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


class BulkRun(Base):
    """One order for many channels with a code each."""

    __tablename__ = "bulk_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Whoever drives the run has it until then: two open pages ask WeChat only once.
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The pasted lines that had errors, offered again for correction.
    left_out: Mapped[str] = mapped_column(
        Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), default=""
    )

    rows: Mapped[list["BulkRow"]] = relationship(
        back_populates="run", order_by="BulkRow.position"
    )


class BulkRow(Base):
    """One line of the order. Its code exists, pending, before WeChat is asked."""

    __tablename__ = "bulk_row"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        CheckConstraint("state IN ('pending', 'done', 'refused')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id"))
    #: Where it stood among the pasted lines, from 0; those left out leave gaps.
    position: Mapped[int]
    qrcode_id: Mapped[int] = mapped_column(ForeignKey("qrcode.id"))
    state: Mapped[BulkRowState] = mapped_column(String(8), default=BulkRowState.PENDING)
    errcode: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(255), default="")

    run: Mapped[BulkRun] = relationship(back_populates="rows")
    qrcode: Mapped[QRCode] = relationship()
