"""QR codes: planned, asked for, recorded.

WeChat is asked between two transactions: `plan_qrcode` checks all that can be checked,
the caller lets go of the database and asks, `record_qrcode` writes what WeChat gave.
A refusal leaves no code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wxchannels.channels.channels import HIGHEST_ID
from wxchannels.channels.errors import ChannelArchivedError, TakenError
from wxchannels.channels.scenes import (
    BadExpireSecondsError,
    NeverExpiresError,
    check_scene,
)
from wxchannels.channels.words import has_control_characters, one_line
from wxchannels.errors import N_, DomainError, NotFoundError
from wxchannels.models import (
    Account,
    AdoptedScene,
    Channel,
    ChannelState,
    Lifetime,
    QRCode,
    QRCodeState,
    SceneType,
)
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.scenes import SceneRequest

LABEL_LENGTH = 64


class SceneTakenError(TakenError):
    """A push tells the scene and nothing else, and not whether it was a number."""

    sentence = N_("The scene “%(scene)s” already belongs to another code.")
    field = "scene"


class BadLabelError(DomainError):
    """A label tells two codes of a channel apart on one line."""

    sentence = N_("A label has at most 64 characters and no line breaks.")
    field = "label"


class PendingQRCodeError(DomainError):
    """A code that WeChat has not issued yet."""

    sentence = N_("WeChat has not issued this code yet.")


@dataclass(frozen=True, kw_only=True)
class QRCodePlan:
    """A code that WeChat can be asked for: its scene is good and was free."""

    request: SceneRequest
    label: str = ""

    @property
    def scene(self) -> str:
        """The scene as stored and as pushed: text, whatever WeChat is given."""
        return str(self.request.scene)

    @property
    def lifetime(self) -> Lifetime:
        """How long WeChat keeps the code."""
        is_permanent = self.request.expire_seconds is None
        return Lifetime.PERMANENT if is_permanent else Lifetime.TEMPORARY


def plan_qrcode(
    session: Session,
    account: Account,
    *,
    lifetime: Lifetime = Lifetime.PERMANENT,
    scene: str | int | None = None,
    expire_seconds: int | None = None,
    label: str = "",
) -> QRCodePlan:
    """Return what WeChat will be asked for, or say why it will not be."""
    if lifetime is Lifetime.PERMANENT and expire_seconds is not None:
        raise NeverExpiresError
    if lifetime is Lifetime.TEMPORARY and expire_seconds is None:
        raise BadExpireSecondsError
    request = check_scene(scene, expire_seconds)
    plan = QRCodePlan(request=request, label=check_label(label))
    if is_taken(session, account, plan.scene):
        raise SceneTakenError(scene=plan.scene)
    return plan


def ask_wechat(session: Session, wechat: WeChatClient, plan: QRCodePlan) -> Ticket:
    """Have WeChat make the code. No transaction may be open: WeChat can be slow."""
    if session.in_transaction():
        raise RuntimeError("commit or roll back before WeChat is asked")
    return wechat.create_qrcode(plan.request)


def record_qrcode(
    session: Session,
    channel: Channel,
    plan: QRCodePlan,
    ticket: Ticket,
    *,
    at: datetime,
) -> QRCode:
    """Keep the code that WeChat made for `channel` when asked at `at`."""
    check_is_open(channel)
    qrcode = new_qrcode(channel, plan, at=at)
    mark_issued(qrcode, ticket, at=at)
    with unique_scene(session, channel.account_id, plan.scene):
        session.add(qrcode)
    return qrcode


def check_is_open(channel: Channel) -> None:
    """Raise if the channel is archived: it gets no new codes."""
    if channel.state == ChannelState.ARCHIVED:
        raise ChannelArchivedError(name=channel.name)


def new_qrcode(channel: Channel, plan: QRCodePlan, *, at: datetime) -> QRCode:
    """Return a row for the planned code, pending."""
    return QRCode(
        account_id=channel.account_id,
        channel_id=channel.id,
        scene=plan.scene,
        scene_type=SceneType(plan.request.scene_type),
        lifetime=plan.lifetime,
        expire_seconds=plan.request.expire_seconds,
        label=plan.label,
        state=QRCodeState.PENDING,
        created_at=at,
    )


def mark_issued(qrcode: QRCode, ticket: Ticket, *, at: datetime) -> None:
    """Give the pending code what WeChat answered when asked at `at`."""
    qrcode.ticket = ticket.ticket
    qrcode.url = ticket.url
    qrcode.issued_at = at
    qrcode.state = QRCodeState.ACTIVE
    if qrcode.expire_seconds is not None:
        seconds = ticket.expire_seconds or qrcode.expire_seconds
        qrcode.expires_at = at + timedelta(seconds=seconds)


def disable_qrcode(qrcode: QRCode) -> None:
    """Let the code be answered as if it were nobody's; it is still counted."""
    if qrcode.state == QRCodeState.PENDING:
        raise PendingQRCodeError
    qrcode.state = QRCodeState.DISABLED


def enable_qrcode(qrcode: QRCode) -> None:
    """Let the code be answered with its channel's replies again."""
    if qrcode.state == QRCodeState.PENDING:
        raise PendingQRCodeError
    qrcode.state = QRCodeState.ACTIVE


def main_qrcode(channel: Channel, now: datetime) -> QRCode | None:
    """Return the code that stands for the channel: the oldest that works at `now`.

    It may be printed: another beside it changes nothing, one in its place does.
    """
    for code in channel.qrcodes:
        if code.state_at(now) == QRCodeState.ACTIVE:
            return code
    rank = {QRCodeState.PENDING: 2, QRCodeState.EXPIRED: 1}
    by_use = ((rank.get(code.state_at(now), 0), code) for code in channel.qrcodes)
    last = max(by_use, key=lambda one: (one[0], one[1].id), default=None)
    return last[1] if last else None


def check_label(text: str) -> str:
    """Return the label as stored."""
    label = one_line(text)
    if len(label) > LABEL_LENGTH or has_control_characters(label):
        raise BadLabelError
    return label


def find_by_scene(session: Session, account: Account, scene: str) -> QRCode | None:
    """Return the account's code that carries `scene`, if there is one."""
    query = select(QRCode).where(QRCode.account_id == account.id)
    return session.scalar(query.where(QRCode.scene == scene))


def is_taken(session: Session, account: Account, scene: str) -> bool:
    """Say whether a code carries `scene`, or it was adopted for a channel."""
    if find_by_scene(session, account, scene) is not None:
        return True
    adopted = select(AdoptedScene.id).where(AdoptedScene.account_id == account.id)
    return session.scalar(adopted.where(AdoptedScene.scene == scene)) is not None


def get_qrcode(session: Session, account: Account, qrcode_id: int) -> QRCode:
    """Return the account's code, or raise `NotFoundError`."""
    qrcode = session.get(QRCode, qrcode_id) if qrcode_id <= HIGHEST_ID else None
    if qrcode is None or qrcode.account_id != account.id:
        raise NotFoundError
    return qrcode


@contextmanager
def unique_scene(session: Session, account_id: int, scene: str) -> Iterator[None]:
    """Write what is added inside, or say that the scene is taken."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        taken = select(QRCode.id).where(QRCode.account_id == account_id)
        if session.scalar(taken.where(QRCode.scene == scene)) is None:
            raise
        raise SceneTakenError(scene=scene) from error
