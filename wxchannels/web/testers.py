"""Taking somebody who tries our codes out of the figures, and putting them back."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.ledger import personal, testers
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.audit import note
from wxchannels.web.undoing import offer_undo

bp = account_blueprint(
    "testers", __name__, prefix="testers", write=Action.MANAGE_CHANNELS
)
ONE = "/<int(max=9223372036854775807):person_id>"
#: Names, in an address, the page of a person's data: who comes from there returns.
DATA = "data"


@bp.post(ONE)
def mark(person_id: int) -> ResponseReturnValue:
    """Have the person count in no figure any more."""
    if _mark(person_id, "person.mark_tester", is_tester=True):
        said = gettext("Marked as tester: the person counts in no figure any more.")
        offer_undo(said, url_for(".unmark", person_id=person_id, back=_back()))
    return _return_to(person_id, testers=1)


@bp.post(f"{ONE}/undo")
def unmark(person_id: int) -> ResponseReturnValue:
    """Have the person count again, as before."""
    if _mark(person_id, "person.unmark_tester", is_tester=False):
        said = gettext("No tester any more: all figures have the person back.")
        offer_undo(said, url_for(".mark", person_id=person_id, back=_back()))
    return _return_to(person_id, testers=None)


def _mark(person_id: int, act: str, *, is_tester: bool) -> bool:
    session = db.session()
    person = personal.get_person_by_number(session, g.account, person_id)
    is_changed = testers.mark(session, person, is_tester=is_tester)
    if is_changed:
        note(act, person.id, at=clock.utcnow())
        session.commit()
    return is_changed


def _back() -> str | None:
    return request.args.get("back")


def _return_to(person_id: int, *, testers: int | None) -> ResponseReturnValue:
    if _back() == DATA:
        return redirect(url_for("connection.show_person", person_id=person_id))
    log = url_for("events.index", p="all", person=person_id, testers=testers)
    return redirect(log)
