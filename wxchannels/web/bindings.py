"""Members bound to followers, for staff: found, looked at, undone."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.members import bindings, listing
from wxchannels.models import BindingState, UnboundBy
from wxchannels.paging import parse_page
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.audit import note

bp = account_blueprint(
    "bindings",
    __name__,
    prefix="bindings",
    read=Action.MANAGE_CHANNELS,
    write=Action.MANAGE_CHANNELS,
)
PAGE_SIZE = 50
#: By the word in the address: what the list can be narrowed to.
SHOWN = {
    "bound": (BindingState.BOUND,),
    "waiting": (BindingState.PENDING, BindingState.SCANNED),
    "unbound": (BindingState.UNBOUND,),
    "nothing": (BindingState.REFUSED, BindingState.EXPIRED, BindingState.CANCELLED),
}
CHOICES = (
    ("bound", _("Bound")),
    ("waiting", _("Waiting")),
    ("unbound", _("Undone")),
    ("nothing", _("Not completed")),
    ("all", _("All")),
)
UNDONE_BY = {
    UnboundBy.PROGRAM: _("by a program"),
    UnboundBy.STAFF: _("by staff"),
    UnboundBy.FOLLOWER: _("by the follower"),
    UnboundBy.UNFOLLOW: _("by unfollowing"),
    UnboundBy.ERASURE: _("by erasing the person"),
}


@bp.get("")
def index() -> str:
    """List bindings: those that hold, or others, by a part of the member's name."""
    now, show = clock.utcnow(), request.args.get("show", "bound")
    found = listing.list_bindings(
        db.session(),
        g.account,
        search=request.args.get("q", "").strip(),
        states=SHOWN.get(show, ()),
        page=parse_page(request.args.get("page", "")),
        page_size=PAGE_SIZE,
        now=now,
    )
    return render_template(
        "bindings/index.html",
        found=found,
        show=show if show in SHOWN else "all",
        choices=CHOICES,
        undone_by=UNDONE_BY,
        now=now,
    )


@bp.post("/<int(max=9223372036854775807):binding_id>/undo")
def undo(binding_id: int) -> ResponseReturnValue:
    """Undo a binding, or cancel a code that waits."""
    session, now = db.session(), clock.utcnow()
    binding = bindings.get_binding(session, g.account, binding_id)
    member = binding.member
    bindings.cancel(session, binding, by=UnboundBy.STAFF, at=now)
    note("binding.cancel", binding_id, at=now)
    session.commit()
    flash(gettext("“%(member)s” is not bound.", member=member))
    return redirect(url_for(".index"))
