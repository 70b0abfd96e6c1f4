"""What was pushed and what came back; how often the API was called."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from wxchannels.sandbox.delivery import Delivery
from wxchannels.sandbox.state import current_post, current_world

bp = Blueprint("log", __name__)


def describe_delivery(delivery: Delivery) -> dict[str, Any]:
    """Return a push, its tries, and what the person saw."""
    last = delivery.last_try
    return {
        "number": delivery.number,
        "app_id": delivery.push.app_id,
        "person_id": delivery.push.person_id,
        "at": delivery.push.at,
        "fields": dict(delivery.push.fields),
        "state": delivery.state,
        "due_at": delivery.due_at,
        "mode": delivery.mode,
        "format": delivery.format,
        "body": delivery.body,
        "tries": [asdict(attempt) for attempt in delivery.tries],
        "verdict": last and last.verdict,
        "reply": last and last.reply,
    }


@bp.get("/accounts/<app_id>/log")
def show_log(app_id: str) -> Response:
    """Return the pushes after number `after`, oldest first, perhaps of one `person`."""
    current_world().get_account(app_id)
    after = request.args.get("after", default=0, type=int)
    person = request.args.get("person")
    with current_world().reading():
        found = [
            describe_delivery(one)
            for one in current_post().log
            if one.push.app_id == app_id
            and one.number > after
            and person in {None, one.push.person_id}
        ]
    return jsonify(found)


@bp.delete("/accounts/<app_id>/log")
def empty_log(app_id: str) -> Response:
    """Forget what was pushed and what is kept back."""
    current_world().get_account(app_id)
    current_post().forget(app_id)
    return jsonify({})


@bp.get("/accounts/<app_id>/calls")
def show_calls(app_id: str) -> Response:
    """Return how often each path of the API was called for this account."""
    return jsonify(current_world().get_account(app_id).calls)


@bp.delete("/accounts/<app_id>/calls")
def forget_calls(app_id: str) -> Response:
    """Start counting again."""
    world = current_world()
    with world.changing():
        world.get_account(app_id).calls.clear()
    return jsonify({})
