"""How WeChat and we get along: the token, quotas, refusals, the callback."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.access import calls, quotas, renewals
from wxchannels.access.callback import callback_of
from wxchannels.accounts import token_check
from wxchannels.extensions import db
from wxchannels.models import AccessToken
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.health_words import (
    CALLS,
    REASONS,
    SIGHTINGS,
    explain_refusal,
    explain_renewal,
)
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.irreversible import ConfirmedForm
from wxchannels.web.wechat import client_for, explain
from wxchannels.wechat.errors import WeChatError


@connection_bp.get("/health")
def show_health() -> str:
    """Show what is known, without asking WeChat anything."""
    return _show(ConfirmedForm(formdata=None))


@connection_bp.post("/health/quotas")
def ask_for_quotas() -> ResponseReturnValue:
    """Ask WeChat how many calls are left today."""
    session, wechat = db.session(), client_for(g.account)
    session.commit()
    try:
        found = quotas.ask(wechat)
    except WeChatError as error:
        flash(explain(error), "error")
    else:
        quotas.record(session, g.account, found, at=clock.utcnow())
        session.commit()
    return redirect(url_for(".show_health", _anchor="quotas"))


@connection_bp.post("/health/quotas/clear")
def clear_quotas() -> ResponseReturnValue:
    """Have WeChat count today's calls anew, once that is confirmed."""
    form = ConfirmedForm()
    if not form.validate() or not form.confirms(g.account):
        return _show(form), UNPROCESSABLE
    session, wechat = db.session(), client_for(g.account)
    session.commit()
    try:
        wechat.clear_quota()
    except WeChatError as error:
        flash(explain(error), "error")
    else:
        quotas.forget(session, g.account)
        note(quotas.CLEARED, at=clock.utcnow())
        session.commit()
        flash(gettext("WeChat has reset today’s call counts."))
    return redirect(url_for(".show_health", _anchor="quotas"))


def _show(form: ConfirmedForm) -> str:
    session, account, now = db.session(), g.account, clock.utcnow()
    trouble = token_check.error_of(account)
    return render_template(
        "accounts/health.html",
        token=session.get(AccessToken, account.id),
        token_trouble=explain(trouble) if trouble else "",
        made=renewals.last_success(session, account),
        renewals=renewals.list_renewals(session, account),
        is_spoilt=renewals.is_spoilt(session, account, now=now),
        deaths=renewals.count_deaths(session, account, now=now),
        quotas=quotas.list_quotas(session, account),
        clears_left=quotas.clears_left(session, account, now=now),
        refusals=calls.list_refusals(session, account),
        callback=callback_of(session, account, now=now),
        call_names=CALLS,
        reasons=REASONS,
        sighting_names=SIGHTINGS,
        explain_refusal=explain_refusal,
        explain_renewal=explain_renewal,
        form=form,
        now=now,
    )
