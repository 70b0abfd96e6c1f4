"""Accounts: opening one, its settings, its codes, its server."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from wxchannels.sandbox import console, qrcodes
from wxchannels.sandbox.accounts import Account, Format, Mode, QRCode, Rules
from wxchannels.sandbox.actions import read_time
from wxchannels.sandbox.control.reading import change, read_body, read_list
from wxchannels.sandbox.errors import NotPossibleError, RefusedError
from wxchannels.sandbox.relations import Follow, Relation, Way
from wxchannels.sandbox.state import current_state, current_world
from wxchannels.sandbox.world import make_openid

#: Settings that are plain texts.
TEXTS = (
    "secret",
    "original_id",
    "name",
    "token",
    "aes_key",
    "callback_url",
    "product_url",
    "web_domain",
)
#: Chosen so that every ticket has a `+` and a `/` in it: who forgets to escape
#: tickets finds out at once.
FIRST_NUMBER = 0x3AFFFE
NUMBER_STEP = 0x10000


bp = Blueprint("accounts", __name__)


def describe(account: Account) -> dict[str, Any]:
    """Return an account's settings and a few numbers."""
    return {
        "app_id": account.app_id,
        **{name: getattr(account, name) for name in TEXTS},
        "mode": account.mode,
        "format": account.format,
        "allowed_ips": account.allowed_ips,
        "rules": asdict(account.rules),
        "mischief": asdict(account.mischief),
        "menu": account.menu,
        "codes": len(account.qrcodes),
        "followers": sum(one.current is not None for one in account.relations.values()),
    }


@bp.get("/accounts")
def list_accounts() -> Response:
    """Return every account."""
    with current_world().reading():
        return jsonify([describe(one) for one in current_world().accounts.values()])


@bp.get("/accounts/<app_id>")
def show(app_id: str) -> Response:
    """Return one account."""
    with current_world().reading():
        return jsonify(describe(current_world().get_account(app_id)))


@bp.put("/accounts/<app_id>")
def keep(app_id: str) -> Response:
    """Open an account, or change the settings that are given of one."""
    body, world = read_body(), current_world()
    with world.changing():
        account = world.accounts.get(app_id) or _open(app_id, len(world.accounts))
        _change(account, body)
        world.accounts[app_id] = account
    return jsonify(describe(account))


@bp.delete("/accounts/<app_id>")
def remove(app_id: str) -> Response:
    """Close an account and forget what it pushed."""
    state = current_state()
    state.world.get_account(app_id)
    with state.world.changing():
        state.post.forget(app_id)
        del state.world.accounts[app_id]
    return jsonify({})


@bp.post("/accounts/<app_id>/verify")
def verify(app_id: str) -> Response:
    """Press the console's submit button."""
    world = current_world()
    account = world.get_account(app_id)
    return jsonify(asdict(console.verify(account, at=world.clock.seconds())))


@bp.get("/accounts/<app_id>/codes")
def list_codes(app_id: str) -> Response:
    """Return every code the account issued."""
    account = current_world().get_account(app_id)
    with current_world().reading():
        codes = list(account.qrcodes.values())
    return jsonify([_describe_code(account, one) for one in codes])


@bp.post("/accounts/<app_id>/codes")
def issue_code(app_id: str) -> Response:
    """Issue a code behind the product's back; the body is qrcode/create's."""
    body, world = read_body(), current_world()
    account = world.get_account(app_id)
    try:
        with world.changing():
            qrcode = qrcodes.issue(account, body, at=world.clock.seconds())
    except RefusedError as error:
        raise NotPossibleError("%s", error) from None
    return jsonify(_describe_code(account, qrcode))


@bp.put("/accounts/<app_id>/scene-names")
def name_scenes(app_id: str) -> Response:
    """Tell the phone page what the product calls its scenes."""
    body, world = read_body(), current_world()
    account = world.get_account(app_id)
    with world.changing():
        account.scene_names |= {scene: str(name) for scene, name in body.items()}
    return jsonify(account.scene_names)


@bp.put("/accounts/<app_id>/console-menu")
def make_menu(app_id: str) -> Response:
    """Make a menu in the console, which checks nothing of it."""
    body, world = read_body(), current_world()
    account = world.get_account(app_id)
    with world.changing():
        account.menu = None
        account.console_menu = {"button": read_list(body, "button")}
    return jsonify(account.console_menu)


@bp.post("/accounts/<app_id>/crowd")
def gather_crowd(app_id: str) -> Response:
    """Let `count` strangers follow without a push, as before the product came."""
    body, world = read_body(), current_world()
    account = world.get_account(app_id)
    at = read_time(body.get("at"), world.clock.seconds())
    with world.changing():
        first = len(account.relations)
        for number in range(first, first + int(body.get("count", 0))):
            openid = make_openid(app_id, f"\0{number}")
            follow = Follow(at, Way.SEARCH)
            account.relations[openid] = Relation(openid, "", [follow])
    return jsonify(followers=describe(account)["followers"])


def _open(app_id: str, count: int) -> Account:
    return Account(
        app_id, "", f"gh_{app_id[-12:]}", app_id, "", FIRST_NUMBER + count * NUMBER_STEP
    )


def _change(account: Account, body: dict[str, Any]) -> None:
    """Take over the settings that are given, all or none of them."""
    unknown = set(body) - {*TEXTS, "mode", "format", "allowed_ips", "rules", "limits"}
    if unknown:
        raise NotPossibleError("There is no setting “%s”.", unknown.pop())
    try:
        mode, form = (
            Mode(body.get("mode", account.mode)),
            Format(body.get("format", account.format)),
        )
    except ValueError as error:
        raise NotPossibleError("%s", error) from None
    rules: Rules = change(account.rules, body.get("rules", {}))
    account.mode, account.format, account.rules = mode, form, rules
    for name in TEXTS:
        setattr(account, name, str(body.get(name, getattr(account, name))))
    account.allowed_ips = list(body.get("allowed_ips", account.allowed_ips))
    account.quota.limits |= body.get("limits", {})


def _describe_code(account: Account, qrcode: QRCode) -> dict[str, Any]:
    return {**asdict(qrcode), "name": account.scene_names.get(qrcode.scene, "")}
