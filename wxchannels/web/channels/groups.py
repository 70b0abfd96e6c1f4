"""The groups: renamed, moved, put together, removed."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels import groups
from wxchannels.channels.fields import check_wechat_tag
from wxchannels.extensions import db
from wxchannels.web.audit import note
from wxchannels.web.channels.blueprint import bp
from wxchannels.web.channels.forms import GroupForm
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained, told


@bp.get("/groups")
def list_groups() -> str:
    """Show the groups, each with its path to be changed."""
    return _show(GroupForm(formdata=None))


@bp.post("/groups")
def move_group() -> ResponseReturnValue:
    """Rename or move one group with all below it, and name its tag in WeChat."""
    form, session = GroupForm(), db.session()
    if form.validate():
        path, target = form.path.data or "", form.group.data or ""
        with explained(form):
            tag = check_wechat_tag(form.tag_in_wechat.data)
            merge = bool(form.merge.data)
            moved = groups.move_group(session, g.account, path, target, merge=merge)
            # Two that become one have the tag that was typed.
            groups.name_tag(session, g.account, moved, tag)
            note("group.move", at=clock.utcnow(), path=path, to=moved)
            session.commit()
            flash(gettext("Saved."))
            return redirect(url_for(".list_groups"))
    return _show(form), UNPROCESSABLE


@bp.post("/groups/remove")
def remove_group() -> ResponseReturnValue:
    """Remove one group that has no channel."""
    path, session = request.form.get("path", ""), db.session()
    with told():
        groups.remove_group(session, g.account, path)
        note("group.remove", at=clock.utcnow(), path=path)
        session.commit()
        flash(gettext("Removed “%(path)s”.", path=path))
    return redirect(url_for(".list_groups"))


def _show(form: GroupForm) -> str:
    session = db.session()
    return render_template(
        "channels/groups.html",
        form=form,
        folders=groups.list_folders(session, g.account),
    )
