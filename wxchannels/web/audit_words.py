"""What the audit log calls what was done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from wxchannels.access import quotas
from wxchannels.models import AuditEntry
from wxchannels.people.audit import COMMAND_LINE
from wxchannels.people.sign_in import VISITOR
from wxchannels.web.user_forms import ROLE_NAMES


@dataclass(frozen=True)
class ActKind:
    """Things done that belong together, by their names in the log."""

    label: str
    acts: Mapping[str, str]


#: The kind that belongs to no account, and is for those who run the installation.
PEOPLE = "people"
KINDS = {
    "channels": ActKind(
        _("Channels and codes"),
        {
            "channel.open": _("created the channel"),
            "channel.edit": _("changed the channel"),
            "channel.archive": _("archived the channel"),
            "channel.restore": _("restored the channel"),
            "channel.disable": _("disabled the channel"),
            "channel.enable": _("enabled the channel"),
            "channel.tag": _("added tags"),
            "channel.untag": _("removed tags"),
            "channel.move": _("moved the channel"),
            "channel.undo": _("took the last change back"),
            "channel.adopt": _("adopted a scene"),
            "channel.release": _("gave an adopted scene back"),
            # As they were called before they were the channel's.
            "scene.adopt": _("adopted a scene"),
            "scene.release": _("gave an adopted scene back"),
            "qrcode.issue": _("created a code"),
            "qrcode.disable": _("disabled a code"),
            "qrcode.enable": _("enabled a code"),
            "group.move": _("moved a group"),
            "group.remove": _("removed a group"),
        },
    ),
    "replies": ActKind(
        _("Replies"),
        {
            "account.replies": _("changed the default replies"),
            "account.replies.restore": _("put the default replies back"),
            "reply.fallback": _("changed the reply to everything else"),
            "reply_rule.add": _("added a rule"),
            "reply_rule.edit": _("changed a rule"),
            "reply_rule.move": _("moved a rule"),
            "reply_rule.on": _("enabled a rule"),
            "reply_rule.off": _("disabled a rule"),
            "reply_rule.remove": _("removed a rule"),
            "reply_rule.restore": _("put a rule back"),
        },
    ),
    "menu": ActKind(
        _("Menu"),
        {
            "menu.publish": _("published the menu"),
            "menu.delete": _("deleted the menu"),
        },
    ),
    "connection": ActKind(
        _("Connection and access"),
        {
            "account.connect": _("connected the account"),
            "account.edit": _("changed the settings"),
            "account.web_authorization": _("changed the web authorization"),
            "account.binding": _("changed the account binding"),
            "account.forget_previous": _("let the token and key of before go"),
            "account.sign_in_on": _("let users sign in with this account"),
            "account.sign_in_off": _("let no account sign users in any more"),
            quotas.CLEARED: _("had WeChat count today’s calls anew"),
            "api_key.issue": _("made an API key"),
            "api_key.revoke": _("revoked an API key"),
            "webhook.add": _("added a webhook"),
            "webhook.edit": _("changed a webhook"),
            "webhook.secret": _("changed a webhook’s secret"),
            "webhook.test": _("sent a test message"),
            "webhook.resume": _("had a webhook’s messages sent at once"),
            "webhook.again": _("had a webhook’s message sent again"),
            "webhook.skip": _("skipped a webhook’s message"),
            "webhook.remove": _("removed a webhook"),
        },
    ),
    "followers": ActKind(
        _("Followers and background work"),
        {
            "binding.propose": _("had a binding code made"),
            "binding.cancel": _("undid a binding"),
            "followers.import": _("imported the follower list"),
            "person.export": _("took a person’s data along"),
            "person.erase": _("erased a person’s data"),
            "person.mark_tester": _("marked a person as tester"),
            "person.unmark_tester": _("had a tester count again"),
            "task.again": _("sent background work again"),
            "push.again": _("tried pushes again"),
        },
    ),
    PEOPLE: ActKind(
        _("People and signing in"),
        {
            "user.add": _("admitted somebody"),
            "user.change": _("changed somebody’s rights"),
            "user.disable": _("shut somebody out"),
            "user.enable": _("let somebody in again"),
            "user.issue_link": _("made a link for a new password"),
            "user.set_password": _("set a password"),
            "user.sign_in": _("signed in"),
            "user.refuse": _("was refused when signing in"),
            "user.lock": _("was locked out after wrong passwords"),
            "user.unlock": _("ended somebody’s lock"),
            "user.turn_on_code": _("turned the second factor on"),
            "user.turn_off_code": _("turned the second factor off"),
            "user.bind_wechat": _("bound a WeChat for signing in"),
            "user.unbind_wechat": _("undid the WeChat for signing in"),
        },
    ),
}
ACTS = {action: word for kind in KINDS.values() for action, word in kind.acts.items()}
ACTORS = {COMMAND_LINE: _("command line"), VISITOR: _("somebody not signed in")}
SETTINGS = {
    "name": _("Name"),
    "app_id": "AppID",
    "app_secret": "AppSecret",
    "original_id": _("Original ID"),
    "token": _("Token"),
    "aes_key": "EncodingAESKey",
    "mode": _("Message encryption"),
    "time_zone": _("Time zone"),
}
#: What an entry's details say, and what it is called; the rest is not for pages.
DETAILS = {
    "name": _("Name"),
    "scene": _("Scene"),
    "tags": _("Tags"),
    "group": _("Group"),
    "path": _("Group"),
    "to": _("Where to"),
    "words": _("Words"),
    "settings": _("Settings"),
    "scopes": _("Permissions"),
    "addresses": _("Allowed addresses"),
    "role": _("Role"),
    "address": _("Network address"),
    "tasks": _("Number"),
    "taken_in": _("Taken in"),
    "parked_again": _("Parked again"),
}
VALUES: Mapping[str, Mapping[Any, str]] = {"settings": SETTINGS, "role": ROLE_NAMES}


def act_word(action: str) -> str:
    """Return what was done; an act of another version is named as it is."""
    return str(ACTS.get(action, action))


def actor_word(actor: str) -> str:
    """Return who did it."""
    return str(ACTORS.get(actor, actor))


def list_details(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """Return what the entry says beside who and what, each with its name."""
    for key, label in DETAILS.items():
        given = entry.details.get(key)
        words = VALUES.get(key, {})
        values = given if isinstance(given, list) else [given]
        said = [
            str(words.get(value, value)) for value in values if value not in (None, "")
        ]
        if said:
            yield str(label), ", ".join(said)
