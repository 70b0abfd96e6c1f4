"""The WeChat official accounts we count for, and their access tokens."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wxchannels.columns import Digest, Encrypted, EncryptedBytes, UTCDateTime
from wxchannels.models.base import Base, exact


class Mode(StrEnum):
    """How WeChat's pushes are protected, as set in WeChat's console."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class Account(Base):
    """A WeChat official account (公众号)."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("mode IN ('plain', 'compatible', 'safe')", name="mode"),
        CheckConstraint("mode = 'plain' OR aes_key IS NOT NULL", name="aes_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(exact(40), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    app_id: Mapped[str] = mapped_column(exact(64), unique=True)
    original_id: Mapped[str] = mapped_column(exact(64))
    app_secret: Mapped[str] = mapped_column(Encrypted("account.app_secret"))
    token: Mapped[str] = mapped_column(Encrypted("account.token"))
    #: Still taken after a change here, until the console has the new one as well.
    previous_token: Mapped[str | None] = mapped_column(
        Encrypted("account.previous_token")
    )
    aes_key: Mapped[str | None] = mapped_column(Encrypted("account.aes_key"))
    #: Still tried after a change in the console, until WeChat uses the new one.
    previous_aes_key: Mapped[str | None] = mapped_column(
        Encrypted("account.previous_aes_key")
    )
    mode: Mapped[Mode] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    #: Never rotated: it is what recognises a person who returns after erasure.
    pepper: Mapped[bytes] = mapped_column(EncryptedBytes("account.pepper"))
    reply_new: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reply_returning: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    reply_following: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    #: What we say in the chat by ourselves is said in it: zh or en.
    chat_language: Mapped[str] = mapped_column(
        String(2), default="zh", server_default="zh"
    )
    #: How somebody who scanned says that it was meant: digits or link.
    binding_confirmation: Mapped[str] = mapped_column(
        String(6), default="digits", server_default="digits"
    )
    #: Whether who stops following is no longer tied to a member.
    unbinds_on_unfollow: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )
    #: Whether its codes sign our own users in; one account does at most.
    signs_users_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Where browsers may be sent back to after a web authorization.
    return_addresses: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    #: Whether any system is to be told of what its pushes turn out to be.
    has_webhooks: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: What the file says that WeChat's console looks for on our domain.
    domain_proof: Mapped[str | None] = mapped_column(exact(32))
    #: To messages that no rule fits.
    reply_fallback: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When WeChat first reached us: who followed before is known before.
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_push_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    token_checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: WeChat's answer to the last check of the token, where it refused.
    token_errcode: Mapped[int | None]
    token_error: Mapped[str | None] = mapped_column(String(255))
    followers_imported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Where an unfinished import of the follower list goes on.
    import_next_openid: Mapped[str | None] = mapped_column(
        Encrypted("account.import_next_openid")
    )


class ListRunKind(StrEnum):
    """Why WeChat's list of followers is read."""

    IMPORT = "import"
    COMPARE = "compare"


class ListRun(Base):
    """One reading of WeChat's list of followers, and how far it has come."""

    __tablename__ = "list_run"
    __table_args__ = (
        CheckConstraint("kind IN ('import', 'compare')", name="kind"),
        Index(None, "account_id", "kind", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[ListRunKind] = mapped_column(String(7))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: People of the list: all of them, and those that were read.
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    #: People of the pages before the one that is read: a reading goes on with a page.
    done_before: Mapped[int] = mapped_column(default=0)
    #: What a comparison found: follows and unfollows that no push had told of.
    missed_follows: Mapped[int] = mapped_column(default=0)
    missed_unfollows: Mapped[int] = mapped_column(default=0)
    #: Where a comparison goes on: the pages kept, and where the next one begins.
    pages: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_openid: Mapped[str | None] = mapped_column(Encrypted("list_run.next_openid"))
    #: Once the list is read: from which hash on our own people are to be looked at.
    reached: Mapped[bytes | None] = mapped_column(Digest)


class ListPage(Base):
    """Who is on a page of the list, in parts: the beginnings of their keyed hashes.

    Kept while a comparison lasts, so that another worker can go on with it.
    """

    __tablename__ = "list_page"

    run_id: Mapped[int] = mapped_column(ForeignKey("list_run.id"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[bytes] = mapped_column(LargeBinary)


class AccessToken(Base):
    """The account's current access token and who is renewing it."""

    __tablename__ = "access_token"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    value: Mapped[str | None] = mapped_column(Encrypted("access_token.value"))
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Moves with every renewal: what a compare-and-set compares.
    version: Mapped[int] = mapped_column(default=0)
    lease_holder: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()
