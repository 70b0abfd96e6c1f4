"""Pages behind a link in the chat act for the person who scanned, and nobody else."""

from wxchannels.extensions import db
from wxchannels.ledger.followers import find_follower
from wxchannels.models import AuthorizationPurpose, TemporaryCode
from wxchannels.web.oauth import known_person


def find_scanner(code: TemporaryCode, purpose: AuthorizationPurpose) -> int | None:
    """Return whose phone scanned the code, if it is that person who is looking."""
    person = known_person(code.account, purpose)
    follower = person and find_follower(db.session(), code.account, person.openid)
    if not follower or follower.id != code.follower_id:
        return None
    return follower.id
