"""The blueprints of these pages and who may see them."""

from flask import request, url_for
from flask_babel import lazy_gettext as _

from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint, administrator_blueprint
from wxchannels.web.tabs import Tab

#: For those who run the installation.
accounts_bp = administrator_blueprint("accounts", __name__, prefix="accounts")
#: For those who look after one account.
connection_bp = account_blueprint(
    "connection",
    __name__,
    prefix="",
    read=Action.MANAGE_ACCOUNT,
    write=Action.MANAGE_ACCOUNT,
)

TABS = (
    ("connection.show", _("Connection")),
    ("connection.show_health", _("Health")),
    ("connection.edit", _("Settings")),
    ("connection.edit_authorization", _("Web authorization")),
    ("connection.list_keys", _("API keys")),
    ("connection.list_webhooks", _("Webhooks")),
    ("connection.edit_binding", _("Account binding")),
    ("connection.ask_for_person", _("Personal data")),
)


@connection_bp.context_processor
def give_tabs() -> dict[str, list[Tab]]:
    """Give the templates the pages about this account."""
    path = request.path
    urls = [(url_for(endpoint), label) for endpoint, label in TABS]
    return {
        "tabs": [
            Tab(url, label, is_current=path == url or path.startswith(f"{url}/"))
            for url, label in urls
        ]
    }
