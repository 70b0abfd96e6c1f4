"""The blueprint of these pages: for everybody who writes replies."""

from datetime import datetime

from flask import g, request, url_for
from flask_babel import lazy_gettext as _

from wxchannels.extensions import db
from wxchannels.people import audit
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.auth.blueprint import me
from wxchannels.web.tabs import Tab

UNPROCESSABLE = 422
TABS = (("replies.edit", _("Default replies")),)

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
    return {"tabs": [Tab(url, label, url == request.path) for url, label in urls]}


def note(
    action: str, subject_id: int | None = None, *, at: datetime, **details: object
) -> None:
    """Write down what the person who asks has done."""
    audit.note(
        db.session(),
        me(),
        action,
        account=g.account,
        subject_id=subject_id,
        details=details,
        at=at,
    )
