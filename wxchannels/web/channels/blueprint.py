"""The blueprint of these pages: everybody of the account reads, staff change."""

from collections.abc import Collection
from typing import Any

from flask import g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from wxchannels.extensions import db
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint, explain_missing

bp = account_blueprint(
    "channels", __name__, prefix="channels", write=Action.MANAGE_CHANNELS
)

#: Numbers beyond this are no row's, and too much for a database.
ONE = "/<int(max=2147483647):channel_id>"
CODE = f"{ONE}/qrcodes/<int(max=2147483647):qrcode_id>"
#: As `view`: what is done is done on a channel's own page.
OWN_PAGE = "channel"


#: Pages that only lead to changes.
FORMS = {f"channels.{view}" for view in ("new", "edit", "new_code", "list_groups")}


@bp.before_request
def require_right_to_forms() -> Response | None:
    """Show the forms only to those who may send them."""
    if request.endpoint in FORMS and not may_manage():
        return explain_missing(Action.MANAGE_CHANNELS)
    return None


@bp.context_processor
def give_rights() -> dict[str, Any]:
    """Tell the templates whether the reader may change anything, and who is who."""
    return {"may_manage": may_manage(), "colleagues": colleagues}


def colleagues(emails: Collection[str] | None = None) -> dict[str, str]:
    """Return the names of the account's users by address: of all or of those asked."""
    people = policy.list_people(db.session(), g.account, emails)
    return {user.email: user.name or user.email for user in people}


def may_manage() -> bool:
    """Say whether the reader may change the account's channels."""
    return policy.can(current_user, Action.MANAGE_CHANNELS, g.account)
