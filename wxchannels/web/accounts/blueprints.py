"""The blueprints of these pages and who may see them."""

from dataclasses import dataclass

from flask import Blueprint, abort, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.auth.blueprint import ask_to_sign_in

UNPROCESSABLE = 422

#: For those who run the installation.
accounts_bp = Blueprint("accounts", __name__, url_prefix="/accounts")
#: For those who look after one account.
connection_bp = account_blueprint(
    "connection",
    __name__,
    prefix="",
    read=Action.MANAGE_ACCOUNT,
    write=Action.MANAGE_ACCOUNT,
)
#: For everybody who writes replies.
replies_bp = account_blueprint(
    "replies",
    __name__,
    prefix="replies",
    read=Action.MANAGE_CHANNELS,
    write=Action.MANAGE_CHANNELS,
)


@dataclass(frozen=True)
class Tab:
    """One of the pages about an account."""

    url: str
    label: str
    is_current: bool


TABS = (
    ("connection.show", _("Connection"), Action.MANAGE_ACCOUNT),
    ("connection.edit", _("Settings"), Action.MANAGE_ACCOUNT),
    ("replies.edit", _("Default replies"), Action.MANAGE_CHANNELS),
    ("connection.list_keys", _("API keys"), Action.MANAGE_ACCOUNT),
    ("connection.ask_for_person", _("Personal data"), Action.MANAGE_ACCOUNT),
)


@accounts_bp.before_request
def require_administrator() -> Response | None:
    """Let in who runs the installation; to others these pages do not exist."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    if not policy.is_administrator(current_user):
        abort(404)
    return None


@connection_bp.context_processor
@replies_bp.context_processor
def give_tabs() -> dict[str, list[Tab]]:
    """Give the templates the pages about this account that the reader may see."""
    path = request.path
    urls = [(url_for(endpoint), label, action) for endpoint, label, action in TABS]
    return {
        "tabs": [
            Tab(url, label, is_current=path == url or path.startswith(f"{url}/"))
            for url, label, action in urls
            if policy.can(current_user, action, g.account)
        ]
    }
