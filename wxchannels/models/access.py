"""How WeChat and we get along: tokens, refused calls, quotas, and the callback."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wxchannels.columns import UTCDateTime
from wxchannels.models.base import Base, BigId, exact

HOLDER_LENGTH = 80
PATH_LENGTH = 64
WORDS_LENGTH = 255


class RenewalReason(StrEnum):
    """Why a token was asked for."""

    FIRST = "first"
    EXPIRED = "expired"
    #: WeChat took the one before no longer, though its time was not up.
    REFUSED = "refused"


class TokenRenewal(Base):
    """WeChat was asked for a token. The last ones of an account are kept."""

    __tablename__ = "token_renewal"
    __table_args__ = (
        CheckConstraint("reason IN ('first', 'expired', 'refused')", name="reason"),
        Index(None, "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The process that asked: host and number.
    holder: Mapped[str] = mapped_column(String(HOLDER_LENGTH))
    reason: Mapped[RenewalReason] = mapped_column(String(7))
    #: How much longer the refused one should have lasted.
    left_seconds: Mapped[int | None]
    #: How long the new one lasts; None where there was none.
    good_for_seconds: Mapped[int | None]
    errcode: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")


class CallRefusal(Base):
    """What WeChat refuses of one interface for one reason, and how often."""

    __tablename__ = "call_refusal"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    path: Mapped[str] = mapped_column(exact(PATH_LENGTH), primary_key=True)
    errcode: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: WeChat's words when it refused last.
    errmsg: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    times: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CallQuota(Base):
    """How much of an interface's quota was left when WeChat was asked."""

    __tablename__ = "call_quota"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    path: Mapped[str] = mapped_column(exact(PATH_LENGTH), primary_key=True)
    daily_limit: Mapped[int]
    used: Mapped[int]
    remain: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SightingKind(StrEnum):
    """What there is to know of the callback besides the pushes that are kept."""

    #: WeChat's console looked whether the address is ours.
    VERIFIED = "verified"
    #: A request that is not WeChat's, or that our settings do not open.
    REFUSED = "refused"
    #: A push that we could not store.
    FAILED = "failed"
    #: A push that was answered after WeChat had given up.
    LATE = "late"


class CallbackSighting(Base):
    """When something was last seen at the callback, and how often about that."""

    __tablename__ = "callback_sighting"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('verified', 'refused', 'failed', 'late')", name="kind"
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[SightingKind] = mapped_column(String(8), primary_key=True)
    times: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
