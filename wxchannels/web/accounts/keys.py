"""The API keys of an account."""

from flask import abort, flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.models import ApiKey
from wxchannels.people import api_keys
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.forms import KeyForm
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.irreversible import ConfirmedForm
from wxchannels.web.refusals import explained

REVOKE = "/keys/<int(max=2147483647):key_id>/revoke"


@connection_bp.get("/keys")
def list_keys() -> str:
    """Show the keys, and the form for another one."""
    return _show(KeyForm(formdata=None))


@connection_bp.post("/keys")
def issue_key() -> ResponseReturnValue:
    """Make a key and show it, this once."""
    form = KeyForm()
    if form.validate():
        with explained(form):
            text = _issue(form)
            response = make_response(_show(KeyForm(formdata=None), new_key=text))
            response.cache_control.no_store = True
            return response
    return _show(form), UNPROCESSABLE


@connection_bp.get(REVOKE)
def ask_to_revoke(key_id: int) -> str:
    """Show what revoking the key means, and ask to type the account's name."""
    return _show_revocation(_find(key_id), ConfirmedForm(formdata=None))


@connection_bp.post(REVOKE)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """Let the key open nothing any more, once that is confirmed."""
    key, form = _find(key_id), ConfirmedForm()
    if not form.validate() or not form.confirms(g.account):
        return _show_revocation(key, form), UNPROCESSABLE
    session, now = db.session(), clock.utcnow()
    api_keys.revoke(key, at=now)
    note("api_key.revoke", key.id, at=now, name=key.name, scopes=key.scopes)
    session.commit()
    flash(gettext("The key “%(name)s” opens nothing any more.", name=key.name))
    return redirect(url_for(".list_keys"))


def _find(key_id: int) -> ApiKey:
    key = db.session.get(ApiKey, key_id)
    if key is None or key.account_id != g.account.id:
        abort(404)
    return key


def _issue(form: KeyForm) -> str:
    session, now = db.session(), clock.utcnow()
    name, scopes = form.name.data or "", form.scopes.data or []
    key, text = api_keys.issue_key(session, g.account, name, scopes, at=now)
    note("api_key.issue", key.id, at=now, name=key.name, scopes=key.scopes)
    session.commit()
    return text


def _show(form: KeyForm, *, new_key: str = "") -> str:
    keys = api_keys.list_keys(db.session(), g.account)
    return render_template("accounts/keys.html", form=form, keys=keys, new_key=new_key)


def _show_revocation(key: ApiKey, form: ConfirmedForm) -> str:
    return render_template("accounts/key_revoke.html", key=key, form=form)
