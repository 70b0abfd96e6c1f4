"""Asking WeChat whether it gives a token for an account."""

from wxchannels import clock
from wxchannels.accounts import token_check
from wxchannels.extensions import db
from wxchannels.models import Account
from wxchannels.web.wechat import client_for


def check_token(account: Account) -> None:
    """Keep what WeChat says to the checklist. Commits before it asks, and after."""
    session, wechat = db.session(), client_for(account)
    session.commit()
    answer = token_check.ask(wechat.check_token)
    token_check.record(account, answer, at=clock.utcnow())
    session.commit()
