"""WeChat as the web and the command line reach it, and what its refusals mean."""

import os
from functools import cache

import requests
from flask import current_app
from flask_babel import gettext

from wxchannels import clock
from wxchannels.access.calls import note_refusal
from wxchannels.channels import refusals
from wxchannels.extensions import db
from wxchannels.models import Account
from wxchannels.tokens import DatabaseTokenStore
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.door import OnRefusal
from wxchannels.wechat.errors import WeChatError, WeChatRefusedError
from wxchannels.wechat.oauth import OAuthClient


def client_for(account: Account) -> WeChatClient:
    """Return WeChat as `account` sees it.

    Ask for it before the transaction ends: it reads the account's secrets now.
    """
    return WeChatClient(
        account.app_id,
        account.app_secret,
        token_store(account),
        http=_connections(os.getpid()),
        api_base=current_app.config["API_BASE"],
        mp_base=current_app.config["MP_BASE"],
        on_refusal=_noting(account.id),
    )


def oauth_for(account: Account) -> OAuthClient:
    """Return WeChat's web authorization as `account` uses it; as above."""
    return OAuthClient(
        account.app_id,
        account.app_secret,
        http=_connections(os.getpid()),
        api_base=current_app.config["API_BASE"],
        open_base=current_app.config["OPEN_BASE"],
    )


def _noting(account_id: int) -> OnRefusal:
    """Return what counts the refusals of the account's calls."""
    engine = db.engine

    def note(path: str, error: WeChatRefusedError) -> None:
        note_refusal(engine, account_id, path, error, at=clock.utcnow())

    return note


def token_store(account: Account) -> DatabaseTokenStore:
    """Return where the account's token is kept, for all processes together."""
    return DatabaseTokenStore(db.engine, account.id, now=clock.utcnow)


def explain(error: WeChatError) -> str:
    """Return what `error` means and what to do, in the reader's language."""
    return translated(refusals.explain(error))


def explain_code(errcode: int, errmsg: str) -> str:
    """Return the same of a refusal that was kept."""
    return translated(refusals.explain_code(errcode, errmsg=errmsg))


def translated(explanation: refusals.Explanation) -> str:
    """Return the explanation in the reader's language."""
    params = dict(explanation.params)
    if params.get("ip") == refusals.UNKNOWN_ADDRESS:
        params["ip"] = gettext(refusals.UNKNOWN_ADDRESS)
    sentence: str = gettext(explanation.sentence)
    return sentence % params


status_of = refusals.status_of


@cache
def _connections(process_id: int) -> requests.Session:
    """Return this process's connections: sockets do not survive a fork."""
    del process_id
    return requests.Session()
