"""Making things go wrong: faults of the API, mischief with pushes, a stolen token."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from wxchannels.sandbox.control.log import describe_delivery
from wxchannels.sandbox.control.reading import change, read_body
from wxchannels.sandbox.errors import NotPossibleError
from wxchannels.sandbox.faults import ANY_PATH, Fault, FaultKind
from wxchannels.sandbox.state import current_post, current_world

ORDERS = ("sent", "reversed", "shuffled")


bp = Blueprint("trouble", __name__)


@bp.get("/accounts/<app_id>/faults")
def list_faults(app_id: str) -> Response:
    """Return what is wrong with the API at the moment."""
    account = current_world().get_account(app_id)
    return jsonify([asdict(one) for one in account.faults.faults])


@bp.post("/accounts/<app_id>/faults")
def add_fault(app_id: str) -> Response:
    """Let calls of `path` go wrong, `times` times or, with null, always."""
    body, world = read_body(), current_world()
    with world.changing():
        world.get_account(app_id).faults.faults.append(_read_fault(body))
    return list_faults(app_id)


@bp.delete("/accounts/<app_id>/faults")
def remove_faults(app_id: str) -> Response:
    """Let everything work again."""
    world = current_world()
    with world.changing():
        world.get_account(app_id).faults.faults = []
    return jsonify([])


@bp.patch("/accounts/<app_id>/mischief")
def change_mischief(app_id: str) -> Response:
    """Change how pushes travel."""
    body, world = read_body(), current_world()
    with world.changing():
        account = world.get_account(app_id)
        account.mischief = change(account.mischief, body)
    return jsonify(asdict(account.mischief))


@bp.post("/accounts/<app_id>/steal-token")
def steal_token(app_id: str) -> Response:
    """Make the account's tokens useless at once."""
    world = current_world()
    with world.changing():
        world.get_account(app_id).tokens.steal(world.clock.seconds())
    return jsonify({})


@bp.post("/accounts/<app_id>/release")
def release(app_id: str) -> Response:
    """Send the pushes that were kept back, in the `order` asked for."""
    body = read_body()
    current_world().get_account(app_id)
    order = str(body.get("order", "sent"))
    if order not in ORDERS:
        raise NotPossibleError("“%s” is no order: %s.", order, ", ".join(ORDERS))
    released = current_post().release(
        app_id, order=order, seed=int(body.get("seed", 0))
    )
    return jsonify([describe_delivery(one) for one in released])


def _read_fault(body: dict[str, Any]) -> Fault:
    """Return the fault that `body` describes."""
    try:
        kind = FaultKind(body.get("kind", FaultKind.ERRCODE))
    except ValueError as error:
        raise NotPossibleError("%s", error) from None
    times = body.get("times", 1)
    return Fault(
        path=str(body.get("path", ANY_PATH)),
        kind=kind,
        code=int(body.get("code", -1)),
        seconds=float(body.get("seconds", 0)),
        times=None if times is None else int(times),
    )
