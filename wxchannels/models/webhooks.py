"""The customer's systems that are told what happens, and what they were told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import Encrypted, UTCDateTime
from wxchannels.models.accounts import Account
from wxchannels.models.base import Base, BigId, exact

EVENT_ID_LENGTH = 64
EVENT_TYPE_LENGTH = 20
ANSWER_LENGTH = 255
FAILURE_LENGTH = 20


class EventType(StrEnum):
    """What an endpoint can be told of."""

    FOLLOW = "follow"
    REFOLLOW = "refollow"
    SCAN = "scan"
    UNFOLLOW = "unfollow"
    FOLLOW_REPAIRED = "follow.repaired"
    BINDING_CONFIRMED = "binding.confirmed"
    BINDING_REMOVED = "binding.removed"
    #: Asked for on the page of the endpoint.
    TEST = "test"


class Webhook(Base):
    """An address of the customer's that is told what happens."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    #: Sealed: some addresses are as good as a password.
    url: Mapped[str] = mapped_column(Encrypted("webhook.url"))
    secret: Mapped[str] = mapped_column(Encrypted("webhook.secret"))
    #: Signs as well until then, so that the receiver can be changed at leisure.
    previous_secret: Mapped[str | None] = mapped_column(
        Encrypted("webhook.previous_secret")
    )
    previous_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    events: Mapped[list[str]] = mapped_column(JSON)
    sends_openid: Mapped[bool] = mapped_column(default=False)
    is_on: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Since when nothing was taken, while we try.
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When we stopped trying: a person has to say that it works again.
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()


class DeliveryState(StrEnum):
    """Where a message to an endpoint stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    #: Somebody decided that it need not be delivered.
    SKIPPED = "skipped"


class WebhookDelivery(Base):
    """A message to one endpoint, written with its cause, and what became of it."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'skipped')", name="state"),
        UniqueConstraint("webhook_id", "event_id"),
        Index(None, "webhook_id", "state", "id"),
        Index(None, "account_id", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    #: Equal for all endpoints, and for everything that is sent again.
    event_id: Mapped[str] = mapped_column(exact(EVENT_ID_LENGTH))
    type: Mapped[EventType] = mapped_column(String(EVENT_TYPE_LENGTH))
    follower_id: Mapped[int | None] = mapped_column(
        ForeignKey("follower.id"), index=True
    )
    #: JSON. The openid is not part of it: it is put in when the message is sent, if
    #: the person still follows.
    payload: Mapped[str] = mapped_column(Encrypted("webhook_delivery.payload"))
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[DeliveryState] = mapped_column(
        String(9), default=DeliveryState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    #: The last try, and what came of it.
    attempted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    took_ms: Mapped[int | None]
    status: Mapped[int | None]
    #: The first characters of what was answered.
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")
    #: Why it was not taken, a word of ours; empty where it was.
    failure: Mapped[str] = mapped_column(String(FAILURE_LENGTH), default="")

    webhook: Mapped[Webhook] = relationship()
