"""Asking WeChat for a code from a page: between two transactions, never inside one."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from flask_wtf import FlaskForm

from wxchannels.channels import qrcodes
from wxchannels.channels.qrcodes import QRCodePlan
from wxchannels.extensions import db
from wxchannels.web.refusals import explained
from wxchannels.web.wechat import client_for, explain
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.errors import SceneRefusedError, WeChatError


def ask_wechat(plan: QRCodePlan) -> Ticket:
    """Have WeChat make the code. Commits first: what is needed later is read again."""
    session, wechat = db.session(), client_for(g.account)
    session.commit()
    return qrcodes.ask_wechat(session, wechat, plan)


@contextmanager
def explained_by_wechat(form: FlaskForm) -> Iterator[None]:
    """Put a refusal, WeChat's or ours, into the form, drop the changes and go on."""
    try:
        with explained(form):
            yield
    except WeChatError as error:
        db.session.rollback()
        if isinstance(error, SceneRefusedError) and "scene" in form:
            form.scene.errors = [*form.scene.errors, explain(error)]
        else:
            form.form_errors.append(explain(error))
