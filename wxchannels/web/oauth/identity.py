"""Who is looking, for pages of our own inside WeChat."""

from flask import current_app, redirect
from werkzeug.wrappers import Response

from wxchannels import clock, database
from wxchannels.authorizations import authorizations, results
from wxchannels.authorizations.people import Person
from wxchannels.extensions import db
from wxchannels.models import Account, AuthorizationPurpose, WebAuthorization
from wxchannels.web import wechat
from wxchannels.web.oauth import browser
from wxchannels.wechat.oauth import Scope


def known_person(account: Account, purpose: AuthorizationPurpose) -> Person | None:
    """Return who looks at this page, if WeChat said so less than ten minutes ago.

    It said so to this very browser and for this very purpose; what it said is kept on
    the server, and is the same however often the page is asked for. The person's
    `openid` is genuine, never that of a preview. Reads only.
    """
    return results.find_person(
        db.session(), account, purpose, browser.name(), at=clock.utcnow()
    )


def send_to_wechat(
    account: Account, purpose: AuthorizationPurpose, *, back: str
) -> Response:
    """Have WeChat say who looks at this page, and lead on to `back` afterwards.

    `back` is a path of this site, usually `here()`. `known_person` knows the person
    there, or `?authorization_error=` says why not: `access_denied` where the person
    did not agree, `server_error` where WeChat did not tell. A page that finds it must
    not send the browser on by itself again.

    To be returned from a view that has nothing uncommitted: it ends the transaction.
    WeChat asks the person nothing (`snsapi_base`); outside WeChat it says so.
    """
    if not back.startswith("/") or back.startswith("//"):
        raise ValueError("Only to a page of our own.")
    session = db.session()
    session.rollback()
    with database.transactions(write=True):
        authorization = authorizations.begin(
            session,
            account,
            purpose,
            scope=Scope.BASE,
            return_url=back,
            at=clock.utcnow(),
        )
        return open_at_wechat(authorization)


def open_at_wechat(authorization: WebAuthorization) -> Response:
    """Commit, and send this browser to WeChat for the authorization."""
    state = authorizations.open_in(authorization, browser.name())
    oauth, scope = wechat.oauth_for(authorization.account), Scope(authorization.scope)
    db.session.commit()
    address = oauth.authorize_url(_redirect_uri(), scope=scope, state=state)
    return browser.remember(redirect(address))


def _redirect_uri() -> str:
    """Return where WeChat leads back to, for every account the same."""
    base: str = current_app.config["BASE_URL"]
    return f"{base}/auth"
