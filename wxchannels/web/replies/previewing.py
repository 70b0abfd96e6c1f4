"""What is being typed, as WeChat would show it."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request

from wxchannels import clock
from wxchannels.channels import variables
from wxchannels.channels.replies import BadReplyError, check_reply
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
    form = ReplyForm(request.form, prefix=request.args.get("of", ""))
    channel = request.args.get("channel", "")
    try:
        problem = ""
        check_reply("", form.given())
    except BadReplyError as error:
        problem = sentence_of(error)
    return render_template(
        "replies/_preview.html", reply=read_preview(form, channel), problem=problem
    )


def read_preview(form: ReplyForm, channel: str = "") -> Mapping[str, Any] | None:
    """Return the reply that is typed as somebody reads it; None for none, or a bad one.

    `channel` is the name that is filled in, where one is known.
    """
    try:
        reply = check_reply("", form.given())
    except BadReplyError:
        return None
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
