"""What WeChat told us: followers, the ledger of scan events, the day counters."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import Digest, Encrypted, EncryptedBytes, UTCDateTime
from wxchannels.models.accounts import Account
from wxchannels.models.base import Base, BigId, exact

#: Rows of the report that are no channel. A row is a channel's id or one of these,
#: in one column, so that it can be part of a key.
NO_CHANNEL = 0
UNKNOWN_SCENE = -1
#: How programs and addresses call these two; all others are channels.
ROW_NAMES = {NO_CHANNEL: "no_channel", UNKNOWN_SCENE: "unknown_scene"}
#: Longer scenes are cut: no code of ours has one, so they only need to be shown.
STORED_SCENE = 255
LONGEST_WORD = 64


class Kind(StrEnum):
    """The three pushes that move figures."""

    FOLLOW = "follow"
    SCAN = "scan"
    UNFOLLOW = "unfollow"


class EventClass(StrEnum):
    """What a push turned out to be, seen in the person's whole history."""

    NEW_FOLLOW = "new_follow"
    REFOLLOW = "refollow"
    FOLLOWER_SCAN = "follower_scan"
    UNFOLLOW = "unfollow"


class CorrectionKind(StrEnum):
    """What our pushes did not tell us of a person."""

    FOLLOWS = "follows"
    LEFT = "left"


class Source(StrEnum):
    """How a follow came about, as far as the push says."""

    QRCODE = "qrcode"
    PAYMENT = "payment"
    PRODUCT = "product"
    UNKNOWN = "unknown"


class Follower(Base):
    """A person who follows, or did. Known by a keyed hash once the openid is erased."""

    __tablename__ = "follower"
    __table_args__ = (
        UniqueConstraint("account_id", "openid_hash"),
        Index(None, "account_id", "following", "row_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    openid_hash: Mapped[bytes] = mapped_column(Digest)
    #: Kept only while the person follows.
    openid: Mapped[str | None] = mapped_column(Encrypted("follower.openid"))
    first_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    following: Mapped[bool] = mapped_column(default=False)
    #: The row that won the follow which runs now, or ran last.
    row_id: Mapped[int] = mapped_column(default=NO_CHANNEL)
    followed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The row of the earliest follow: shown on the person, used by no figure.
    first_row_id: Mapped[int | None]
    first_followed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: `subscribe_time` of the follower list, where the person was imported from it.
    subscribed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Imported as a follower from before the account's first verified callback.
    known_before: Mapped[bool] = mapped_column(default=False)
    is_tester: Mapped[bool] = mapped_column(default=False)
    #: Spares everybody else a look for corrections with each push.
    has_corrections: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Tied to a member: spares everybody else's unfollows a look for it.
    is_bound: Mapped[bool] = mapped_column(default=False, server_default=false())


class Correction(Base):
    """Who follows after all, or does not: learned from WeChat, pushed by nobody.

    It moves where the person stands and no additive figure. Added, never changed.
    """

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("follower_id", "noted_at"),
        CheckConstraint("kind IN ('follows', 'left')", name="kind"),
        Index(None, "account_id", "noted_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    follower_id: Mapped[int] = mapped_column(ForeignKey("follower.id"))
    kind: Mapped[CorrectionKind] = mapped_column(String(7))
    #: Since when they follow, by WeChat; as of when they do not, by our clock.
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ScanEvent(Base):
    """A push that moves figures, once. Its class and an unfollow's row follow from
    the person's history and are folded again when a late push arrives.
    """  # noqa: D205 - one sentence

    __tablename__ = "scan_event"
    __table_args__ = (
        CheckConstraint("kind IN ('follow', 'scan', 'unfollow')", name="kind"),
        CheckConstraint("row_id >= -1", name="row_id"),
        Index(None, "account_id", "happened_at"),
        Index(None, "account_id", "day", "row_id", "kind", "follower_id"),
        Index(None, "follower_id", "happened_at"),
        # Of the few whose scene is nobody's; MySQL would keep it of all of them.
        Index(
            None,
            "account_id",
            "scene",
            "id",
            sqlite_where=text("row_id = -1"),
            postgresql_where=text("row_id = -1"),
        ).ddl_if(dialect=("sqlite", "postgresql")),  # type: ignore[arg-type] # it takes several
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: Equal for WeChat's retries of one push, so that a retry cannot count twice.
    push_key: Mapped[bytes] = mapped_column(Digest, unique=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("follower.id"))
    kind: Mapped[Kind] = mapped_column(String(8))
    class_: Mapped[EventClass] = mapped_column("class", String(13))
    #: As pushed, without the prefix of a follow; not always one of ours.
    scene: Mapped[str | None] = mapped_column(exact(STORED_SCENE))
    source: Mapped[Source | None] = mapped_column(String(8))
    #: A channel's id, `NO_CHANNEL` or `UNKNOWN_SCENE`: where this push is counted.
    row_id: Mapped[int]
    #: WeChat's CreateTime.
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The calendar day of `happened_at` in the account's time zone.
    day: Mapped[date]
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: On a follow: when it ended, if it has.
    lost_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: On a follow that WeChat was asked about: how it came about, in WeChat's word;
    #: empty where WeChat told of another follow, or of none.
    subscribe_scene: Mapped[str | None] = mapped_column(String(LONGEST_WORD))

    follower: Mapped[Follower] = relationship()


class RepairReason(StrEnum):
    """Why a push counts elsewhere than where it was recorded."""

    LOST_SCENE = "lost_scene"
    ADOPTED = "adopted"
    RELEASED = "released"


class Repair(Base):
    """A push moved to another row: the trace of it. Added, never changed."""

    __tablename__ = "repair"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('lost_scene', 'adopted', 'released')", name="reason"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("scan_event.id"), index=True)
    from_row_id: Mapped[int]
    to_row_id: Mapped[int]
    reason: Mapped[RepairReason] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DayCounter(Base):
    """What a row of the report added up to on a day. Written with the ledger only."""

    __tablename__ = "day_counter"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    scans: Mapped[int] = mapped_column(default=0)
    new_follows: Mapped[int] = mapped_column(default=0)
    refollows: Mapped[int] = mapped_column(default=0)
    follower_scans: Mapped[int] = mapped_column(default=0)
    unfollows: Mapped[int] = mapped_column(default=0)


class RawPush(Base):
    """A push as WeChat sent it, sealed, kept for a set number of days."""

    __tablename__ = "raw_push"
    __table_args__ = (
        Index(None, "account_id", "received_at"),
        # Of the few that are parked; where MySQL keeps it of all, it costs little.
        Index(
            None,
            "account_id",
            "parked_at",
            sqlite_where=text("parked_at IS NOT NULL"),
            postgresql_where=text("parked_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    push_key: Mapped[bytes] = mapped_column(Digest, unique=True)
    follower_id: Mapped[int | None] = mapped_column(
        ForeignKey("follower.id"), index=True
    )
    #: MsgType, and for an event its name after a slash.
    kind: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    body: Mapped[bytes] = mapped_column(EncryptedBytes("raw_push.body"))
    #: Set where the push broke its handler: kept, answered, waiting for a person.
    parked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(255))

    account: Mapped[Account] = relationship()
