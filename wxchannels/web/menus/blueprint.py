"""The blueprint of these pages: everybody of the account reads, administrators edit."""

from typing import Any

from flask import g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from wxchannels.menus.buttons import find_button, write_position
from wxchannels.menus.limits import visible_name
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint, explain_missing
from wxchannels.web.auth.blueprint import me
from wxchannels.web.menus import words

bp = account_blueprint("menus", __name__, prefix="menus", write=Action.MANAGE_MENU)

#: Pages that only lead to changes.
FORMS = {"menus.confirm_deletion"}


@bp.before_request
def require_right_to_forms() -> Response | None:
    """Show the forms only to those who may send them."""
    if request.endpoint in FORMS and not may_edit():
        return explain_missing(Action.MANAGE_MENU)
    return None


@bp.context_processor
def give_words() -> dict[str, Any]:
    """Tell the templates what the reader may do, and what things are called."""
    return {
        "may_edit": may_edit(),
        "may_answer": policy.can(current_user, Action.MANAGE_CHANNELS, g.account),
        "kind_name": words.kind_name,
        "kind_hint": words.kind_hint,
        "field_name": words.FIELD_NAMES.get,
        "change_name": words.CHANGES.get,
        "visible_name": visible_name,
        "write_position": write_position,
        "find_button": find_button,
    }


def may_edit() -> bool:
    """Say whether the reader may change the account's menu."""
    return policy.can(current_user, Action.MANAGE_MENU, g.account)


def my_name() -> str:
    """Return how drafts and versions call the person who asks."""
    name: str = me().email
    return name
