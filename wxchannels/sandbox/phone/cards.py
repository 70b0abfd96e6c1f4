"""The people and the codes one can choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext
from markupsafe import Markup

from wxchannels.sandbox.accounts import Account, QRCode
from wxchannels.sandbox.phone.chat import code_name
from wxchannels.sandbox.phone.drawings import draw_identicon, draw_qrcode
from wxchannels.sandbox.phone.times import day
from wxchannels.sandbox.quotas import DAY_SECONDS
from wxchannels.sandbox.relations import Follow, Relation, Way
from wxchannels.sandbox.world import Person, World

SHOWN_CODES = 12


@dataclass(frozen=True)
class PersonCard:
    """A person to choose, and where they stand."""

    person_id: str
    name: str
    picture: Markup
    state: str
    story: str


@dataclass(frozen=True)
class CodeCard:
    """A code to point at."""

    ticket: str
    name: str
    picture: Markup
    is_expired: bool


def list_people(world: World, account: Account, *, now: int) -> Sequence[PersonCard]:
    """Return everybody on the phone page."""
    return [
        _person_card(account, person, world.relation(account, person), now=now)
        for person in world.people.values()
        if person.is_on_phone
    ]


def list_codes(account: Account, wanted: str, *, now: int) -> Sequence[CodeCard]:
    """Return the newest codes, or the newest whose name or scene has `wanted` in it."""
    cards = []
    for qrcode in reversed(account.qrcodes.values()):
        name = code_name(account, qrcode.ticket)
        if wanted.lower() in f"{name} {qrcode.scene}".lower():
            cards.append(_code_card(qrcode, name, now=now))
        if len(cards) == SHOWN_CODES:
            break
    return cards


def _code_card(qrcode: QRCode, name: str, *, now: int) -> CodeCard:
    picture = draw_qrcode(qrcode.url)
    return CodeCard(qrcode.ticket, name, picture, qrcode.is_expired(now))


def _person_card(
    account: Account, person: Person, relation: Relation, *, now: int
) -> PersonCard:
    current = relation.current
    if current:
        state, story = gettext("Following"), _origin(account, current, now=now)
    elif relation.follows:
        ended_at = relation.follows[-1].ended_at or now
        state = gettext("Left")
        story = gettext("Left on %(day)s", day=day(ended_at))
    else:
        state = gettext("Never followed")
        story = gettext("Scans, then sees the profile page")
    picture = draw_identicon(relation.openid)
    return PersonCard(person.person_id, person.name, picture, state, story)


def _origin(account: Account, follow: Follow, *, now: int) -> str:
    """Say how somebody came, and how long ago."""
    days = max(now - follow.started_at, 0) // DAY_SECONDS
    since = (
        ngettext("%(num)d day ago", "%(num)d days ago", days)
        if days
        else gettext("less than a day ago")
    )
    code = code_name(account, follow.ticket or "")
    origins = {
        Way.SEARCH: gettext("Found by search, %(since)s", since=since),
        Way.PAID: gettext("After a payment, %(since)s", since=since),
        Way.QR_CODE: gettext("Through “%(code)s”, %(since)s", code=code, since=since),
    }
    return str(origins[follow.way])
