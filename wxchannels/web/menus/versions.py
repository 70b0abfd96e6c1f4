"""What was published before, and using it again."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels.extensions import db
from wxchannels.menus.differences import find_differences
from wxchannels.menus.drafts import get_draft, menu_of
from wxchannels.menus.standing import standing_of
from wxchannels.menus.versions import (
    get_version,
    list_versions,
    published_menu,
    version_before,
)
from wxchannels.paging import parse_number
from wxchannels.web.menus.blueprint import bp
from wxchannels.web.menus.edit import replace_draft
from wxchannels.web.refusals import told

ONE = "/versions/<int(max=2147483647):number>"


@bp.get("/versions")
def list_all() -> str:
    """List the versions, the newest first."""
    versions = list_versions(db.session(), g.account)
    return render_template("menus/versions.html", versions=versions)


@bp.get(ONE)
def show_version(number: int) -> str:
    """Show one of them, what it changed, and how the draft differs from it."""
    session = db.session()
    version = get_version(session, g.account, number)
    menu, draft = published_menu(version), get_draft(session, g.account)
    before = published_menu(version_before(session, version))
    return render_template(
        "menus/version.html",
        shown=version,
        menu=menu,
        draft=draft,
        changed=find_differences(before, menu),
        differs=find_differences(menu, menu_of(draft)),
    )


@bp.post(f"{ONE}/use")
def use_again(number: int) -> ResponseReturnValue:
    """Make the version the draft."""
    version = get_version(db.session(), g.account, number)
    with told():
        said = gettext("The draft is that version now. Publish it to show it again.")
        replace_draft(published_menu(version), _revision(), said)
    return redirect(url_for(".show"))


@bp.post("/import")
def import_live() -> ResponseReturnValue:
    """Make the menu that WeChat shows the draft."""
    standing = standing_of(db.session(), g.account)
    with told():
        if standing.shown:
            said = gettext("The draft is the menu that WeChat shows now.")
            replace_draft(standing.shown.menu, _revision(), said)
    return redirect(url_for(".show"))


def _revision() -> int:
    seen = parse_number(request.form.get("revision", ""))
    return -1 if seen is None else seen
