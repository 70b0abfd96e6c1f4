"""From the answer to a push to the reply that goes out. Asks no database."""

from wxchannels.channels.variables import OPENID_TAIL, Values, fill, has_braces
from wxchannels.ledger.answers import Answer
from wxchannels.ledger.days import local_day
from wxchannels.wechat.pushes import Push
from wxchannels.wechat.replies import Reply, ReplyFieldError, from_mapping


def speak(answer: Answer, push: Push, *, account: str, time_zone: str) -> Reply | None:
    """Return what the person reads, the same for every copy of `push`.

    `account` is its name.
    """
    if answer.reply is None:
        return None
    # Most replies have no variables, and then need no day and no names.
    if answer.origin is None or not has_braces(answer.reply):
        return from_mapping(answer.reply)
    values = Values(
        channel=answer.channel_name,
        account=account,
        date=local_day(push.created_at, time_zone).isoformat(),
        openid_tail=push.openid[-OPENID_TAIL:],
    )
    try:
        return from_mapping(fill(answer.reply, values))
    except ReplyFieldError:
        # Stored before variables were checked: better as it is written than not at all.
        return from_mapping(answer.reply)
