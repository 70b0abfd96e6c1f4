"""There and back again: a browser is sent to WeChat and returns as somebody."""

import logging
import time

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wxchannels import clock, database
from wxchannels.accounts import accounts
from wxchannels.authorizations import addresses, authorizations, people
from wxchannels.authorizations.people import SnapshotError
from wxchannels.errors import N_, DomainError
from wxchannels.extensions import db
from wxchannels.models import (
    Account,
    AuthorizationPurpose,
    AuthorizationState,
    WebAuthorization,
)
from wxchannels.web import wechat
from wxchannels.web.oauth import browser
from wxchannels.web.oauth.blueprint import bp, starts_limit
from wxchannels.web.oauth.identity import known_person, open_at_wechat
from wxchannels.wechat.errors import CodeRefusedError, WeChatError
from wxchannels.wechat.oauth import Scope

log = logging.getLogger(__name__)

#: How long a second copy of a request waits for what the first one finds out.
WAIT_SECONDS = 8.0
POLL_SECONDS = 0.1
#: What the page that one returns to is told, in OAuth's own words.
ERRORS = {
    AuthorizationState.REFUSED: "access_denied",
    AuthorizationState.FAILED: "server_error",
}


class StillAskingError(DomainError):
    """WeChat takes its time, or whoever asked it has died."""

    sentence = N_("WeChat has not answered yet. Load this page again in a minute.")


@bp.get("/empower")
@starts_limit
def start_for_only_account() -> ResponseReturnValue:
    """Begin for the account that `?account=` names, or for the only one."""
    slug, session = request.args.get("account", ""), db.session()
    if slug:
        return _start(accounts.find_account(session, slug))
    return _start(accounts.only_account(session))


@bp.get("/empower/<slug>")
@starts_limit
def start(slug: str) -> ResponseReturnValue:
    """Begin for one account: a link that may stand in its menu."""
    return _start(accounts.find_account(db.session(), slug))


@bp.get("/empower/<slug>/<handle>")
@starts_limit
def open_handle(slug: str, handle: str) -> ResponseReturnValue:
    """Go on with what a program of the account has begun."""
    account = accounts.find_account(db.session(), slug)
    if account is None:
        abort(404)
    authorization = authorizations.get_by_handle(
        db.session(), account, handle, browser.name(), at=clock.utcnow()
    )
    if authorization.state == AuthorizationState.PENDING:
        return open_at_wechat(authorization)
    return _lead_on(authorization)


@bp.get("/auth")
@starts_limit
def come_back() -> ResponseReturnValue:
    """Take what WeChat brings, once; whatever comes again finds what came of it."""
    session, now = db.session(), clock.utcnow()
    state, code = request.args.get("state", ""), request.args.get("code", "")
    authorization = authorizations.get_by_state(session, state, browser.name(), at=now)
    if not code:
        authorizations.note_refusal(session, authorization)
        session.commit()
        return _lead_on(authorization)
    is_pending = authorization.state == AuthorizationState.PENDING
    if is_pending and authorizations.was_shown(authorization, code):
        # A preview that was loaded again: its code is used, and a new one is due.
        return open_at_wechat(authorization)
    if authorizations.claim(session, authorization, code, at=now):
        return _exchange(authorization, code)
    return _lead_on(authorization)


@bp.get("/auth/<slug>")
def show_trial(slug: str) -> str:
    """Tell whoever tries the account's web authorization that it works, or not."""
    with database.transactions(write=False):
        account = accounts.find_account(db.session(), slug)
        if account is None:
            abort(404)
        person = known_person(account, AuthorizationPurpose.TRIAL)
    return render_template("oauth/trial.html", account=account, person=person)


def _start(account: Account | None) -> ResponseReturnValue:
    """Begin where no program has: the address itself says what is wanted."""
    if account is None:
        abort(404)
    return_url = request.args.get("return_url", "")
    if return_url:
        addresses.check_return_url(account, return_url)
    authorization = authorizations.begin(
        db.session(),
        account,
        AuthorizationPurpose.API if return_url else AuthorizationPurpose.TRIAL,
        scope=request.args.get("scope", Scope.BASE),
        return_url=return_url or url_for(".show_trial", slug=account.slug),
        at=clock.utcnow(),
    )
    return open_at_wechat(authorization)


def _exchange(authorization: WebAuthorization, code: str) -> ResponseReturnValue:
    """Ask WeChat whose code it is, with no transaction open, and keep the answer."""
    session, scope = db.session(), authorization.scope
    oauth = wechat.oauth_for(authorization.account)
    session.commit()
    try:
        person = people.ask(oauth, scope, code)
    except SnapshotError:
        authorizations.note_snapshot(session, authorization, code)
    except CodeRefusedError:
        if authorizations.note_bad_code(session, authorization, code):
            return open_at_wechat(authorization)
    except WeChatError as error:
        log.warning("web authorization failed: %s", error)
        authorizations.note_failure(session, authorization, code)
    else:
        authorizations.note_person(
            session, authorization, code, person, at=clock.utcnow()
        )
    session.commit()
    return _lead_on(authorization)


def _lead_on(authorization: WebAuthorization) -> ResponseReturnValue:
    """Send the browser to where it wanted to be: a clean address, without the code."""
    _wait(authorization)
    match authorization.state:
        case AuthorizationState.PENDING:
            return render_template("oauth/snapshot.html", account=authorization.account)
        case AuthorizationState.EXCHANGING:
            raise StillAskingError
        case AuthorizationState.REFUSED | AuthorizationState.FAILED as state:
            told = {"authorization_error": ERRORS[state]}
        case _:
            told = {"authorization": authorization.ticket or ""}
    told = {name: value for name, value in told.items() if value}
    return redirect(addresses.with_query(authorization.return_url, **told))


def _wait(authorization: WebAuthorization) -> None:
    """Let another request find out who it is, if one is at it."""
    session, deadline = db.session(), time.monotonic() + WAIT_SECONDS
    with database.transactions(write=False):
        while (
            authorization.state == AuthorizationState.EXCHANGING
            and time.monotonic() < deadline
        ):
            session.rollback()
            time.sleep(POLL_SECONDS)
