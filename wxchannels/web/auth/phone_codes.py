"""Codes that a browser shows to its user's WeChat: asked for, and found again."""

import base64
import logging
import secrets
from datetime import datetime

from flask import abort, current_app, flash, request, session, url_for
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels.pictures import MEDIA_TYPES, Format, draw
from wxchannels.errors import NotFoundError
from wxchannels.extensions import db
from wxchannels.models import Account, TemporaryCode, User
from wxchannels.people import phones
from wxchannels.web import wechat
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.errors import WeChatError
from wxchannels.wechat.scenes import SceneRequest

log = logging.getLogger(__name__)

#: Where the session keeps the number of its code and the word that proves it.
CODE = "phone_code"
WORD_BYTES = 32


def ask_for_phone(*, binds: User | None) -> bool:
    """Have WeChat make a code for this browser; where it does not, say so."""
    database, now = db.session(), clock.utcnow()
    account = phones.find_account(database)
    if account is None:
        abort(404)
    client, planned = wechat.client_for(account), phones.plan()
    # WeChat is asked with no transaction open: it can be slow.
    database.commit()
    try:
        ticket = client.create_qrcode(planned)
    except WeChatError as error:
        # Whoever asks may be a stranger: what is wrong is for the log.
        log.warning("no code to sign in with: %s", error)
        flash(
            gettext("WeChat cannot create a code right now. Use your password."),
            "error",
        )
        return False
    _keep(account, planned, ticket, binds=binds, at=now)
    return True


def _keep(
    account: Account,
    planned: SceneRequest,
    ticket: Ticket,
    *,
    binds: User | None,
    at: datetime,
) -> None:
    """Keep the code, and in the session what proves that it is this browser's."""
    database, word = db.session(), secrets.token_hex(WORD_BYTES)
    code = phones.record(
        database,
        account,
        planned,
        ticket,
        browser=word,
        address=request.remote_addr or "",
        binds=binds,
        link=_confirm_url,
        at=at,
    )
    number = code.id
    database.commit()
    session[CODE] = {"number": number, "word": word}


def find_code(*, binds: User | None) -> TemporaryCode | None:
    """Return the code of this browser, if it has one for that."""
    kept = session.get(CODE)
    if kept is None:
        return None
    try:
        code = phones.get_of_browser(db.session(), kept["number"], kept["word"])
    except NotFoundError:
        return None
    return code if code.user_id == (binds.id if binds else None) else None


def picture_of(code: TemporaryCode) -> str:
    """Return the code's picture as part of the page: no address leads to it."""
    svg = base64.b64encode(draw(code.url, Format.SVG)).decode()
    return f"data:{MEDIA_TYPES[Format.SVG]};base64,{svg}"


def _confirm_url(secret: str) -> str:
    base: str = current_app.config["BASE_URL"]
    return base + url_for("phone_confirm.show", secret=secret)
