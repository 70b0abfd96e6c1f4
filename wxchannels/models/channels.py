"""What staff manage: channels, their groups and tags, their QR codes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import UTCDateTime
from wxchannels.models.accounts import Account
from wxchannels.models.base import Base, exact

NAME_LENGTH = 64
SCENE_LENGTH = 64
#: WeChat's own limit.
WECHAT_TAG_LENGTH = 30


class ChannelState(StrEnum):
    """What staff decided about a channel; it is counted in every state."""

    ACTIVE = "active"
    DISABLED = "disabled"
    ARCHIVED = "archived"


class SceneType(StrEnum):
    """How WeChat was given the scene. A push does not tell the two apart."""

    STR = "str"
    INT = "int"


class Lifetime(StrEnum):
    """How long WeChat keeps a code."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


class QRCodeState(StrEnum):
    """Where a code stands. `expired` follows from the time and is never stored."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"
    DISABLED = "disabled"


class ChannelGroup(Base):
    """A folder of channels; its path names it and everything above it."""

    __tablename__ = "channel_group"
    __table_args__ = (UniqueConstraint("account_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: Like 华东/上海: names from the top, joined by slashes.
    path: Mapped[str] = mapped_column(exact(255))
    #: The tag that WeChat puts on who follows through a channel of it.
    tag_in_wechat: Mapped[str | None] = mapped_column(exact(WECHAT_TAG_LENGTH))


class Channel(Base):
    """A place, person or campaign that shows QR codes. Never deleted."""

    __tablename__ = "channel"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled', 'archived')", name="state"),
        UniqueConstraint("account_id", "live_name"),
        Index(None, "account_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(exact(NAME_LENGTH))
    #: Names are unique among channels that are not archived, and NULLs never collide.
    live_name: Mapped[str | None] = mapped_column(
        exact(NAME_LENGTH),
        Computed(
            "CASE WHEN state = 'archived' THEN NULL ELSE name END", persisted=True
        ),
    )
    #: The name in pinyin and its initials, for search.
    pinyin: Mapped[str] = mapped_column(String(512), default="")
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("channel_group.id"), index=True
    )
    #: The e-mail address of who is in charge; need not be one of our users.
    owner: Mapped[str | None] = mapped_column(String(254))
    remark: Mapped[str] = mapped_column(String(500), default="")
    #: Goes before its group's.
    tag_in_wechat: Mapped[str | None] = mapped_column(exact(WECHAT_TAG_LENGTH))
    state: Mapped[ChannelState] = mapped_column(String(10), default=ChannelState.ACTIVE)
    reply_new: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reply_returning: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    reply_following: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: What it is again when it is restored.
    archived_from: Mapped[ChannelState | None] = mapped_column(String(10))

    account: Mapped[Account] = relationship()
    group: Mapped[ChannelGroup | None] = relationship()
    tags: Mapped[list["ChannelTag"]] = relationship(
        order_by="ChannelTag.name", cascade="all, delete-orphan"
    )
    qrcodes: Mapped[list["QRCode"]] = relationship(
        back_populates="channel", order_by="QRCode.id"
    )


class ChannelTag(Base):
    """A word staff stick on a channel."""

    __tablename__ = "channel_tag"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    name: Mapped[str] = mapped_column(exact(32), primary_key=True)


class AdoptedScene(Base):
    """A scene of codes that we did not make, whose pushes belong to a channel of ours.

    While the row is there no code carries it but one that the same channel had before.
    """

    __tablename__ = "adopted_scene"
    __table_args__ = (UniqueConstraint("account_id", "scene"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    scene: Mapped[str] = mapped_column(exact(255))
    adopted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Undone: the row goes when its pushes have gone back.
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    channel: Mapped[Channel] = relationship()


class WeChatTag(Base):
    """A tag of the account in WeChat, and the number WeChat knows it by."""

    __tablename__ = "wechat_tag"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(exact(WECHAT_TAG_LENGTH), primary_key=True)
    tag_id: Mapped[int]


class QRCode(Base):
    """What WeChat issued for a scene. Its scene finds the channel for ever."""

    __tablename__ = "qrcode"
    __table_args__ = (
        # One name space: WeChat's pushes do not tell 123 from "123".
        UniqueConstraint("account_id", "scene"),
        CheckConstraint("scene <> ''", name="scene"),
        CheckConstraint("scene_type IN ('str', 'int')", name="scene_type"),
        CheckConstraint("state IN ('pending', 'active', 'disabled')", name="state"),
        CheckConstraint(
            "(lifetime = 'permanent' AND expire_seconds IS NULL) OR "
            "(lifetime = 'temporary' AND expire_seconds IS NOT NULL)",
            name="lifetime",
        ),
        CheckConstraint(
            "state = 'pending' OR (ticket IS NOT NULL AND issued_at IS NOT NULL)",
            name="issued",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    scene: Mapped[str] = mapped_column(exact(SCENE_LENGTH))
    scene_type: Mapped[SceneType] = mapped_column(String(3))
    lifetime: Mapped[Lifetime] = mapped_column(String(9))
    expire_seconds: Mapped[int | None]
    #: What staff call this code where a channel has several, like "old counter card".
    label: Mapped[str] = mapped_column(String(64), default="")
    ticket: Mapped[str | None] = mapped_column(exact(512))
    #: What the picture says; drawn byte for byte as WeChat gave it.
    url: Mapped[str | None] = mapped_column(exact(512))
    state: Mapped[QRCodeState] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    channel: Mapped[Channel] = relationship(back_populates="qrcodes")

    def state_at(self, now: datetime) -> QRCodeState:
        """Return where the code stands at `now`."""
        if (
            self.state == QRCodeState.ACTIVE
            and self.expires_at is not None
            and self.expires_at <= now
        ):
            return QRCodeState.EXPIRED
        return QRCodeState(self.state)
