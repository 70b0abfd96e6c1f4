"""What is kept of one person: for whoever asks to see it, or to have it erased."""

from flask import (
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.ledger import personal
from wxchannels.models import Follower
from wxchannels.web.accounts.blueprints import connection_bp
from wxchannels.web.accounts.forms import PersonForm
from wxchannels.web.audit import note
from wxchannels.web.errors import UNPROCESSABLE
from wxchannels.web.irreversible import ConfirmedForm
from wxchannels.web.refusals import explained


@connection_bp.get("/people-data")
def ask_for_person() -> str:
    """Show the form that asks whom it is about."""
    return _show_search(PersonForm(formdata=None))


@connection_bp.post("/people-data")
def find_person() -> ResponseReturnValue:
    """Look the openid up. It is posted, so that no address and no log holds it."""
    form = PersonForm()
    if form.validate():
        with explained(form):
            person = personal.get_person(db.session(), g.account, form.openid.data)
            return redirect(url_for(".show_person", person_id=person.id))
    return _show_search(form), UNPROCESSABLE


@connection_bp.get("/people-data/<int(max=9223372036854775807):person_id>")
def show_person(person_id: int) -> Response:
    """Show how much is kept of the person."""
    return _show_person(_person(person_id), ConfirmedForm(formdata=None))


@connection_bp.post("/people-data/<int(max=9223372036854775807):person_id>/export")
def export_person(person_id: int) -> Response:
    """Hand everything out as a file."""
    person = _person(person_id)
    response = jsonify(personal.export_person(db.session(), g.account, person))
    note("person.export", person.id, at=clock.utcnow())
    db.session.commit()
    name = f"{g.account.slug}-person-{person_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.cache_control.no_store = True
    return response


@connection_bp.post("/people-data/<int(max=9223372036854775807):person_id>/erase")
def erase_person(person_id: int) -> ResponseReturnValue:
    """Erase what says who the person is, once that is confirmed."""
    person, form = _person(person_id), ConfirmedForm()
    if not form.validate() or not form.confirms(g.account):
        response = _show_person(person, form)
        response.status_code = UNPROCESSABLE
        return response
    session, now = db.session(), clock.utcnow()
    personal.erase_person(session, g.account, person, at=now)
    note("person.erase", person.id, at=now)
    session.commit()
    flash(gettext("Erased. Nothing is left that says who the person is."))
    return redirect(url_for(".show_person", person_id=person_id))


def _person(person_id: int) -> Follower:
    return personal.get_person_by_number(db.session(), g.account, person_id)


def _show_search(form: PersonForm) -> str:
    return render_template("accounts/people_data.html", form=form)


def _show_person(person: Follower, form: ConfirmedForm) -> Response:
    holdings = personal.holdings_of(db.session(), g.account, person)
    page = render_template("accounts/person_data.html", holdings=holdings, form=form)
    response = Response(page)
    response.cache_control.no_store = True
    return response
