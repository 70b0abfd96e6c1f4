"""Putting an account's replies back as they were before the last change."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels.replies import AUDIENCES
from wxchannels.channels.undoing import State, compare, is_still
from wxchannels.extensions import db
from wxchannels.web.audit import note
from wxchannels.web.replies.blueprint import bp
from wxchannels.web.undoing import find_changes, forget_changes, offer_back

FALLBACK = "reply_fallback"
COLUMNS = (*AUDIENCES, FALLBACK)


def look() -> State:
    """Return the account's replies as they are now."""
    return {name: getattr(g.account, name) for name in COLUMNS}


def offer_before(before: State) -> None:
    """Say that the replies are saved, with a button that brings the old ones back."""
    number = g.account.id
    changes = compare({number: before}, {number: look()})
    offer_back(gettext("Saved."), changes, "replies.restore")


@bp.post("/restore")
def restore() -> ResponseReturnValue:
    """Bring back what stood there before the reader's last change, once."""
    before: State = {}
    for change in find_changes(request.args.get("key", "")):
        before = change["before"]
        if is_still(look(), change):
            _put_back(before)
            flash(gettext("The replies are as they were before."))
        else:
            said = gettext("The replies were changed again since and stay as they are.")
            flash(said, "error")
    return redirect(url_for(".list_rules" if FALLBACK in before else ".edit"))


def _put_back(before: State) -> None:
    for name in COLUMNS:
        if name in before:
            setattr(g.account, name, before[name])
    note("account.replies.restore", at=clock.utcnow())
    db.session.commit()
    forget_changes()
