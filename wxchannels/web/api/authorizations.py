"""Web authorization, for programs: who is looking at their page inside WeChat."""

from typing import Any

from flask import current_app, g, url_for

from wxchannels import clock
from wxchannels.authorizations import addresses, authorizations, results
from wxchannels.extensions import db
from wxchannels.ledger.followers import find_follower
from wxchannels.models import AuthorizationPurpose
from wxchannels.web.api import member_shapes
from wxchannels.web.api.blueprint import ApiBlueprint

bp = ApiBlueprint(
    "authorizations", prefix="/authorizations", read="authorizations:write"
)


@bp.post("", takes=member_shapes.NewAuthorization, gives=member_shapes.Authorization)
def begin_authorization(asked: dict[str, Any]) -> dict[str, Any]:
    """Return an address to send a browser to; it comes back with a ticket."""
    session, now = db.session(), clock.utcnow()
    addresses.check_return_url(g.account, asked["return_url"])
    purpose = AuthorizationPurpose.API
    begun = authorizations.begin(session, g.account, purpose, **asked, at=now)
    path = url_for("oauth.open_handle", slug=g.account.slug, handle=begun.handle)
    answer = {
        "id": begun.handle,
        "url": current_app.config["BASE_URL"] + path,
        "scope": begun.scope,
        "expires_at": begun.expires_at,
    }
    session.commit()
    return answer


@bp.post(
    "/redeem",
    takes=member_shapes.Redemption,
    gives=member_shapes.AuthorizedPerson,
    status=200,
)
def redeem_ticket(asked: dict[str, Any]) -> dict[str, Any]:
    """Tell who came back with this ticket, once; then it is forgotten here."""
    session = db.session()
    begun, person = results.redeem(
        session, g.account, asked["ticket"], at=clock.utcnow()
    )
    follower = find_follower(session, g.account, person.openid)
    answer = {
        "id": begun.handle,
        "scope": begun.scope,
        **vars(person),
        "follower_id": follower.id if follower else None,
        "following": follower is not None and follower.following,
    }
    session.commit()
    return answer
