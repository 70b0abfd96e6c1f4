"""A user's WeChat: bound once with the password, it confirms that a browser is theirs.

One account of the installation does it. The scan alone signs nobody in: who scanned has
to confirm on a page that WeChat says they are looking at.
"""

import hmac
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.members import codes
from wxchannels.members.codes import Asker
from wxchannels.models import (
    Account,
    CodeState,
    Purpose,
    TemporaryCode,
    User,
    UserWeChat,
)
from wxchannels.people import audit
from wxchannels.statements import count_changed
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.scenes import SceneRequest


class PhoneUnknownError(DomainError):
    """Nobody learns here who has bound what."""

    sentence = N_(
        "No user can sign in with this WeChat. Sign in with the password and bind it"
        " under “My profile”."
    )


class PhoneTakenError(DomainError):
    """A WeChat signs one user in, or nobody could say whom."""

    sentence = N_(
        "This WeChat, or this user, is bound already. Undo that first, under “My"
        " profile”."
    )


class CodeSpentError(DomainError):
    """Used, refused, expired, or never scanned by who is looking."""

    sentence = N_("This code was used or has expired. Get a new one where you began.")


def find_account(session: Session) -> Account | None:
    """Return the account whose codes sign users in, if one does."""
    return session.scalar(select(Account).where(Account.signs_users_in))


def use_account(
    session: Session, actor: User, account: Account | None, *, at: datetime
) -> None:
    """Let the codes of one account sign users in, or of none."""
    session.execute(update(Account).values(signs_users_in=False))
    if account is not None:
        account.signs_users_in = True
    session.flush()
    action = "account.sign_in_on" if account else "account.sign_in_off"
    audit.note(session, actor, action, account=account, at=at)


def plan() -> SceneRequest:
    """Return what WeChat will be asked for."""
    return codes.plan_code(Purpose.SIGN_IN)


def record(
    session: Session,
    account: Account,
    request: SceneRequest,
    ticket: Ticket,
    *,
    browser: str,
    address: str,
    binds: User | None,
    link: Callable[[str], str],
    at: datetime,
) -> TemporaryCode:
    """Keep the code that WeChat made for a browser, which alone learns its outcome.

    It is to bind the scanner's WeChat to the user `binds`, or else to sign somebody in.
    """
    asker = Asker(
        user_id=binds.id if binds else None, session_hash=codes.hash_secret(browser)
    )
    code = codes.record_code(
        session, account, Purpose.SIGN_IN, request, ticket, asker, link=link, at=at
    )
    code.asked_from = address
    session.flush()
    return code


def get_of_browser(session: Session, number: int, browser: str) -> TemporaryCode:
    """Return the code that this browser asked for."""
    code = session.get(TemporaryCode, number)
    shown = codes.hash_secret(browser)
    if code is None or not hmac.compare_digest(bytes(code.session_hash or b""), shown):
        raise NotFoundError
    return code


def user_of(session: Session, code: TemporaryCode) -> User:
    """Return whose WeChat it is to be, or whom it would sign in."""
    query = select(User).where(User.active)
    if code.user_id is not None:
        query = query.where(User.id == code.user_id)
    else:
        bound = select(UserWeChat.user_id)
        query = query.where(
            User.id.in_(bound.where(UserWeChat.follower_id == code.follower_id))
        )
    user = session.scalar(query)
    if user is None or not code.account.signs_users_in:
        raise PhoneUnknownError
    return user


def confirm(session: Session, code: TemporaryCode, *, at: datetime) -> None:
    """Do what the code was asked for, in the name of who scanned it."""
    user = user_of(session, code)
    if code.user_id is not None:
        _bind(session, code, user, at=at)
        return
    scanned, confirmed = CodeState.SCANNED, CodeState.CONFIRMED
    if not codes.move(session, code.id, scanned, confirmed, at=at):
        raise CodeSpentError
    session.refresh(code)


def refuse(session: Session, code: TemporaryCode, *, at: datetime) -> None:
    """Let the code come to nothing: whoever scanned it did not ask for it."""
    codes.move(session, code.id, CodeState.SCANNED, CodeState.REFUSED, at=at)
    session.refresh(code)


def take(session: Session, code: TemporaryCode, *, at: datetime) -> User | None:
    """Return who may come in with the code, once; None as long as nobody may."""
    confirmed, consumed = CodeState.CONFIRMED, CodeState.CONSUMED
    if not codes.move(session, code.id, confirmed, consumed, at=at):
        return None
    session.refresh(code)
    # Who was unbound or disabled since the confirmation is not found any more.
    user = user_of(session, code)
    return session.get(User, user.id, with_for_update=True)


def bound_at(session: Session, user: User) -> datetime | None:
    """Return since when a WeChat signs the user in, if one does."""
    phone = session.get(UserWeChat, user.id)
    return phone.bound_at if phone else None


def unbind(session: Session, actor: User, user: User, *, at: datetime) -> None:
    """Let the user's WeChat sign them in no more."""
    bound = delete(UserWeChat).where(UserWeChat.user_id == user.id)
    if count_changed(session, bound):
        audit.note(session, actor, "user.unbind_wechat", subject_id=user.id, at=at)


def _bind(session: Session, code: TemporaryCode, user: User, *, at: datetime) -> None:
    scanned, consumed = CodeState.SCANNED, CodeState.CONSUMED
    if not codes.move(session, code.id, scanned, consumed, at=at):
        raise CodeSpentError
    phone = UserWeChat(user_id=user.id, follower_id=code.follower_id, bound_at=at)
    try:
        with session.begin_nested():
            session.add(phone)
    except IntegrityError as error:
        # The database decides whose it is, not a look-up before.
        raise PhoneTakenError from error
    audit.note(session, user, "user.bind_wechat", subject_id=user.id, at=at)
    session.refresh(code)
