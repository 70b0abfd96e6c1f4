"""The replies people get where their channel has none of its own."""

from collections.abc import Mapping

from wxchannels.channels.replies import (
    Audience,
    BadReplyError,
    check_reply,
)
from wxchannels.models import Account


def change_replies(
    account: Account, texts: Mapping[Audience, object]
) -> list[BadReplyError]:
    """Set the default reply of each audience in `texts`; return what is wrong.

    A reply of another kind, like an article, stays while its words are left empty.
    """
    problems = []
    for audience, given in texts.items():
        try:
            reply = check_reply(audience, given)
        except BadReplyError as problem:
            problems.append(problem)
            continue
        old = getattr(account, audience)
        if reply is not None or old is None or old["kind"] == "text":
            setattr(account, audience, reply)
    return problems
