"""What the tests of the callback look at, from the other side of it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import to_text

from tests import factories
from wxchannels.models import Account, Mode, RawPush, ScanEvent

GREETING = {"kind": "text", "content": "欢迎光临"}


def stored(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(RawPush)) or 0


def only_event(session: Session) -> ScanEvent:
    session.rollback()
    return session.scalars(select(ScanEvent)).one()


def set_mode(session: Session, account: Account, mode: Mode) -> None:
    account.mode = mode
    session.commit()


def unseal(xml: str) -> str:
    """Open a sealed reply with wechatpy."""
    crypto = WeChatCrypto(factories.TOKEN, factories.AES_KEY, factories.APP_ID)
    signature, timestamp, nonce = (
        xml.split(f"<{name}>")[1]
        .split(f"</{name}>", maxsplit=1)[0]
        .removeprefix("<![CDATA[")
        .removesuffix("]]>")
        for name in ("MsgSignature", "TimeStamp", "Nonce")
    )
    opened = crypto.decrypt_message(xml, signature, timestamp, nonce)
    return str(to_text(opened))
