"""All official accounts, and connecting another one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.accounts.checklist import checklist
from wxchannels.accounts.connection import Connection, time_zones
from wxchannels.extensions import db
from wxchannels.models import Account
from wxchannels.paging import parse_number
from wxchannels.people import audit, phones
from wxchannels.web.accounts.asking import check_token
from wxchannels.web.accounts.blueprints import accounts_bp
from wxchannels.web.accounts.forms import ConnectionForm
from wxchannels.web.auth.blueprint import me
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained, refuse


@accounts_bp.get("")
def index() -> str:
    """List the accounts and how far their connections have come."""
    session = db.session()
    rows = [
        (account, checklist(session, account))
        for account in accounts.list_accounts(session)
    ]
    return render_template("accounts/index.html", rows=rows)


@accounts_bp.post("/sign-in")
def choose_for_sign_in() -> ResponseReturnValue:
    """Let the codes of one account, or of none, sign our users in."""
    session, chosen = db.session(), request.form.get("account", type=parse_number)
    account = session.get(Account, chosen) if chosen else None
    phones.use_account(session, me(), account, at=clock.utcnow())
    session.commit()
    flash(gettext("Saved."))
    return redirect(url_for(".index"))


@accounts_bp.get("/new")
def new() -> str:
    """Show the form."""
    return _show_form(ConnectionForm(formdata=None))


@accounts_bp.post("/new")
def create() -> ResponseReturnValue:
    """Connect an account, ask WeChat for a token at once and go on to the rest."""
    form = ConnectionForm()
    entered = form.entered()
    for problem in entered.problems():
        refuse(form, problem)
    if not form.errors:
        with explained(form):
            account = _connect(entered)
            check_token(account)
            return redirect(url_for("connection.show", slug=account.slug))
    return _show_form(form), UNPROCESSABLE


def _connect(entered: Connection) -> Account:
    session, now = db.session(), clock.utcnow()
    account = accounts.connect_account(session, entered, at=now)
    audit.note(
        session,
        me(),
        "account.connect",
        account=account,
        subject_id=account.id,
        details={"slug": account.slug, "app_id": account.app_id},
        at=now,
    )
    return account


def _show_form(form: ConnectionForm) -> str:
    return render_template(
        "accounts/new.html", form=form, time_zones=sorted(time_zones())
    )
