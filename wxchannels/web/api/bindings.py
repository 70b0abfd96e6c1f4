"""Members bound to followers, for programs."""

from datetime import datetime
from typing import Any

from flask import current_app, g, url_for

from wxchannels import clock
from wxchannels.authorizations.addresses import check_return_url
from wxchannels.extensions import db
from wxchannels.members import bindings, listing, proposals
from wxchannels.members.codes import Asker
from wxchannels.members.proposals import Proposed
from wxchannels.models import Binding, UnboundBy
from wxchannels.web import wechat
from wxchannels.web.api import keys, member_shapes
from wxchannels.web.api.blueprint import ApiBlueprint

Query = dict[str, Any]

bp = ApiBlueprint(
    "bindings", prefix="/bindings", read="bindings:read", write="bindings:write"
)
ONE = "/<int:binding_id>"


@bp.post("", takes=member_shapes.NewBinding, gives=member_shapes.BindingCode)
def propose_binding(asked: dict[str, Any]) -> dict[str, Any]:
    """Have WeChat make a code that binds the member to whoever scans and confirms."""
    session, now = db.session(), clock.utcnow()
    if asked["return_url"]:
        check_return_url(g.account, asked["return_url"])
    proposal = proposals.propose(session, g.account, **asked)
    client, asker = wechat.client_for(g.account), Asker(api_key_id=g.api_key.id)
    # WeChat is asked with no transaction open: it can be slow.
    session.commit()
    ticket = client.create_qrcode(proposal.request)
    made = proposals.record(
        session, g.account, proposal, ticket, asker, link=_confirm_url, at=now
    )
    keys.note("binding.propose", made.binding.id, at=now)
    session.commit()
    return {**describe(made.binding, now=now), **_show_once(made)}


@bp.get("", takes=member_shapes.BindingQuery, gives=member_shapes.BindingPage)
def list_bindings(query: Query) -> dict[str, Any]:
    """List bindings, the newest first."""
    now, state = clock.utcnow(), query.pop("state", None)
    found = listing.list_bindings(
        db.session(), g.account, states=[state] if state else [], now=now, **query
    )
    return {**vars(found), "items": [describe(one, now=now) for one in found.items]}


@bp.get(ONE, gives=member_shapes.Binding)
def show_binding(binding_id: int) -> dict[str, Any]:
    """Show a binding; meant to be asked every second or two while a code is shown."""
    binding = bindings.get_binding(db.session(), g.account, binding_id)
    return describe(binding, now=clock.utcnow())


@bp.delete(ONE, gives=member_shapes.Binding)
def cancel_binding(binding_id: int) -> dict[str, Any]:
    """Undo a binding, or cancel its code; done twice it is as done once."""
    session, now = db.session(), clock.utcnow()
    binding = bindings.get_binding(session, g.account, binding_id)
    bindings.cancel(session, binding, by=UnboundBy.PROGRAM, at=now)
    keys.note("binding.cancel", binding_id, at=now)
    session.commit()
    return describe(binding, now=now)


def describe(binding: Binding, *, now: datetime) -> dict[str, Any]:
    """Return the binding as programs see it at `now`."""
    kept = ("id", "member", "created_at", "bound_at", "unbound_at")
    return {
        **{name: getattr(binding, name) for name in kept},
        "state": binding.state_at(now),
        "expires_at": binding.code.expires_at,
    }


def _show_once(made: Proposed) -> dict[str, str | None]:
    code = made.binding.code
    return {
        "url": code.url,
        "ticket": made.ticket,
        "code": code.digits,
        "page_url": _address("binding_page.show", made.page_secret),
        "image_url": _address("binding_page.show_picture", made.page_secret),
    }


def _confirm_url(secret: str) -> str:
    return _address("binding_confirm.show", secret)


def _address(endpoint: str, secret: str) -> str:
    base: str = current_app.config["BASE_URL"]
    return base + url_for(endpoint, secret=secret)
