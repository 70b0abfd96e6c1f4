"""The start page: it leads to the account that was looked at last."""

from collections.abc import Sequence

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from wxchannels.extensions import db
from wxchannels.models import Account
from wxchannels.people import policy
from wxchannels.web.access import LAST_ACCOUNT

bp = Blueprint("home", __name__)

#: Where an account opens: the first of these that exists.
FIRST_PAGES = ("overview.show", "channels.index")


@bp.get("/")
def show() -> ResponseReturnValue:
    """Lead to the account looked at last, or say what is to be done first."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"))
    accounts = policy.list_accounts(db.session(), current_user)
    pages = [page for page in FIRST_PAGES if page in current_app.view_functions]
    if accounts and pages:
        return redirect(url_for(pages[0], slug=_last_of(accounts).slug))
    return render_template(
        "auth/home.html",
        accounts=accounts,
        is_administrator=policy.is_administrator(current_user),
    )


def _last_of(accounts: Sequence[Account]) -> Account:
    slug = request.cookies.get(LAST_ACCOUNT)
    return next((one for one in accounts if one.slug == slug), accounts[0])
