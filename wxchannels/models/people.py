"""Who signs in and what they did: users, memberships, sessions, keys, audit."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import Digest, Encrypted, UTCDateTime
from wxchannels.models.accounts import Account
from wxchannels.models.base import Base, BigId, exact

ROLES = "role IN ('admin', 'staff', 'manager')"


class Role(StrEnum):
    """What a user may do on an account."""

    ADMIN = "admin"
    STAFF = "staff"
    MANAGER = "manager"


class User(UserMixin, Base):
    """A person who signs in."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint(f"role IS NULL OR {ROLES}", name="role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(exact(254), unique=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    #: Changed to end every session at once.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    #: The role on every account that has no membership of its own.
    role: Mapped[Role | None] = mapped_column(String(8))
    locale: Mapped[str | None] = mapped_column(String(8))
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(Encrypted("user.tf_totp_secret"))
    #: The time step of the last code that was taken: none is taken twice.
    tf_last_counter: Mapped[int | None]
    #: Of the one-time link that lets the user set a password.
    link_digest: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    link_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )


class Membership(Base):
    """A user's role on one account."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(String(8))

    user: Mapped[User] = relationship(back_populates="memberships")
    account: Mapped[Account] = relationship()


class UserWeChat(Base):
    """Whose WeChat signs a user in: one each way, and the database sees to it."""

    __tablename__ = "user_wechat"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("follower.id"), unique=True)
    bound_at: Mapped[datetime] = mapped_column(UTCDateTime)


class UserSession(Base):
    """A browser that is signed in, or about to be. Ended by deleting the row."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the cookie's value, which itself is kept nowhere.
    session_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ApiKey(Base):
    """A program's key to one account. Only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(exact(64))
    #: The key's first characters: enough to recognise it, useless to guess it.
    prefix: Mapped[str] = mapped_column(String(12))
    digest: Mapped[bytes] = mapped_column(Digest, unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()


class AuditEntry(Base):
    """Who changed what and when. Rows are added, never changed.

    Of refused sign-ins, and of nothing else, the old ones are deleted.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "account_id", "at"),
        Index(None, "account_id", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: Empty where a program or the command line acted.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    actor: Mapped[str] = mapped_column(String(254))
    #: Like `channel.archive`: the noun, then the verb.
    action: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
