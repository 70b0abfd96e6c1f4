"""What went over the wire, as a terminal would show it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.answers import Verdict
from wxchannels.sandbox.delivery import Delivery, Try
from wxchannels.sandbox.phone.times import clock_time
from wxchannels.sandbox.post import PostOffice

SHOWN_PUSHES = 8


@dataclass(frozen=True)
class Strip:
    """Some words in one colour: d dim, p push, g good, y warning, or none."""

    colour: str
    text: str


Row = Sequence[Strip]


def list_wire(account: Account, post: PostOffice) -> Sequence[Row]:
    """Return the rows about the account's last pushes, the newest last."""
    own = [one for one in post.log if one.push.app_id == account.app_id]
    return [row for one in own[-SHOWN_PUSHES:] for row in _rows(account, one)]


def _rows(account: Account, delivery: Delivery) -> Iterator[Row]:
    """Tell of a push, then of every try."""
    path = urlsplit(account.callback_url).path
    yield [
        Strip("d", clock_time(delivery.push.at)),
        Strip("p", gettext("push → %(path)s", path=path)),
        Strip("", _mode_name(delivery.mode)),
    ]
    fields = delivery.push.fields
    said = fields.get("EventKey") or fields.get("Content") or ""
    yield [Strip("", f"         {delivery.push.kind}  {said}".rstrip())]
    if delivery.state == "late":
        late = gettext("held up until %(time)s", time=clock_time(delivery.due_at))
        yield [Strip("y", f"         {late}")]
    if delivery.state == "held":
        held = gettext("kept back until another one comes")
        yield [Strip("y", f"         {held}")]
    for attempt in delivery.tries:
        yield _answer(attempt)


def _answer(attempt: Try) -> Row:
    """Tell what came back from one try."""
    again = []
    if attempt.number > 1:
        again.append(gettext("try %(number)d", number=attempt.number))
    if attempt.copy > 1:
        again.append(gettext("copy %(number)d", number=attempt.copy))
    status = f"{attempt.status}, " if attempt.status else ""
    words = f"← {status}{attempt.milliseconds} ms, {_verdict_name(attempt)}"
    good = attempt.verdict in {Verdict.HANDLED, Verdict.REPLY}
    row = [
        Strip("d", clock_time(attempt.at)),
        Strip("g" if good else "y", words),
    ]
    return [*row, Strip("y", f"({', '.join(again)})")] if again else row


def _verdict_name(attempt: Try) -> str:
    """Say what WeChat made of an answer."""
    names = {
        Verdict.HANDLED: gettext("nothing to say"),
        Verdict.REPLY: gettext("a reply"),
        Verdict.FAULT: gettext("no use: %(problem)s", problem=attempt.problem),
        Verdict.HTTP_ERROR: gettext("an error"),
        Verdict.TIMEOUT: gettext("too late"),
        Verdict.UNREACHABLE: gettext("nobody there"),
        Verdict.LOST: gettext("the answer got lost"),
    }
    return str(names[attempt.verdict])


def _mode_name(mode: str) -> str:
    names = {
        "plain": gettext("plain"),
        "compatible": gettext("compatible mode"),
        "safe": gettext("safe mode"),
    }
    return str(names[mode])
