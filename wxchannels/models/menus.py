"""The account's menu in WeChat: drafts, versions, and who pressed what how often."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wxchannels.columns import Digest, UTCDateTime
from wxchannels.models.base import Base, BigId, exact

ACTOR_LENGTH = 254
#: WeChat's own limit of an address, the longest of what a button may carry.
LONGEST_BUTTON_KEY = 1024

Buttons = list[dict[str, Any]]


class MenuDraft(Base):
    """What is being edited, and what WeChat was last seen to show. One an account."""

    __tablename__ = "menu_draft"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    #: As WeChat takes them; they may still break its limits.
    buttons: Mapped[Buttons] = mapped_column(JSON)
    #: As they were before the last change, so that it can be taken back.
    previous: Mapped[Buttons] = mapped_column(JSON)
    #: Grows with every change: nobody changes what they have not seen.
    revision: Mapped[int]
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    edited_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH), default="")
    #: The buttons as WeChat told them when it was asked last.
    live: Mapped[Buttons | None] = mapped_column(JSON(none_as_null=True))
    #: Whether people saw them.
    live_is_open: Mapped[bool] = mapped_column(default=False)
    live_read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MenuVersion(Base):
    """A menu that was published, or none where it was deleted. Added, never changed."""

    __tablename__ = "menu_version"
    __table_args__ = (Index(None, "account_id", "published_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    buttons: Mapped[Buttons] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH))


class MenuClick(Base):
    """A button was pressed. As the ledger's rows it says nothing of who pressed it."""

    __tablename__ = "menu_click"
    __table_args__ = (Index(None, "account_id", "happened_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: Equal for WeChat's retries of one push, so that a retry cannot count twice.
    push_key: Mapped[bytes] = mapped_column(Digest, unique=True)
    #: None of presses from before it was kept, where nothing else tells.
    follower_id: Mapped[int | None] = mapped_column(
        ForeignKey("follower.id"), index=True
    )
    #: The push's event, like `click` or `view`, and the key, address or page it names.
    event: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(exact(LONGEST_BUTTON_KEY))
    #: WeChat's CreateTime. Its day follows from the account's zone when it is read.
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
