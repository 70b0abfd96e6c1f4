"""Bindings that are asked for: what WeChat is to make, and what is kept of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError
from wxchannels.members import codes
from wxchannels.members.codes import Asker
from wxchannels.models import Account, Binding, Confirmation, Purpose
from wxchannels.models.members import MEMBER_LENGTH
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.scenes import SceneRequest


class BadMemberError(DomainError):
    """Whoever scans reads the member's name in the chat, on one line."""

    sentence = N_("A member has 1 to 64 characters and no line breaks.")
    field = "member"


class MemberBoundError(DomainError):
    """Whoever wants another WeChat undoes the old binding first."""

    sentence = N_("“%(member)s” is bound already. Undo that binding first.")
    field = "member"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A binding that WeChat can be asked a code for."""

    member: str
    request: SceneRequest
    return_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A binding whose code waits to be scanned, and what is shown only now."""

    binding: Binding
    ticket: str
    #: What names its page; only a hash of it is kept.
    page_secret: str


def propose(
    session: Session,
    account: Account,
    member: str,
    *,
    expire_seconds: int | None = None,
    return_url: str | None = None,
) -> Proposal:
    """Return what WeChat will be asked for, or say why it will not be."""
    if not 0 < len(member.strip()) <= MEMBER_LENGTH or not member.isprintable():
        raise BadMemberError
    request = codes.plan_code(Purpose.BIND, expire_seconds=expire_seconds)
    name = member.strip()
    if _find_live(session, account, name) is not None:
        raise MemberBoundError(member=name)
    return Proposal(member=name, request=request, return_url=return_url or None)


def record(
    session: Session,
    account: Account,
    proposal: Proposal,
    ticket: Ticket,
    asker: Asker,
    *,
    link: Callable[[str], str],
    at: datetime,
) -> Proposed:
    """Keep the code that WeChat made for the proposal when asked at `at`.

    `link` returns the address of the page for accounts that confirm on one.
    """
    by_link = account.binding_confirmation == Confirmation.LINK
    code = codes.record_code(
        session,
        account,
        Purpose.BIND,
        proposal.request,
        ticket,
        asker,
        link=link if by_link else None,
        at=at,
    )
    secret = codes.new_secret()
    binding = Binding(
        account_id=account.id,
        code=code,
        member=proposal.member,
        page_hash=codes.hash_secret(secret),
        return_url=proposal.return_url,
        created_at=at,
    )
    session.add(binding)
    session.flush()
    return Proposed(binding=binding, ticket=ticket.ticket, page_secret=secret)


def _find_live(session: Session, account: Account, member: str) -> int | None:
    return session.scalar(
        select(Binding.id).where(
            Binding.account_id == account.id, Binding.live_member == member
        )
    )
