"""A channel's own page: its codes, its figures, its replies, what was done to it."""

from datetime import datetime

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from wxchannels import clock
from wxchannels.channels import channels
from wxchannels.channels.adoption import list_adopted
from wxchannels.channels.qrcodes import main_qrcode
from wxchannels.channels.replies import previews
from wxchannels.channels.trail import channel_trail
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.ledger.days import local_day
from wxchannels.reports.channel_page import row_summary
from wxchannels.reports.chart import parse_metric
from wxchannels.reports.periods import Period
from wxchannels.web.audit_words import act_word, actor_word
from wxchannels.web.channels.blueprint import ONE, bp
from wxchannels.web.channels.words import channel_standing, code_standing
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.period_query import period_name, read_period


@bp.get(ONE)
def show(channel_id: int) -> ResponseReturnValue:
    """Show the channel; where days are refused, with those it has without them."""
    now = clock.utcnow()
    try:
        period = read_period(request.args, g.account, now=now)
    except DomainError as error:
        usual = read_period({}, g.account, now=now)
        return _page(channel_id, usual, now, refused=error), status_of(error)
    return _page(channel_id, period, now)


def _page(
    channel_id: int,
    period: Period,
    now: datetime,
    *,
    refused: DomainError | None = None,
) -> str:
    session = db.session()
    channel = channels.get_channel(session, g.account, channel_id)
    code, today = main_qrcode(channel, now), local_day(now, g.account.time_zone)
    return render_template(
        "channels/show.html",
        channel=channel,
        code=code,
        adopted=list_adopted(session, g.account, channel),
        others=[other for other in reversed(channel.qrcodes) if other is not code],
        summary=row_summary(session, g.account, channel.id, period, now=now),
        metric=parse_metric(request.args.get("metric", "")),
        chosen="" if refused else period_name(request.args, period, now),
        refusal=sentence_of(refused) if refused else "",
        refused_field=refused.field if refused else "",
        previews=previews(g.account, channel, date=today.isoformat()),
        trail=channel_trail(session, channel),
        standing=channel_standing(channel, now),
        code_standing=code_standing,
        act_word=act_word,
        actor_word=actor_word,
        now=now,
        data_until=now,
        phone_url=current_app.config.get("SANDBOX_URL"),
    )
