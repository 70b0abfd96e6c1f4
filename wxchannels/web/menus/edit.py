"""Changing the draft: a button at a time, and what takes it back."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.menus import editing
from wxchannels.menus.buttons import Menu, get_button
from wxchannels.menus.drafts import (
    change_draft,
    check_revision,
    get_draft,
    menu_of,
    take_back,
)
from wxchannels.menus.standing import standing_of
from wxchannels.models import MenuDraft
from wxchannels.paging import parse_number
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.menus.blueprint import bp, my_name
from wxchannels.web.menus.forms import ButtonForm
from wxchannels.web.menus.page import Chosen, read_chosen, render_page
from wxchannels.web.menus.publish import publish_draft
from wxchannels.web.refusals import explained, told
from wxchannels.web.undoing import offer_undo

PUBLISH, REMOVE = "publish", "remove"
STEPS = {"up": -1, "down": 1}


@bp.post("/buttons/<address>")
def change(address: str) -> ResponseReturnValue:
    """Put what was typed into the draft, then do what the pressed button says."""
    form, draft = ButtonForm(), get_draft(db.session(), g.account)
    chosen = read_chosen(address, menu_of(draft))
    if form.validate():
        with explained(form):
            return _change(draft, chosen, form, request.form.get("do", ""))
    standing = standing_of(db.session(), g.account)
    return render_page(standing, chosen, form, status=UNPROCESSABLE)


@bp.post("/undo")
def undo() -> ResponseReturnValue:
    """Take the last change back, if nothing was changed after it."""
    session, seen = db.session(), parse_number(request.args.get("revision", ""))
    with told():
        draft = get_draft(session, g.account)
        check_revision(draft, -1 if seen is None else seen)
        take_back(session, draft, by=my_name(), at=clock.utcnow())
        session.commit()
        flash(gettext("Undone."))
    return redirect(url_for(".show"))


def replace_draft(menu: Menu, revision: int, sentence: str) -> None:
    """Make `menu` the draft that was seen at `revision`; offer to take it back."""
    session = db.session()
    draft = get_draft(session, g.account)
    check_revision(draft, revision)
    change_draft(session, draft, menu, by=my_name(), at=clock.utcnow())
    session.commit()
    offer_undo(sentence, url_for(".undo", revision=revision + 1))


def _change(
    draft: MenuDraft, chosen: Chosen, form: ButtonForm, what: str
) -> ResponseReturnValue:
    revision = form.revision_seen()
    check_revision(draft, revision)
    if what == REMOVE:
        return _remove(menu_of(draft), chosen, revision)
    menu, chosen = _changed(menu_of(draft), chosen, form, what)
    if menu != menu_of(draft):
        session = db.session()
        change_draft(session, draft, menu, by=my_name(), at=clock.utcnow())
        session.commit()
        revision += 1
    if what == PUBLISH:
        return publish_draft(revision, chosen)
    return redirect(url_for(".show", b=request.form.get("then") or chosen.address))


def _changed(
    menu: Menu, chosen: Chosen, form: ButtonForm, what: str
) -> tuple[Menu, Chosen]:
    """Return the menu with the form's button in it, and where that stands now."""
    if chosen.is_new:
        if form.is_blank:
            return menu, chosen
        added, position = editing.add_button(menu, chosen.position, form.button())
        return added, Chosen(position)
    menu = editing.change_button(menu, chosen.position, form.button())
    menu, position = editing.move_button(menu, chosen.position, STEPS.get(what, 0))
    return menu, Chosen(position)


def _remove(menu: Menu, chosen: Chosen, revision: int) -> ResponseReturnValue:
    if chosen.is_new:
        return redirect(url_for(".show"))
    name = get_button(menu, chosen.position).name
    left = editing.remove_button(menu, chosen.position)
    said = gettext("“%(name)s” is removed from the draft.", name=name)
    replace_draft(left, revision, said)
    return redirect(url_for(".show"))
