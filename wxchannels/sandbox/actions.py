"""The things a person can be told to do, by name: for the control API and scripts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from wxchannels.sandbox import menus, people, presses
from wxchannels.sandbox.accounts import Account, QRCode
from wxchannels.sandbox.errors import NotPossibleError
from wxchannels.sandbox.people import Outcome
from wxchannels.sandbox.relations import Relation
from wxchannels.sandbox.world import World

Details = Mapping[str, Any]
Action = Callable[[Account, Relation, Details, int], Outcome]
#: Made up for follows after a payment whose number does not matter.
TRADE_NUMBER = "4008072001201701105817415015"


def act(
    world: World, app_id: str, person_id: str, action: str, details: Details, *, at: int
) -> Outcome:
    """Let a person do `action`; what is `silent` happens without a push."""
    perform = get_action(action)
    with world.changing():
        account = world.get_account(app_id)
        relation = world.relation(account, world.meet(person_id))
        outcome = perform(account, relation, details, at)
    return replace(outcome, push=None) if details.get("silent") else outcome


def get_action(name: str) -> Action:
    """Return what the action called `name` does."""
    if name not in ACTIONS:
        raise NotPossibleError("Nobody can “%s”; try %s.", name, ", ".join(ACTIONS))
    return ACTIONS[name]


def read_time(value: object, otherwise: int) -> int:
    """Return a moment given as seconds or in ISO 8601 with its offset."""
    if value is None:
        return otherwise
    if isinstance(value, int):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - stands for what cannot be read
    if moment.tzinfo is None:
        raise NotPossibleError("“%s” is no moment with an offset from UTC.", value)
    return int(moment.timestamp())


def _scan(account: Account, relation: Relation, details: Details, at: int) -> Outcome:
    """Scan a code and, if told so, wait on the profile page and follow."""
    outcome = people.scan(account, relation, _named_code(account, details), at=at)
    if outcome.result != "profile" or not details.get("then_follow"):
        return outcome
    waited = int(details.get("wait_seconds", 0))
    return people.follow_from_profile(account, relation, at=at + waited)


def _follow(account: Account, relation: Relation, details: Details, at: int) -> Outcome:
    """Follow through a code, after a payment, or out of nowhere."""
    payment = details.get("payment")
    if payment:
        number = payment if isinstance(payment, str) else TRADE_NUMBER
        return people.follow_after_payment(account, relation, number, at=at)
    qrcode = _named_code(account, details) if details.get("code") else None
    lose_scene = bool(details.get("lose_scene"))
    return people.follow(account, relation, qrcode, lose_scene=lose_scene, at=at)


def _follow_from_profile(
    account: Account, relation: Relation, _details: Details, at: int
) -> Outcome:
    return people.follow_from_profile(account, relation, at=at)


def _unfollow(
    account: Account, relation: Relation, _details: Details, at: int
) -> Outcome:
    return people.unfollow(account, relation, at=at)


def _message(
    account: Account, relation: Relation, details: Details, at: int
) -> Outcome:
    return people.message(account, relation, str(details.get("text", "")), at=at)


def _press(account: Account, relation: Relation, details: Details, at: int) -> Outcome:
    """Press the menu's button with this name."""
    for button in menus.leaves(account):
        if button["name"] == details.get("button"):
            return presses.press(account, relation, button, at=at)
    raise NotPossibleError("The menu has no button “%s”.", details.get("button"))


def _push(account: Account, relation: Relation, details: Details, at: int) -> Outcome:
    """Have arbitrary fields pushed."""
    fields = details.get("fields")
    if not isinstance(fields, dict):
        raise NotPossibleError("A push needs fields.")
    return people.send_anything(account, relation, fields, at=at)


ACTIONS: Mapping[str, Action] = {
    "scan": _scan,
    "follow": _follow,
    "follow_from_profile": _follow_from_profile,
    "unfollow": _unfollow,
    "message": _message,
    "press": _press,
    "push": _push,
}


def _named_code(account: Account, details: Details) -> QRCode:
    return account.get_qrcode(str(details.get("code", "")))
