"""What messages and menu buttons are answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wxchannels.columns import UTCDateTime
from wxchannels.models.base import Base


class Trigger(StrEnum):
    """What a rule answers."""

    MESSAGE = "message"
    MENU = "menu"


class Match(StrEnum):
    """How a rule's words are looked for in what came."""

    CONTAINS = "contains"
    EQUALS = "equals"
    PATTERN = "pattern"


class ReplyRule(Base):
    """A reply to messages that hold certain words, or to buttons with certain keys."""

    __tablename__ = "reply_rule"
    __table_args__ = (
        CheckConstraint("answers IN ('message', 'menu')", name="answers"),
        CheckConstraint(
            "matching IN ('contains', 'equals', 'pattern')", name="matching"
        ),
        Index(None, "account_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: The first rule that fits answers.
    position: Mapped[int]
    answers: Mapped[Trigger] = mapped_column(String(7))
    matching: Mapped[Match] = mapped_column(String(8))
    #: Any of them is enough.
    words: Mapped[list[str]] = mapped_column(JSON)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_on: Mapped[bool] = mapped_column(default=True)
    #: Removed ones are kept, so that it can be undone.
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
