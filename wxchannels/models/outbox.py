"""Work to be done after the answer: a row is the truth, whatever wakes the workers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from wxchannels.columns import Encrypted, UTCDateTime
from wxchannels.models.base import Base, BigId, exact

KIND_LENGTH = 16
SUBJECT_LENGTH = 64
ERROR_LENGTH = 255
WORKER_NAME_LENGTH = 80


class TaskState(StrEnum):
    """Where a piece of work stands. A parked one waits for a person."""

    DUE = "due"
    LEASED = "leased"
    DONE = "done"
    PARKED = "parked"


class Task(Base):
    """A piece of outside work, written in the transaction of its cause."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'leased', 'done', 'parked')", name="state"),
        CheckConstraint(
            "(state = 'leased') = (leased_until IS NOT NULL)", name="leased"
        ),
        # The same work is asked for once until it is done: NULLs never collide.
        UniqueConstraint("account_id", "kind", "open_key"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(exact(KIND_LENGTH))
    #: What it is about, within its kind: never an openid.
    subject: Mapped[str] = mapped_column(exact(SUBJECT_LENGTH))
    #: The subject while the work is not done, then NULL.
    open_key: Mapped[str | None] = mapped_column(exact(SUBJECT_LENGTH))
    #: Whom it is about, so that it goes with the person.
    follower_id: Mapped[int | None] = mapped_column(
        ForeignKey("follower.id"), index=True
    )
    #: JSON, sealed: it may name the person.
    payload: Mapped[str | None] = mapped_column(Encrypted("task.payload"))
    state: Mapped[TaskState] = mapped_column(String(6), default=TaskState.DUE)
    #: When it was to be done first: its age counts from here.
    wanted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When it is to be done, or tried again.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: A worker that died is followed by another after it.
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Moves with every step: whoever lost the lease writes nothing any more.
    version: Mapped[int] = mapped_column(default=0)
    #: WeChat's answer to the last try, where it refused.
    errcode: Mapped[int | None]
    #: WeChat's words or the name of what broke: never a secret or an openid.
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Worker(Base):
    """A process that does the work, and when it was last seen."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(exact(WORKER_NAME_LENGTH), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
