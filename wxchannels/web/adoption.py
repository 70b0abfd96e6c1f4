"""Scenes of other systems' codes, given to channels of ours."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import adoption, channels
from wxchannels.extensions import db
from wxchannels.models import AdoptedScene, Channel
from wxchannels.paging import parse_number
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.audit import note
from wxchannels.web.refusals import told
from wxchannels.web.undoing import offer_undo

bp = account_blueprint(
    "adoption",
    __name__,
    prefix="reports/unknown-scenes",
    read=Action.MANAGE_CHANNELS,
    write=Action.MANAGE_CHANNELS,
)
SCENES = "reports.show_unknown_scenes"
ONE = "/adopted/<int(max=2147483647):number>"


@bp.get("/adopt")
def choose() -> str:
    """Show the form: which channel the scene belongs to."""
    session, scene = db.session(), request.args.get("scene", "")
    owner = adoption.find_owner(session, g.account, scene)
    return render_template(
        "reports/adopt.html",
        scene=scene,
        owner=owner,
        channels=[owner] if owner else adoption.list_adopters(session, g.account),
    )


@bp.post("/adopt")
def adopt() -> ResponseReturnValue:
    """Give the scene to the channel; a worker moves what is recorded."""
    session, now = db.session(), clock.utcnow()
    scene = request.form.get("scene", "")
    next_page = url_for(".choose", scene=scene)
    with told():
        number = parse_number(request.form.get("channel", "")) or 0
        channel = channels.get_channel(session, g.account, number)
        adopted = adoption.adopt(session, g.account, scene, channel, at=now)
        note("channel.adopt", channel.id, at=now, scene=scene)
        session.commit()
        _say(adopted, channel)
        next_page = url_for(SCENES)
    return redirect(next_page)


def _say(adopted: AdoptedScene, channel: Channel) -> None:
    """Say what happens now, and offer to undo it."""
    said = gettext(
        "The scene “%(scene)s” belongs to “%(name)s” now. What it brought so far "
        "moves there in the next minutes.",
        scene=adopted.scene,
        name=channel.name,
    )
    offer_undo(said, url_for(".release", number=adopted.id))


@bp.post(f"{ONE}/release")
def release(number: int) -> ResponseReturnValue:
    """Undo it: the scene is unknown again, and all it brought with it."""
    session, now = db.session(), clock.utcnow()
    adopted = adoption.get_adopted(session, g.account, number)
    adoption.release(session, adopted, at=now)
    note("channel.release", adopted.channel_id, at=now, scene=adopted.scene)
    session.commit()
    return redirect(url_for(SCENES))
