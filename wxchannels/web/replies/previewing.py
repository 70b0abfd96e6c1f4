"""What is being typed, as WeChat would show it."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request

from wxchannels import clock
from wxchannels.channels import variables
from wxchannels.channels.replies import AUDIENCES, BadReplyError, check_reply
from wxchannels.channels.variables import Values
from wxchannels.ledger.days import local_day
from wxchannels.web.errors import sentence_of
from wxchannels.web.replies.blueprint import bp
from wxchannels.web.reply_form import ReplyForm

#: Stands for the end of an openid.
SOMEBODY = "1a2b"


@bp.post("/preview")
def preview() -> str:
    """Show the reply whose fields are named like `of`, or why it is none."""
    asked = request.args
    form = ReplyForm(request.form, prefix=asked.get("of", ""))
    try:
        problem = ""
        check_reply("", form.given())
    except BadReplyError as error:
        problem = sentence_of(error)
    reply = read_preview(form, asked.get("channel", ""), asked.get("audience", ""))
    return render_template("replies/_preview.html", reply=reply, problem=problem)


def read_preview(
    form: ReplyForm, channel: str = "", audience: str = ""
) -> Mapping[str, Any] | None:
    """Return the reply that is typed as somebody reads it; None for none, or a bad one.

    `channel` is the name that is filled in, where one is known. Where nothing is typed,
    an `audience` gets the account's default.
    """
    try:
        reply = check_reply("", form.given())
    except BadReplyError:
        return None
    if reply is None and audience in AUDIENCES:
        reply = getattr(g.account, audience)
    return variables.fill(reply, sample_values(channel)) if reply else None


def sample_values(channel: str) -> Values:
    """Return what the variables stand for in a preview."""
    today = local_day(clock.utcnow(), g.account.time_zone)
    return Values(
        channel=channel,
        account=g.account.name,
        date=today.isoformat(),
        openid_tail=SOMEBODY,
    )
