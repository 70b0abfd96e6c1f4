"""Buttons whose press is answered with nothing."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from wxchannels.menus.buttons import Button, walk
from wxchannels.menus.versions import latest_version, published_menu
from wxchannels.models import Account, ReplyRule, Trigger

#: After these people wait for what the account says. Pictures and places come as
#: messages of their own.
WAITED_FOR = frozenset(("click", "scancode_waitmsg"))


def unanswered_buttons(
    session: Session, account: Account, rules: Sequence[ReplyRule]
) -> list[Button]:
    """Return the published buttons that none of the account's `rules` answers."""
    answered = {
        key
        for rule in rules
        if rule.is_on and rule.answers == Trigger.MENU
        for key in rule.words
    }
    menu = published_menu(latest_version(session, account))
    buttons = [button for _, button in walk(menu) if button.type in WAITED_FOR]
    return [button for button in buttons if button.key not in answered]
