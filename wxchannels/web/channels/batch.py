"""Acts on one channel or on many: done at once, and offered to be taken back."""

from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import channels
from wxchannels.extensions import db
from wxchannels.web.channels.acts import ACTS, Chosen, Done
from wxchannels.web.channels.blueprint import bp, offer_undo
from wxchannels.web.channels.downloads import zip_response
from wxchannels.web.refusals import told

#: More than a page of the list has.
MOST_AT_ONCE = 1000
#: The view that was acted on, where it is a channel's own page.
OWN_PAGE = "channel"
#: The act that Enter stands for.
TYPED = "typed"


@bp.post("/batch")
def batch() -> ResponseReturnValue:
    """Do one thing to the channels that are named, all or none of them."""
    act = ACTS.get(_what()) or abort(400)
    chosen = _chosen()
    if not chosen:
        flash(gettext("Tick at least one channel first."), "error")
    ids = [channel.id for channel in chosen]
    with told():
        done = act(chosen, request.values, clock.utcnow()) if chosen else None
        db.session.commit()
        _tell(done, ids)
    return redirect(_back(chosen))


@bp.post("/selected.zip")
def download_selected() -> Response | ResponseReturnValue:
    """Give all pictures of the channels that are ticked."""
    chosen = _chosen()
    if chosen:
        return zip_response(chosen, f"qrcodes-{g.account.slug}")
    flash(gettext("Tick at least one channel first."), "error")
    return redirect(_back(chosen))


def _what() -> str:
    """Return the act; Enter in a field of the bar means what the field is for."""
    what = request.values.get("do", "")
    if what == TYPED:
        return "tag" if request.values.get("tags") else "move"
    return what


def _chosen() -> Chosen:
    ids = request.values.getlist("id", type=int)[:MOST_AT_ONCE]
    return channels.get_channels(db.session(), g.account, ids)


def _tell(done: Done | None, ids: list[int]) -> None:
    if done is None:
        return
    if done.undo is None:
        flash(done.sentence)
        return
    values: dict[str, Any] = {"id": ids, **done.undo}
    url = url_for(".batch", view=request.values.get("view", ""), **values)
    offer_undo(done.sentence, url)


def _back(chosen: Chosen) -> str:
    """Return the page that was acted on: a channel's own, or the list as it was."""
    view = request.values.get("view", "")
    if view == OWN_PAGE and len(chosen) == 1:
        return url_for(".show", channel_id=chosen[0].id)
    return f"{url_for('.index')}?{view}" if view else url_for(".index")
