"""Members of a customer's site: the codes they show to be scanned, their bindings."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import Digest, Encrypted, UTCDateTime
from wxchannels.models.accounts import Account
from wxchannels.models.base import Base, BigId, exact
from wxchannels.models.ledger import Follower

SAYS = text("digits IS NOT NULL OR confirm_url IS NOT NULL")
MEMBER_LENGTH = 64
URL_LENGTH = 2000


class Purpose(StrEnum):
    """What a temporary code is scanned for."""

    BIND = "bind"
    SIGN_IN = "sign_in"


class Confirmation(StrEnum):
    """How somebody who scanned says that it was meant."""

    DIGITS = "digits"
    LINK = "link"


class CodeState(StrEnum):
    """How far a temporary code has come. Expired is never stored: time does it."""

    PENDING = "pending"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CONSUMED = "consumed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


#: From these a code can still come to something.
OPEN_STATES = (CodeState.PENDING, CodeState.SCANNED, CodeState.CONFIRMED)


class TemporaryCode(Base):
    """A QR code that is scanned once, by one person, within minutes."""

    __tablename__ = "temporary_code"
    __table_args__ = (
        CheckConstraint("purpose IN ('bind', 'sign_in')", name="purpose"),
        CheckConstraint(
            "state IN ('pending', 'scanned', 'confirmed', 'consumed', 'refused', "
            "'cancelled')",
            name="state",
        ),
        Index(None, "follower_id", "state"),
        # Of the few that were not emptied yet.
        Index(
            None,
            "account_id",
            "expires_at",
            sqlite_where=SAYS,
            postgresql_where=SAYS,
        ).ddl_if(dialect=("sqlite", "postgresql")),  # type: ignore[arg-type] # it takes several
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[Purpose] = mapped_column(String(7))
    #: The scene itself is in the code and in the pushes, and is kept nowhere.
    scene_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    #: What the QR code says.
    url: Mapped[str] = mapped_column(Encrypted("temporary_code.url"))
    #: Shown beside the code, to be typed in the chat.
    digits: Mapped[str | None] = mapped_column(Encrypted("temporary_code.digits"))
    #: Instead of digits: where the person confirms, sent in the chat.
    confirm_url: Mapped[str | None] = mapped_column(
        Encrypted("temporary_code.confirm_url")
    )
    confirm_hash: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    #: Who may ask what became of it: a program of the account, or one browser.
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_key.id"))
    session_hash: Mapped[bytes | None] = mapped_column(Digest)
    #: Our own user, who binds a WeChat. Whom a code signs in, the scanner decides.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: The address of the browser that asked, shown to whoever confirms.
    asked_from: Mapped[str | None] = mapped_column(
        Encrypted("temporary_code.asked_from")
    )
    state: Mapped[CodeState] = mapped_column(String(9), default=CodeState.PENDING)
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("follower.id"))
    #: The push that scanned it: its retries get the same answer.
    scan_key: Mapped[bytes | None] = mapped_column(Digest)
    #: The pushes that typed digits, one after the other, 32 bytes each.
    typed_keys: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()

    def state_at(self, now: datetime) -> CodeState:
        """Return the state at `now`: an open code ends with its time."""
        is_over = self.state in OPEN_STATES and now >= self.expires_at
        return CodeState.EXPIRED if is_over else CodeState(self.state)


class BindingState(StrEnum):
    """Where a binding stands, its code's states included."""

    PENDING = "pending"
    SCANNED = "scanned"
    BOUND = "bound"
    UNBOUND = "unbound"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class UnboundBy(StrEnum):
    """Who ended a binding."""

    PROGRAM = "program"
    STAFF = "staff"
    FOLLOWER = "follower"
    UNFOLLOW = "unfollow"
    ERASURE = "erasure"


class Binding(Base):
    """A member who asked to be tied to a follower, is tied to one, or was.

    While it holds both names stand in the live columns, which are unique.
    """

    __tablename__ = "binding"
    __table_args__ = (
        UniqueConstraint("account_id", "live_member"),
        CheckConstraint(
            "unbound_by IN ('program', 'staff', 'follower', 'unfollow', 'erasure')",
            name="unbound_by",
        ),
        CheckConstraint(
            "(live_member IS NULL) = (live_follower_id IS NULL)", name="live"
        ),
        Index(None, "account_id", "member"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("temporary_code.id"), unique=True)
    member: Mapped[str] = mapped_column(exact(MEMBER_LENGTH))
    #: NULLs never collide.
    live_member: Mapped[str | None] = mapped_column(exact(MEMBER_LENGTH))
    #: Kept only while the binding holds.
    live_follower_id: Mapped[int | None] = mapped_column(
        ForeignKey("follower.id"), unique=True
    )
    #: Of the word in the address of the page that shows the code.
    page_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    return_url: Mapped[str | None] = mapped_column(String(URL_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    bound_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unbound_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unbound_by: Mapped[UnboundBy | None] = mapped_column(String(8))
    #: The follower's own words that ended it: their retries get the same answer.
    unbind_key: Mapped[bytes | None] = mapped_column(Digest, unique=True)

    account: Mapped[Account] = relationship()
    code: Mapped[TemporaryCode] = relationship()
    follower: Mapped[Follower | None] = relationship()

    def state_at(self, now: datetime) -> BindingState:
        """Return where it stands at `now`."""
        if self.unbound_at is not None:
            return BindingState.UNBOUND
        if self.bound_at is not None:
            return BindingState.BOUND
        return BindingState(self.code.state_at(now))
