"""People and rights: whom administrators admit, and what they may do."""

from datetime import datetime
from typing import Protocol

from flask import (
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts.accounts import list_accounts
from wxchannels.extensions import db
from wxchannels.models import User
from wxchannels.people import links, second_factor, sign_in, users
from wxchannels.web.access import administrator_blueprint
from wxchannels.web.auth.blueprint import ask_again, is_fresh, keep_private, me
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.refusals import explained, told
from wxchannels.web.undoing import offer_undo
from wxchannels.web.user_forms import (
    ROLE_NAMES,
    PersonForm,
    new_person_form,
    person_form,
)

bp = administrator_blueprint("users", __name__, prefix="users")
bp.after_request(keep_private)

#: Numbers beyond this are no row's, and too much for a database.
ONE = "/<int(max=2147483647):user_id>"
MOST_PAGES = 10_000


@bp.before_request
def require_fresh() -> ResponseReturnValue | None:
    """Ask for the password again before others' access is changed."""
    return None if is_fresh(clock.utcnow()) else ask_again()


@bp.get("")
def index() -> ResponseReturnValue:
    """List the people."""
    page = request.args.get("page", default=1, type=int)
    found = users.list_users(
        db.session(),
        search=request.args.get("q", ""),
        page=min(max(page, 1), MOST_PAGES),
    )
    return render_template(
        "users/index.html",
        found=found,
        role_names=ROLE_NAMES,
        account_names={one.id: one.name for one in list_accounts(db.session())},
        **_states(),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Show the form in which somebody is admitted."""
    form = new_person_form(list_accounts(db.session()), formdata=None)
    return render_template("users/new.html", form=form)


@bp.post("/new")
def create() -> ResponseReturnValue:
    """Admit somebody and show the link that lets them set a password."""
    database, now = db.session(), clock.utcnow()
    form = new_person_form(list_accounts(database))
    if form.validate():
        with explained(form):
            email, name = form.email.data, form.name.data
            user = users.add_user(database, me(), email, name, form.rights, at=now)
            return _give_link(user)
    return render_template("users/new.html", form=form), UNPROCESSABLE


@bp.get(ONE)
def show(user_id: int) -> ResponseReturnValue:
    """Show somebody and what they may do."""
    user = users.get_user(db.session(), user_id)
    form = person_form(list_accounts(db.session()), user, formdata=None)
    return _show(user, form)


@bp.post(ONE)
def update(user_id: int) -> ResponseReturnValue:
    """Change the name and the rights."""
    database, now = db.session(), clock.utcnow()
    user = users.get_user(database, user_id)
    form = person_form(list_accounts(database), user)
    if form.validate():
        with explained(form):
            users.change_user(database, me(), user, form.name.data, form.rights, at=now)
            database.commit()
            flash(gettext("Saved."))
            return redirect(url_for(".index"))
    return _show(user, form), UNPROCESSABLE


@bp.post(f"{ONE}/link")
def issue_link(user_id: int) -> ResponseReturnValue:
    """Make a one-time link with which the user sets a new password."""
    return _give_link(users.get_user(db.session(), user_id))


@bp.post(f"{ONE}/disable")
def disable(user_id: int) -> ResponseReturnValue:
    """Shut the user out."""
    undo = url_for(".enable", user_id=user_id)
    return _act(
        user_id,
        users.disable_user,
        gettext("%(name)s can no longer sign in."),
        undo=undo,
    )


@bp.post(f"{ONE}/enable")
def enable(user_id: int) -> ResponseReturnValue:
    """Let the user in again."""
    return _act(user_id, users.enable_user, gettext("%(name)s can sign in again."))


@bp.post(f"{ONE}/unlock")
def unlock(user_id: int) -> ResponseReturnValue:
    """End the lock that wrong passwords brought."""
    return _act(user_id, sign_in.unlock, gettext("%(name)s can try again."))


@bp.post(f"{ONE}/second-factor/off")
def turn_off_codes(user_id: int) -> ResponseReturnValue:
    """Ask the user for the password only, because the phone is gone."""
    said = gettext("%(name)s is no longer asked for a code.")
    return _act(user_id, second_factor.turn_off, said)


class _Act(Protocol):
    def __call__(
        self, session: Session, actor: User, user: User, *, at: datetime
    ) -> None: ...


def _act(user_id: int, act: _Act, said: str, *, undo: str = "") -> ResponseReturnValue:
    user = users.get_user(db.session(), user_id)
    sentence = said % {"name": user.name or user.email}
    with told():
        act(db.session(), me(), user, at=clock.utcnow())
        db.session.commit()
        if undo:
            offer_undo(sentence, undo)
        else:
            flash(sentence)
    return redirect(url_for(".show", user_id=user_id))


def _give_link(user: User) -> str:
    """Make a link and show it at once: it is a password, and kept nowhere."""
    secret = links.issue_link(db.session(), me(), user, at=clock.utcnow())
    db.session.commit()
    path = url_for("security.reset_password", secret=secret)
    form = person_form(list_accounts(db.session()), user, formdata=None)
    return _show(user, form, link=current_app.config["BASE_URL"] + path)


def _show(user: User, form: PersonForm, *, link: str = "") -> str:
    return render_template(
        "users/show.html", form=form, user=user, link=link, **_states()
    )


def _states() -> dict[str, object]:
    now = clock.utcnow()
    return {
        "is_locked": lambda user: sign_in.is_locked(user, at=now),
        "asks_for_code": second_factor.is_on,
        "myself": me().id,
    }
