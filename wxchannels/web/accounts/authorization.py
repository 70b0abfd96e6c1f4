"""Setting web authorization up: where browsers may go on, and WeChat's own check."""

from urllib.parse import urlsplit

from flask import current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.authorizations.addresses import list_addresses
from wxchannels.authorizations.domain import read_domain_file
from wxchannels.extensions import db
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.forms import AuthorizationForm
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained


@connection_bp.get("/web-authorization")
def edit_authorization() -> str:
    """Show what web authorization needs, here and in WeChat's console."""
    return _show_form(AuthorizationForm.showing(g.account))


@connection_bp.post("/web-authorization")
def change_authorization() -> ResponseReturnValue:
    """Change the addresses and the file."""
    form = AuthorizationForm()
    if form.validate():
        with explained(form):
            _change(form.addresses.data or "", (form.domain_file.data or "").strip())
            flash(gettext("Saved."))
            return redirect(url_for(".edit_authorization"))
    return _show_form(form), UNPROCESSABLE


def _change(addresses: str, domain_file: str) -> None:
    account = g.account
    account.return_addresses = list_addresses(addresses)
    account.domain_proof = read_domain_file(domain_file)
    listed = account.return_addresses
    note("account.web_authorization", account.id, at=clock.utcnow(), addresses=listed)
    db.session.commit()


def _show_form(form: AuthorizationForm) -> str:
    base = current_app.config["BASE_URL"]
    return render_template(
        "accounts/authorization.html",
        form=form,
        domain=urlsplit(base).netloc,
        link=base + url_for("oauth.start", slug=g.account.slug),
    )
