"""What WeChat is asked: to show the draft, to show no menu, to say what it shows."""

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.menus import publishing, refusals
from wxchannels.menus.buttons import Menu, get_button
from wxchannels.menus.refusals import Refusal
from wxchannels.menus.standing import standing_of
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.irreversible import ConfirmedForm
from wxchannels.web.menus.blueprint import bp, my_name
from wxchannels.web.menus.forms import ButtonForm
from wxchannels.web.menus.page import Chosen, render_page
from wxchannels.web.refusals import told, told_by_wechat
from wxchannels.web.wechat import client_for, translated
from wxchannels.wechat.errors import WeChatError


def publish_draft(revision: int, chosen: Chosen) -> ResponseReturnValue:
    """Have WeChat show the draft as it was seen at `revision`."""
    session, now = db.session(), clock.utcnow()
    with told():
        menu = publishing.plan_publication(session, g.account, revision)
        wechat = client_for(g.account)
        session.commit()
        try:
            publishing.ask_to_publish(session, wechat, menu)
        except WeChatError as error:
            return _refused(refusals.explain(error, menu), menu, chosen)
        version = publishing.record_publication(
            session, g.account, menu, by=my_name(), at=now
        )
        note("menu.publish", version.id, at=now)
        session.commit()
        flash(
            gettext(
                "Published. Followers see it after five minutes at most; sooner if "
                "they enter the chat anew."
            )
        )
    return redirect(url_for(".show", b=chosen.address))


@bp.get("/delete")
def confirm_deletion() -> str:
    """Ask again, and say what goes."""
    return _show_deletion(ConfirmedForm(formdata=None))


@bp.post("/delete")
def delete() -> ResponseReturnValue:
    """Have WeChat show no menu, once that is confirmed. The draft stays."""
    session, now, form = db.session(), clock.utcnow(), ConfirmedForm()
    if not form.validate() or not form.confirms(g.account):
        return _show_deletion(form), UNPROCESSABLE
    with told_by_wechat(_explain):
        wechat = client_for(g.account)
        session.commit()
        publishing.ask_to_delete(session, wechat)
        version = publishing.record_publication(
            session, g.account, (), by=my_name(), at=now
        )
        note("menu.delete", version.id, at=now)
        session.commit()
        flash(gettext("The menu is deleted. The draft is still here."))
    return redirect(url_for(".show"))


@bp.post("/live")
def look() -> ResponseReturnValue:
    """Ask WeChat what it shows, and keep the answer."""
    session, now = db.session(), clock.utcnow()
    with told_by_wechat(_explain):
        wechat = client_for(g.account)
        session.commit()
        shown = publishing.ask_what_is_live(session, wechat)
        publishing.record_live(session, g.account, shown, at=now)
        session.commit()
        flash(gettext("Checked the menu in WeChat."))
    return redirect(url_for(".show", b=request.args.get("b") or None))


def _explain(error: WeChatError) -> str:
    return translated(refusals.explain(error).explanation)


def _refused(refusal: Refusal, menu: Menu, chosen: Chosen) -> Response:
    """Show the page with the refusal at the button it is about, if it is one's."""
    sentence = translated(refusal.explanation)
    if len(refusal.positions) == 1:
        chosen = Chosen(refusal.positions[0])
    elif refusal.positions:
        names = " · ".join(get_button(menu, p).name for p in refusal.positions)
        sentence += " " + gettext("It may be about: %(names)s.", names=names)
    standing = standing_of(db.session(), g.account)
    form = ButtonForm.showing(get_button(standing.menu, chosen.position))
    if len(refusal.positions) == 1:
        form[refusal.field].errors = [sentence]
    return render_page(
        standing,
        chosen,
        form,
        refusal=sentence,
        refused=refusal.positions,
        status=UNPROCESSABLE,
    )


def _show_deletion(form: ConfirmedForm) -> str:
    standing = standing_of(db.session(), g.account)
    return render_template("menus/delete.html", form=form, standing=standing)
