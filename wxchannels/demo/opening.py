"""半亩茶's channels: opened as the page does it, and put away as the story has it."""

from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.channels import channels, qrcodes
from wxchannels.channels.fields import ChannelFields
from wxchannels.cli.edge import writing_session
from wxchannels.demo.places import PLACES, SLUG, Place
from wxchannels.demo.settings import EMAIL
from wxchannels.models import Lifetime
from wxchannels.people import audit
from wxchannels.web.wechat import client_for

DAY_SECONDS = 86400


def open_channel(session: Session, place: Place, start: datetime) -> None:
    """Open one channel: plan its code, ask WeChat, write."""
    account, now = accounts.get_account(session, SLUG), clock.utcnow()
    wechat = client_for(account)
    seconds = place.days * DAY_SECONDS if place.days else None
    lifetime = Lifetime.TEMPORARY if seconds else Lifetime.PERMANENT
    plan = qrcodes.plan_qrcode(
        session, account, lifetime=lifetime, expire_seconds=seconds
    )
    session.rollback()
    ticket = qrcodes.ask_wechat(session, wechat, plan)
    with writing_session():
        fields = ChannelFields(
            name=place.name,
            group=place.group,
            tags=place.tags,
            owner=place.owner,
            reply_new=place.reply,
        )
        channel = channels.open_channel(session, account, fields, at=start)
        code = qrcodes.record_qrcode(session, channel, plan, ticket, at=now)
        _note(session, "channel.open", channel.id, at=start)
        _note(session, "qrcode.issue", code.id, at=start, scene=code.scene)


def finish_channels() -> None:
    """Disable and archive what the story says has had its time."""
    with writing_session() as session:
        account, now = accounts.get_account(session, SLUG), clock.utcnow()
        for place in PLACES:
            channel = channels.find_by_name(session, account, place.name)
            if channel and place.state == "disabled":
                channels.disable_channel(channel)
                _note(session, "channel.disable", channel.id, at=now)
            elif channel and place.state == "archived":
                channels.archive_channel(channel, at=now)
                _note(session, "channel.archive", channel.id, at=now)


def _note(
    session: Session, action: str, subject_id: int, *, at: datetime, **details: str
) -> None:
    audit.note(
        session,
        EMAIL,
        action,
        account=accounts.get_account(session, SLUG),
        subject_id=subject_id,
        details=details,
        at=at,
    )
