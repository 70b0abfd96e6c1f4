"""The replies people get where their channel has none of its own."""

from collections.abc import Mapping

from wxchannels.channels.replies import (
    Audience,
    BadReplyError,
    check_reply,
)
from wxchannels.models import Account


def change_replies(
    account: Account, replies: Mapping[Audience, object]
) -> list[BadReplyError]:
    """Set the default reply of each audience in `replies`; return what is wrong."""
    problems = []
    for audience, given in replies.items():
        try:
            setattr(account, audience, check_reply(audience, given))
        except BadReplyError as problem:
            problems.append(problem)
    return problems
