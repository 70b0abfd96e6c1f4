"""Acts on one channel or on many: done at once, and offered to be taken back."""

from datetime import datetime

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from wxchannels import clock
from wxchannels.channels import channels, undoing
from wxchannels.extensions import db
from wxchannels.web.audit import note
from wxchannels.web.channels.acts import ACTS, Chosen
from wxchannels.web.channels.blueprint import OWN_PAGE, bp
from wxchannels.web.channels.downloads import zip_response
from wxchannels.web.refusals import told
from wxchannels.web.undoing import find_changes, forget_changes, offer_back, offer_undo

#: More than a page of the list has.
MOST_AT_ONCE = 1000
#: The act that Enter stands for.
TYPED = "typed"


@bp.post("/batch")
def batch() -> ResponseReturnValue:
    """Do one thing to the channels that are named, all or none of them."""
    what, chosen = _what(), _chosen()
    if what not in ACTS:
        abort(400)
    if not chosen:
        flash(gettext("Tick at least one channel first."), "error")
    else:
        with told():
            _do(what, chosen, at=clock.utcnow())
    return redirect(_back(chosen))


@bp.post("/undo")
def undo() -> ResponseReturnValue:
    """Put channels back as they were before the reader's last change."""
    session, now = db.session(), clock.utcnow()
    changes = find_changes(request.args.get("key", ""))
    back = undoing.take_back(session, g.account, changes)
    for channel in back:
        note("channel.undo", channel.id, at=now)
    session.commit()
    _tell_back(sum(len(change["ids"]) for change in changes), len(back))
    return redirect(_back(_chosen()))


@bp.post("/selected.zip")
def download_selected() -> Response | ResponseReturnValue:
    """Give all pictures of the channels that are ticked."""
    chosen = _chosen()
    if chosen:
        return zip_response(chosen, f"qrcodes-{g.account.slug}")
    flash(gettext("Tick at least one channel first."), "error")
    return redirect(_back(chosen))


def _do(what: str, chosen: Chosen, *, at: datetime) -> None:
    session, view = db.session(), request.values.get("view", "")
    before = undoing.look(session, chosen)
    done = ACTS[what](chosen, request.values, at)
    changes = undoing.compare(before, undoing.look(session, chosen))
    for change in changes:
        for channel_id in change["ids"]:
            note(f"channel.{what}", channel_id, at=at, **done.details)
    session.commit()
    shown = chosen[0].id if view == OWN_PAGE else None
    offer_back(done.sentence, changes, "channels.undo", view=view, id=shown)


def _tell_back(asked: int, back: int) -> None:
    """Say how many are as they were, and how many stay; if all do, offer it again."""
    if back:
        forget_changes()
        said = ngettext(
            "%(num)d channel is as it was before.",
            "%(num)d channels are as they were before.",
            back,
        )
        flash(said)
    if asked > back:
        said = ngettext(
            "%(num)d channel stays as it is: it was changed again since, or another "
            "one has its name now.",
            "%(num)d channels stay as they are: they were changed again since, or "
            "others have their names now.",
            asked - back,
        )
        if back:
            flash(said, "error")
        else:
            key, view, shown = map(request.args.get, ("key", "view", "id"))
            offer_undo(said, url_for(".undo", key=key, view=view, id=shown))


def _what() -> str:
    """Return the act; Enter in a field of the bar means what the field is for."""
    what = request.values.get("do", "")
    if what == TYPED:
        return "tag" if request.values.get("tags") else "move"
    return what


def _chosen() -> Chosen:
    ids = request.values.getlist("id", type=int)[:MOST_AT_ONCE]
    return channels.get_channels(db.session(), g.account, ids)


def _back(chosen: Chosen) -> str:
    """Return the page that was acted on: a channel's own, or the list as it was."""
    view = request.values.get("view", "")
    if view == OWN_PAGE and len(chosen) == 1:
        return url_for(".show", channel_id=chosen[0].id)
    return f"{url_for('.index')}?{view}" if view else url_for(".index")
