"""Putting an account's replies back as they were before the last change."""

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels.replies import AUDIENCES
from wxchannels.extensions import db
from wxchannels.web.audit import note
from wxchannels.web.channels.blueprint import offer_undo
from wxchannels.web.replies.blueprint import bp

COLUMNS = frozenset((*AUDIENCES, "reply_fallback"))
#: Where the session, which is kept on the server, has what was there before.
BEFORE = "replies_before"


def offer_before(columns: Mapping[str, Any]) -> None:
    """Say that the replies are saved, with a button that brings the old ones back."""
    session[BEFORE] = {"account_id": g.account.id, "columns": dict(columns)}
    offer_undo(gettext("Saved."), url_for(".restore"))


@bp.post("/restore")
def restore() -> ResponseReturnValue:
    """Bring back what stood there before the reader's last change, once."""
    before = session.pop(BEFORE, None)
    columns: dict[str, Any] = {}
    if before and before["account_id"] == g.account.id:
        columns = before["columns"]
        for name in COLUMNS.intersection(columns):
            setattr(g.account, name, columns[name])
        note("account.replies.restore", at=clock.utcnow())
        db.session.commit()
        flash(gettext("The replies are as they were before."))
    is_fallback = "reply_fallback" in columns
    return redirect(url_for(".list_rules" if is_fallback else ".edit"))
