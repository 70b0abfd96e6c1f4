"""One person's story with one account, the truth behind what is pushed."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Way(StrEnum):
    """How a follow came about, in the words of user/info."""

    SEARCH = "ADD_SCENE_SEARCH"
    QR_CODE = "ADD_SCENE_QR_CODE"
    PAID = "ADD_SCENE_PAID"


@dataclass
class Follow:
    """One time of following, with the code that led to it if there was one."""

    started_at: int
    way: Way
    ticket: str | None = None
    ended_at: int | None = None


@dataclass
class ProfilePage:
    """The page with the Follow button, opened by scanning a code."""

    ticket: str
    opened_at: int


@dataclass
class ChatLine:
    """One thing to be seen in the chat; `kind` says how it is drawn."""

    at: int
    kind: str
    content: dict[str, Any] = field(default_factory=dict)


@dataclass
class Relation:
    """What one person has done with one account."""

    openid: str
    person_id: str
    follows: list[Follow] = field(default_factory=list)
    profile: ProfilePage | None = None
    chat: list[ChatLine] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)

    @property
    def current(self) -> Follow | None:
        """The follow that is going on."""
        last = self.follows[-1] if self.follows else None
        return last if last and last.ended_at is None else None

    def say(self, at: int, kind: str, **content: object) -> None:
        """Add a line to the chat."""
        self.chat.append(ChatLine(at, kind, content))
