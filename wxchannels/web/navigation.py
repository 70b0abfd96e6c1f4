"""What the shell around every page shows: the menu, the accounts to switch to."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_security import current_user

from wxchannels.extensions import db
from wxchannels.models import Account
from wxchannels.people import policy
from wxchannels.people.policy import Action


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page the menu can lead to, if it exists."""

    endpoint: str
    label: str
    icon: str
    #: What one must be allowed to do on the account; None where no account is needed.
    action: Action | None = Action.READ
    #: Also on the bar at the bottom of a phone.
    on_tabbar: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the menu."""

    label: str
    icon: str
    url: str
    active: bool = False
    count: int | None = None
    on_tabbar: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """Lines of the menu that belong together, under a heading or none."""

    label: str
    entries: Sequence[Entry]


FIGURES = (
    Place(
        endpoint="overview.show", label=_("Overview"), icon="overview", on_tabbar=True
    ),
    Place(
        endpoint="channels.index", label=_("Channels"), icon="channels", on_tabbar=True
    ),
    Place(endpoint="reports.show", label=_("Reports"), icon="reports", on_tabbar=True),
    Place(endpoint="events.index", label=_("Event log"), icon="events"),
    Place(endpoint="menus.show", label=_("Menu"), icon="menu"),
)
PERSONAL = (
    Place(endpoint="security.profile", label=_("Profile"), icon="person", action=None),
    Place(
        endpoint="security.change_password",
        label=_("Change the password"),
        icon="pencil",
        action=None,
    ),
    Place(
        endpoint="security.two_factor_setup",
        label=_("Two-step sign-in"),
        icon="shield",
        action=None,
    ),
)
#: Blueprints that have no line of their own, and whose line they belong to.
PARTS = {"bulk": "channels"}
OF_AN_ACCOUNT = frozenset(place.endpoint for place in FIGURES)
#: For whoever looks after the account, its replies or all of it.
CARE = (
    Place(
        endpoint="replies.edit",
        label=_("Replies"),
        icon="reply",
        action=Action.MANAGE_CHANNELS,
    ),
    Place(
        endpoint="bindings.index",
        label=_("Bindings"),
        icon="link",
        action=Action.MANAGE_CHANNELS,
    ),
    Place(
        endpoint="connection.show",
        label=_("Connection"),
        icon="connection",
        action=Action.MANAGE_ACCOUNT,
    ),
    Place(
        endpoint="work.index",
        label=_("Background work"),
        icon="again",
        action=Action.MANAGE_ACCOUNT,
    ),
    Place(
        endpoint="audit.index",
        label=_("Audit log"),
        icon="retention",
        action=Action.MANAGE_ACCOUNT,
    ),
)
MANAGEMENT = (
    Place(endpoint="accounts.index", label=_("Accounts"), icon="sheet", action=None),
    Place(
        endpoint="users.index", label=_("People and rights"), icon="shield", action=None
    ),
)


def navigation() -> Sequence[Group]:
    """Return the menu of whoever is signed in; empty groups are left out."""
    manages = policy.is_administrator(current_user)
    groups = (
        Group(label="", entries=_entries(FIGURES)),
        Group(
            label=_("Management"),
            entries=[
                *_entries(CARE),
                *(_entries(MANAGEMENT) if manages else ()),
                *_phone(),
            ],
        ),
    )
    return [group for group in groups if group.entries]


def personal_entries() -> Sequence[Entry]:
    """Return what one can do about oneself."""
    return _entries(PERSONAL)


def _url(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def sign_out_url() -> str:
    """Return where signing out is posted to."""
    return _url("security.logout")


def connect_url() -> str:
    """Return where another account is connected, or "" for who may not."""
    return _url("accounts.new") if policy.is_administrator(current_user) else ""


def create_url() -> str:
    """Return where a new channel is made, or "" for who may not or has no account."""
    account = shown_account()
    if account is None or "channels.new" not in current_app.view_functions:
        return ""
    if not policy.can(current_user, Action.MANAGE_CHANNELS, account):
        return ""
    return url_for("channels.new", slug=account.slug)


def search_url() -> str:
    """Return where the search at the top leads, or "" without an account."""
    account = shown_account()
    if account is None or "channels.index" not in current_app.view_functions:
        return ""
    return url_for("channels.index", slug=account.slug)


def shown_account() -> Account | None:
    """Return the page's account; elsewhere the first one that the person may read."""
    if g.get("account") is not None:
        account: Account = g.account
        return account
    return next(iter(readable_accounts()), None)


def readable_accounts() -> Sequence[Account]:
    """Return the accounts the person may switch to."""
    if "readable_accounts" not in g:
        g.readable_accounts = policy.list_accounts(db.session(), current_user)
    accounts: Sequence[Account] = g.readable_accounts
    return accounts


def switch_url(account: Account) -> str:
    """Return where switching to `account` leads: the page alike, else its overview."""
    for endpoint in (request.endpoint or "", "overview.show", "channels.index"):
        if endpoint in OF_AN_ACCOUNT and endpoint in current_app.view_functions:
            return url_for(endpoint, slug=account.slug)
    return f"{request.script_root}/"


def _entries(places: Sequence[Place]) -> Sequence[Entry]:
    return [_entry(place) for place in places if _is_open(place)]


def _is_open(place: Place) -> bool:
    if place.endpoint not in current_app.view_functions:
        return False
    account = shown_account()
    return place.action is None or (
        account is not None and policy.can(current_user, place.action, account)
    )


def _entry(place: Place) -> Entry:
    blueprint = place.endpoint.partition(".")[0]
    account, shown = shown_account(), request.blueprint or ""
    slug = account.slug if place.action and account else None
    return Entry(
        label=place.label,
        icon=place.icon,
        url=url_for(place.endpoint, slug=slug),
        active=PARTS.get(shown, shown) == blueprint,
        on_tabbar=place.on_tabbar,
    )


def _phone() -> Sequence[Entry]:
    url = current_app.config.get("SANDBOX_URL")
    if not url:
        return ()
    return (Entry(label=_("Simulated phone"), icon="phone", url=url),)


def register(app: Flask) -> None:
    """Give the shell's template what it shows around every page."""
    app.jinja_env.globals.update(
        navigation=navigation,
        personal_entries=personal_entries,
        sign_out_url=sign_out_url,
        connect_url=connect_url,
        create_url=create_url,
        search_url=search_url,
        shown_account=shown_account,
        readable_accounts=readable_accounts,
        switch_url=switch_url,
    )
