"""The guards of pages: those of an account, and those of administrators."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    abort,
    after_this_request,
    g,
    make_response,
    render_template,
    request,
)
from flask_babel import lazy_gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from wxchannels.accounts import accounts
from wxchannels.extensions import db
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.web.auth.blueprint import ask_to_sign_in
from wxchannels.web.preferences import remember
from wxchannels.web.requests import SAFE_METHODS

#: The cookie with the slug of the account that was looked at last.
LAST_ACCOUNT = "account"


def account_blueprint(
    name: str,
    import_name: str,
    *,
    prefix: str,
    write: Action,
    read: Action = Action.READ,
) -> Blueprint:
    """Return a blueprint under `/<slug>/prefix` that lets in only who may.

    Its views take no slug: the account is `g.account`, and `url_for` fills the slug
    in. Whoever is not signed in is sent to sign in; to others it does not exist.
    """
    bp = Blueprint(name, import_name, url_prefix=f"/<slug>/{prefix}".rstrip("/"))
    bp.url_value_preprocessor(_load_account)
    bp.url_defaults(_fill_in_slug)

    @bp.before_request
    def require_right() -> Response | None:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        action = read if request.method in SAFE_METHODS else write
        if g.account is None or not policy.can(current_user, Action.READ, g.account):
            abort(404)
        if not policy.can(current_user, action, g.account):
            return explain_missing(action)
        _remember_account(g.account.slug)
        return None

    return bp


def _remember_account(slug: str) -> None:
    """Have the start page lead here. Not in the session: a GET would write it."""
    if request.cookies.get(LAST_ACCOUNT) != slug:
        after_this_request(partial(remember, name=LAST_ACCOUNT, value=slug))


def _load_account(endpoint: str | None, values: dict[str, Any] | None) -> None:
    del endpoint
    slug = values.pop("slug") if values else ""
    # The page of an error asks for it, even where the database does not answer.
    g.account = None
    g.account = accounts.find_account(db.session(), slug)


def _fill_in_slug(endpoint: str, values: dict[str, Any]) -> None:
    del endpoint
    if "account" in g and g.account is not None:
        values.setdefault("slug", g.account.slug)


def administrator_blueprint(name: str, import_name: str, *, prefix: str) -> Blueprint:
    """Return a blueprint under `/prefix` for those who run the installation.

    To other users its pages are not there.
    """
    bp = Blueprint(name, import_name, url_prefix=f"/{prefix}")

    @bp.before_request
    def require_administrator() -> Response | None:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if not policy.is_administrator(current_user):
            return explain_missing(None)
        return None

    return bp


#: What whoever lacks a right is told; without one it is about the installation.
MISSING: Mapping[Action | None, object] = {
    Action.MANAGE_CHANNELS: _("Your role can view channels but not change them."),
    Action.MANAGE_MENU: _("Your role can view the menu but not change it."),
    Action.MANAGE_ACCOUNT: _("Only this account’s administrators can open this page."),
    None: _("Only system administrators can open this page."),
}


def explain_missing(action: Action | None) -> Response:
    """Say which right is missing to somebody who may see the account.

    Not found, like what there is not: only the words say more.
    """
    page = render_template("errors/missing_right.html", reason=MISSING[action])
    return make_response(page, HTTPStatus.NOT_FOUND)
