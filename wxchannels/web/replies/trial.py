"""What would this person get? A dry run of the very code that answers pushes."""

from collections.abc import Mapping

from flask import g, render_template, request
from flask_babel import lazy_gettext as _

from wxchannels import clock
from wxchannels.channels import channels, rules, trial
from wxchannels.channels.search import Filters, list_channels
from wxchannels.channels.trial import CLASSES, Event, Trial
from wxchannels.extensions import db
from wxchannels.ledger.answers import Origin
from wxchannels.members import chat
from wxchannels.models import Channel, ReplyRule
from wxchannels.web.replies.blueprint import bp
from wxchannels.web.replies.previewing import SOMEBODY
from wxchannels.wechat import replies

#: As many channels are offered while one types.
OFFERED = 100
EVENTS: Mapping[Event, object] = {
    Event.FOLLOW: _("follows for the first time"),
    Event.RETURN: _("follows again"),
    Event.SCAN: _("scans, following already"),
    Event.MESSAGE: _("writes a message"),
    Event.MENU: _("presses a menu button"),
}
#: Why, where the origin of the reply says it.
REASONS: Mapping[Origin | None, object] = {
    Origin.RULE: _("This rule is the first that fits."),
    Origin.FALLBACK: _("No rule fits: this is the reply to all other messages."),
    Origin.CHANNEL: _("The channel has a reply of its own for this."),
}
WITHOUT_RULE: Mapping[Event, object] = {
    Event.MESSAGE: _("No rule fits, and there is no reply to all other messages."),
    Event.MENU: _("No rule has exactly this key. WeChat shows nothing."),
}
CODE_IS_OFF = _(
    "The channel or its code is disabled, archived or expired: the account’s default "
    "decides."
)
OWN_IS_MISSING = _(
    "The channel has no reply of its own for this: the account’s default decides."
)


@bp.get("/try")
def try_out() -> str:
    """Show what somebody would read, and why that."""
    session, now = db.session(), clock.utcnow()
    event, name, text = _asked()
    channel = channels.find_by_name(session, g.account, name) if name else None
    is_lost = bool(name) and channel is None
    tried = None
    if "event" in request.args and not is_lost:
        tried = trial.try_out(
            session,
            g.account,
            event,
            channel=channel,
            text=text,
            openid=f"o{SOMEBODY}",
            at=now,
        )
    offered = list_channels(
        session, g.account, Filters(), now=now, sort="name", page_size=OFFERED
    )
    return render_template(
        "replies/try.html",
        events=EVENTS,
        event=event,
        channel_name=name,
        text=text,
        is_lost=is_lost,
        offered=[one.name for one in offered.items],
        **(_explained(tried, event, channel) if tried else {"tried": None}),
    )


def _asked() -> tuple[Event, str, str]:
    """Return what the address asks for: the event, a channel's name, a text or key."""
    asked = request.args.get("event", "")
    event = Event(asked) if asked in set(Event) else Event.FOLLOW
    name = request.args.get("channel", "").strip() if event in CLASSES else ""
    return event, name, request.args.get("text", "")


def _explained(
    tried: Trial, event: Event, channel: Channel | None
) -> dict[str, object]:
    """Return the reply as a bubble shows it, and the reason for it."""
    return {
        "tried": tried,
        "reply": replies.to_mapping(tried.reply) if tried.reply else None,
        "reason": _reason(tried, event, channel),
        "rule": _rule(tried.answer.rule_id),
        "skipped": [_rule(rule_id) for rule_id in tried.answer.skipped],
        "about_members": event is Event.MESSAGE
        and chat.is_about_us(request.args.get("text", "")),
    }


def _reason(tried: Trial, event: Event, channel: Channel | None) -> object:
    """Return the sentence that says why it is this reply, or none."""
    if tried.answer.origin in REASONS:
        return REASONS[tried.answer.origin]
    if event in WITHOUT_RULE:
        return WITHOUT_RULE[event]
    if channel is None:
        return _("No channel was scanned: the account’s default decides.")
    if tried.code is None:
        return _("This channel has no code: the account’s default decides.")
    return OWN_IS_MISSING if tried.code_speaks else CODE_IS_OFF


def _rule(rule_id: int | None) -> ReplyRule | None:
    if rule_id is None:
        return None
    return rules.get_rule(db.session(), g.account, rule_id)
