"""The groups: renamed, moved, put together."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import groups
from wxchannels.channels.fields import check_wechat_tag
from wxchannels.extensions import db
from wxchannels.web.audit import note
from wxchannels.web.channels.blueprint import bp
from wxchannels.web.refusals import told


@bp.get("/groups")
def list_groups() -> str:
    """Show the groups, each with its path to be changed."""
    session = db.session()
    return render_template(
        "channels/groups.html",
        groups=groups.list_groups(session, g.account),
        tree=groups.group_tree(session, g.account),
    )


@bp.post("/groups")
def move_group() -> ResponseReturnValue:
    """Rename or move one group with all below it, and name its tag in WeChat."""
    path, target = request.form.get("path", ""), request.form.get("to", "")
    session = db.session()
    with told():
        group = groups.get_group(session, g.account, path)
        note("group.move", group.id, at=clock.utcnow(), path=path, to=target)
        # Two that become one have the tag that was typed.
        path = groups.move_group(session, g.account, path, target)
        moved = groups.get_group(session, g.account, path)
        tag = request.form.get("tag_in_wechat", moved.tag_in_wechat or "")
        moved.tag_in_wechat = check_wechat_tag(tag)
        session.commit()
        flash(gettext("Saved."))
    return redirect(url_for(".list_groups"))
