"""Rows with plain defaults. A test writes only the fields that matter to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from wxchannels.authorizations.people import Person
from wxchannels.authorizations.rows import digest
from wxchannels.models import (
    Account,
    AuthorizationPurpose,
    AuthorizationState,
    Channel,
    ChannelState,
    Lifetime,
    Match,
    Membership,
    Mode,
    QRCode,
    QRCodeState,
    RawPush,
    ReplyRule,
    Role,
    SceneType,
    Trigger,
    User,
    WebAuthorization,
    Webhook,
)
from wxchannels.webhooks import endpoints
from wxchannels.webhooks.endpoints import CHOICES, Settings

NOON = datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)
TOKEN = "wxchannels"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
ORIGINAL_ID = "gh_0123456789ab"
PASSWORD = "correct horse battery staple"


def account(session: Session, slug: str = "main", **fields: object) -> Account:
    """Return a new account; `fields` overrule the defaults."""
    values: dict[str, Any] = {
        "slug": slug,
        "name": "半亩茶",
        "app_id": APP_ID if slug == "main" else f"wx-{slug}",
        "original_id": ORIGINAL_ID,
        "app_secret": "an app secret",
        "token": TOKEN,
        "aes_key": AES_KEY,
        "mode": Mode.PLAIN,
        "time_zone": "Asia/Shanghai",
        "pepper": b"pepper-pepper-pepper-pepper-pepp",
        "created_at": NOON,
    }
    row = Account(**{**values, **fields})
    session.add(row)
    session.commit()
    return row


def channel(
    session: Session, name: str = "Counter", of: Account | None = None, **fields: object
) -> Channel:
    """Return a new channel of `of`, or of the only account."""
    owner = of or session.scalars(select(Account)).one()
    values: dict[str, Any] = {"state": ChannelState.ACTIVE, "created_at": NOON}
    row = Channel(account_id=owner.id, name=name, **{**values, **fields})
    session.add(row)
    session.commit()
    return row


def qrcode(
    session: Session,
    scene: str = "counter",
    of: Channel | None = None,
    **fields: object,
) -> QRCode:
    """Return a new permanent code of `of`, or of a new channel named like its scene."""
    owner = of or channel(session, name=scene)
    values: dict[str, Any] = {
        "scene_type": SceneType.STR,
        "lifetime": Lifetime.PERMANENT,
        "ticket": f"TICKET-{scene}",
        "url": f"http://weixin.qq.com/q/{scene}",
        "state": QRCodeState.ACTIVE,
        "created_at": NOON,
        "issued_at": NOON,
    }
    row = QRCode(
        account_id=owner.account_id,
        channel_id=owner.id,
        scene=scene,
        **{**values, **fields},
    )
    session.add(row)
    session.commit()
    return row


def webhook(session: Session, account: Account, url: str, **fields: object) -> Webhook:
    """Return an endpoint of `account` that wants everything."""
    values: dict[str, Any] = {"url": url, "events": CHOICES, **fields}
    settings = Settings(**values)
    row = endpoints.add_endpoint(session, account, settings, at=NOON)
    session.commit()
    return row


def raw_pushes(session: Session, account: Account, count: int) -> None:
    """Keep `count` raw pushes of nobody's."""
    rows = [
        {
            "account_id": account.id,
            "push_key": number.to_bytes(32, "big"),
            "kind": "text",
            "happened_at": NOON,
            "received_at": NOON,
            "body": b"<xml>%d</xml>" % number,
        }
        for number in range(count)
    ]
    session.execute(insert(RawPush), rows)
    session.commit()


def rule(
    session: Session,
    *words: str,
    of: Account | None = None,
    says: str = "as ruled",
    **fields: object,
) -> ReplyRule:
    """Return a new rule for messages that contain one of `words`."""
    owner = of or session.scalars(select(Account)).one()
    values: dict[str, Any] = {
        "position": 1,
        "answers": Trigger.MESSAGE,
        "matching": Match.CONTAINS,
        "reply": {"kind": "text", "content": says},
        "is_on": True,
    }
    row = ReplyRule(account_id=owner.id, words=list(words), **{**values, **fields})
    session.add(row)
    session.commit()
    return row


def user(
    session: Session,
    email: str = "ann@example.com",
    role: Role | None = Role.ADMIN,
    **fields: object,
) -> User:
    """Return a new user without a password."""
    values: dict[str, Any] = {
        "active": True,
        "fs_uniquifier": f"uniquifier-of-{email}",
        "created_at": NOON,
    }
    row = User(email=email, role=role, **{**values, **fields})
    session.add(row)
    session.commit()
    return row


def authorization(
    session: Session, of: Account, ticket: str, *, at: datetime, **fields: object
) -> WebAuthorization:
    """Return a browser that came back from WeChat with a ticket for a program."""
    values: dict[str, Any] = {
        "handle": f"handle-of-{ticket}",
        "purpose": AuthorizationPurpose.API,
        "scope": "snsapi_base",
        "return_url": "https://shop.example.com/",
        "state": AuthorizationState.AUTHORIZED,
        "person": Person(openid="o-anna").as_text(),
        "created_at": at,
        "expires_at": at + timedelta(minutes=5),
    }
    row = WebAuthorization(
        account_id=of.id,
        ticket=ticket,
        ticket_digest=digest(ticket),
        **{**values, **fields},
    )
    session.add(row)
    session.commit()
    return row


def membership(session: Session, user: User, account: Account, role: Role) -> None:
    """Give `user` a role on one account."""
    session.add(Membership(user=user, account=account, role=role))
    session.commit()
