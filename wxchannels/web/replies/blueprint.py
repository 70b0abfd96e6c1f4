"""The blueprint of these pages: for everybody who writes replies."""

from flask import request, url_for
from flask_babel import lazy_gettext as _

from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.tabs import Tab

TABS = (
    ("replies.edit", _("Default replies")),
    ("replies.list_rules", _("Keyword rules")),
    ("replies.try_out", _("Try it out")),
)

bp = account_blueprint(
    "replies",
    __name__,
    prefix="replies",
    read=Action.MANAGE_CHANNELS,
    write=Action.MANAGE_CHANNELS,
)


@bp.context_processor
def give_tabs() -> dict[str, list[Tab]]:
    """Give the templates the pages about replies."""
    urls = [(url_for(endpoint), label) for endpoint, label in TABS]
    path, default = request.path, urls[0][0]
    return {
        "tabs": [
            Tab(url, label, path == url or (url != default and path.startswith(url)))
            for url, label in urls
        ]
    }
