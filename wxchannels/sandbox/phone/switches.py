"""The switches that make WeChat misbehave."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.faults import ANY_PATH, Fault, FaultKind


@dataclass(frozen=True)
class Switch:
    """One way to misbehave: how to see that it is on, and how to set it."""

    key: str
    name: LazyString
    explanation: LazyString
    is_on: Callable[[Account], bool]
    put: Callable[[Account, bool], None]


def turn(account: Account, wanted: Collection[str]) -> None:
    """Turn on the switches in `wanted` and all others off."""
    for switch in SWITCHES:
        on = switch.key in wanted
        if on != switch.is_on(account):
            switch.put(account, on)


def _mischief(
    key: str, name: LazyString, explanation: LazyString, value: int
) -> Switch:
    """Return a switch of one of the account's mischiefs, by its field's name."""
    quiet = 1 if key == "copies" else 0

    def is_on(account: Account) -> bool:
        return bool(getattr(account.mischief, key) != quiet)

    def put(account: Account, on: bool) -> None:  # noqa: FBT001 - it is a switch
        kind = type(getattr(account.mischief, key))
        changed = {key: kind(value if on else quiet)}
        account.mischief = replace(account.mischief, **changed)

    return Switch(key, name, explanation, is_on, put)


def _fault(key: str, name: LazyString, explanation: LazyString, fault: Fault) -> Switch:
    """Return a switch that puts a fault into the API and takes it out again."""

    def same(other: Fault) -> bool:
        return (other.path, other.kind, other.code) == (
            fault.path,
            fault.kind,
            fault.code,
        )

    def is_on(account: Account) -> bool:
        return any(same(other) for other in account.faults.faults)

    def put(account: Account, on: bool) -> None:  # noqa: FBT001 - it is a switch
        others = [one for one in account.faults.faults if not same(one)]
        account.faults.faults = [*others, replace(fault)] if on else others

    return Switch(key, name, explanation, is_on, put)


SWITCHES: Sequence[Switch] = (
    _mischief(
        "copies",
        lazy_gettext("Send duplicates"),
        lazy_gettext("The same push three times"),
        3,
    ),
    _mischief(
        "reorder",
        lazy_gettext("Mix up the order"),
        lazy_gettext("Of two pushes the second comes first"),
        2,
    ),
    _mischief(
        "late_seconds",
        lazy_gettext("30 seconds late"),
        lazy_gettext("Pushes are held up"),
        30,
    ),
    _mischief(
        "lose_scene",
        lazy_gettext("Lose the scene"),
        lazy_gettext("A follow comes without EventKey"),
        1,
    ),
    _mischief(
        "lose_answers",
        lazy_gettext("Answer timed out"),
        lazy_gettext("As if the first answer never came"),
        1,
    ),
    _mischief(
        "snapshot",
        lazy_gettext("Preview of pages"),
        lazy_gettext("Web authorization invents a person"),
        1,
    ),
    _mischief(
        "code_twice",
        lazy_gettext("Code brought twice"),
        lazy_gettext("Web authorization comes back two times"),
        1,
    ),
    _fault(
        "token",
        lazy_gettext("Token stolen"),
        lazy_gettext("The next call gets 40001"),
        Fault(ANY_PATH, FaultKind.ERRCODE, 40001),
    ),
    _fault(
        "quota",
        lazy_gettext("Quota used up"),
        lazy_gettext("Making a code gets 45009"),
        Fault("/cgi-bin/qrcode/create", FaultKind.ERRCODE, 45009, times=None),
    ),
    _fault(
        "gateway",
        lazy_gettext("API answers 502"),
        lazy_gettext("The next three calls"),
        Fault(ANY_PATH, FaultKind.HTTP, 502, times=3),
    ),
)
