"""The page that shows a member the code to scan. Whoever knows its address may look."""

from flask import Blueprint, Response, abort

from wxchannels import clock
from wxchannels.authorizations.addresses import with_query
from wxchannels.channels.pictures import MEDIA_TYPES, Format, draw
from wxchannels.extensions import db
from wxchannels.members import bindings
from wxchannels.models import BindingState
from wxchannels.web import fragments
from wxchannels.web.requests import keep_secret

bp = Blueprint("binding_page", __name__, url_prefix="/bind")
bp.after_request(keep_secret)

#: While these last there is something to wait for.
WAITING = {BindingState.PENDING, BindingState.SCANNED}


@bp.get("/<secret>")
def show(secret: str) -> Response:
    """Show the code and the digits, how long they last, and what came of them."""
    now = clock.utcnow()
    binding = bindings.get_by_page(db.session(), secret)
    state, code = binding.state_at(now), binding.code
    back = binding.return_url and with_query(
        binding.return_url, binding=str(binding.id)
    )
    response = fragments.answer(
        "bindings/page.html",
        "bindings/_page.html",
        has_foot=False,
        binding=binding,
        secret=secret,
        state=state,
        is_waiting=state in WAITING,
        seconds_left=max(0, int((code.expires_at - now).total_seconds())),
        back=back,
    )
    if back and state == BindingState.BOUND and fragments.wants_part():
        response.headers["HX-Redirect"] = back
    return response


@bp.get("/<secret>/qrcode.svg")
def show_picture(secret: str) -> Response:
    """Show the code's picture, as long as it can be scanned."""
    binding = bindings.get_by_page(db.session(), secret)
    if binding.state_at(clock.utcnow()) != BindingState.PENDING:
        abort(404)
    return Response(
        draw(binding.code.url, Format.SVG), mimetype=MEDIA_TYPES[Format.SVG]
    )
