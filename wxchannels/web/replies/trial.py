"""What would this person get? A dry run of the very code that answers pushes."""

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    event: Event
    #: As typed; empty where no code is scanned.
    channel_name: str
    #: The message, or the button's key.
    text: str
    is_asked: bool

    @classmethod
    def read(cls) -> "Asked":
        """Return what the request's address says."""
        args = request.args
        given = args.get("event", "")
        event = Event(given) if given in set(Event) else Event.FOLLOW
        name = args.get("channel", "").strip() if event in CLASSES else ""
        return cls(event, name, args.get("text", ""), is_asked="event" in args)


@bp.get("/try")
def try_out() -> str:
    """Show what somebody would read, and why that."""
    session, asked = db.session(), Asked.read()
    channel = channels.find_by_name(session, g.account, asked.channel_name)
    is_lost = bool(asked.channel_name) and channel is None
    tried = _try(asked, channel) if asked.is_asked and not is_lost else None
    return render_template(
        "replies/try.html",
        events=EVENTS,
        asked=asked,
        is_lost=is_lost,
        offered=_offered(),
        tried=tried,
        reply=replies.to_mapping(tried.reply) if tried and tried.reply else None,
        reason=_reason(tried, asked.event, channel) if tried else "",
        rule=_rule(tried.answer.rule_id) if tried else None,
        skipped=[_rule(number) for number in tried.answer.skipped] if tried else [],
        about_members=asked.event is Event.MESSAGE and chat.is_about_us(asked.text),
    )


def _try(asked: Asked, channel: Channel | None) -> Trial:
    return trial.try_out(
        db.session(),
        g.account,
        asked.event,
        channel=channel,
        text=asked.text,
        openid=f"o{SOMEBODY}",
        at=clock.utcnow(),
    )


def _offered() -> list[str]:
    """Return the names of channels that are offered while one types."""
    page = list_channels(
        db.session(),
        g.account,
        Filters(),
        now=clock.utcnow(),
        sort="name",
        page_size=OFFERED,
    )
    return [channel.name for channel in page.items]


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
