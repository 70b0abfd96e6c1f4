"""How far the connection has come: a checklist that ticks itself."""

from flask import (
    Response,
    current_app,
    g,
    redirect,
    url_for,
)
from flask.typing import ResponseReturnValue

from wxchannels import clock
from wxchannels.accounts import accounts, comparing, importing, token_check
from wxchannels.accounts.checklist import checklist
from wxchannels.accounts.connection import hint
from wxchannels.extensions import db
from wxchannels.web import fragments
from wxchannels.web.accounts.asking import check_token
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.audit import note
from wxchannels.web.wechat import explain
from wxchannels.web.work_words import explain_task


@connection_bp.get("/connect")
def show() -> Response:
    """Show the steps; to htmx only the list, which replaces itself."""
    account, base_url = g.account, current_app.config["BASE_URL"]
    error = token_check.error_of(account)
    return fragments.answer(
        "accounts/connect.html",
        "accounts/_steps.html",
        checklist=checklist(db.session(), account),
        importing=importing.import_standing(db.session(), account),
        comparison=comparing.last_comparison(db.session(), account),
        token_trouble=explain(error) if error else "",
        refused_address=token_check.refused_address(account),
        callback_url=accounts.callback_url(base_url, account.slug),
        token_hint=hint(account.token),
        aes_key_hint=hint(account.aes_key or ""),
        explain_task=explain_task,
        is_alone=fragments.wants_part(),
    )


@connection_bp.post("/connect/token")
def ask_for_token() -> ResponseReturnValue:
    """Ask WeChat for a token now."""
    check_token(g.account)
    return redirect(url_for(".show"))


@connection_bp.post("/connect/followers")
def import_followers() -> ResponseReturnValue:
    """Have a worker import who follows already."""
    session, now = db.session(), clock.utcnow()
    importing.start_import(session, g.account, now=now)
    note("followers.import", at=now)
    session.commit()
    return redirect(url_for(".show", _anchor="followers"))
