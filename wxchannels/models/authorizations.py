"""Browsers inside WeChat on their way to being known."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import Digest, Encrypted, UTCDateTime
from wxchannels.models.accounts import Account
from wxchannels.models.base import Base, BigId, exact


class AuthorizationPurpose(StrEnum):
    """What it is good for to know who is there. One is not taken for another."""

    #: A program of the customer's asks, or a link of theirs.
    API = "api"
    #: Nobody: somebody tries whether the account is set up.
    TRIAL = "trial"
    BINDING = "binding"
    SIGN_IN = "sign_in"


class AuthorizationState(StrEnum):
    """How far a web authorization has come."""

    #: WeChat was not heard of yet.
    PENDING = "pending"
    #: A code came, and WeChat is being asked whose it is.
    EXCHANGING = "exchanging"
    #: It is known who is there.
    AUTHORIZED = "authorized"
    #: … and a program has asked for it.
    REDEEMED = "redeemed"
    #: The person said no.
    REFUSED = "refused"
    #: WeChat said no, or nothing.
    FAILED = "failed"


class WebAuthorization(Base):
    """A browser that is sent to WeChat and comes back as somebody.

    Kept for minutes: what it says of the person is sealed, and deleted with the row.
    """

    __tablename__ = "web_authorization"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('api', 'trial', 'binding', 'sign_in')", name="purpose"
        ),
        CheckConstraint("scope IN ('snsapi_base', 'snsapi_userinfo')", name="scope"),
        CheckConstraint(
            "state IN ('pending', 'exchanging', 'authorized', 'redeemed', 'refused',"
            " 'failed')",
            name="state",
        ),
        Index(None, "account_id", "expires_at"),
        Index(None, "browser_digest", "purpose"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: What programs call it, and the end of the address that opens it.
    handle: Mapped[str] = mapped_column(exact(32), unique=True)
    purpose: Mapped[AuthorizationPurpose] = mapped_column(String(7))
    scope: Mapped[str] = mapped_column(String(15))
    #: Where the browser goes on: an allowed address, or a path of our own.
    return_url: Mapped[str] = mapped_column(exact(1024))
    state: Mapped[AuthorizationState] = mapped_column(
        String(10), default=AuthorizationState.PENDING
    )
    #: Of the `state` that WeChat brings back, and of the cookie of the browser that
    #: it was given to. Neither is kept.
    state_digest: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    browser_digest: Mapped[bytes | None] = mapped_column(Digest)
    #: Of the last code that WeChat was asked about: it is never asked twice.
    code_digest: Mapped[bytes | None] = mapped_column(Digest)
    #: Whoever asks WeChat and dies is followed by another after a while.
    exchanging_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: How often the browser was sent to WeChat again because its code was no good.
    restarts: Mapped[int] = mapped_column(default=0)
    #: Who is there, as JSON; gone as soon as a program was told.
    person: Mapped[str | None] = mapped_column(Encrypted("web_authorization.person"))
    #: What the program shows to be told; kept so that a second answer is the same.
    ticket: Mapped[str | None] = mapped_column(Encrypted("web_authorization.ticket"))
    ticket_digest: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()
