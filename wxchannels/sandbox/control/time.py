"""The clock, and beginning again."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from wxchannels.sandbox.actions import read_time
from wxchannels.sandbox.control.reading import read_body
from wxchannels.sandbox.state import current_state, current_world

bp = Blueprint("time", __name__)


@bp.get("/clock")
def show_clock() -> Response:
    """Tell the simulated time."""
    clock = current_world().clock
    return jsonify(
        now=clock.now().isoformat(),
        seconds=clock.seconds(),
        stopped=clock.stopped_at is not None,
    )


@bp.post("/clock")
def move_clock() -> Response:
    """Let time pass (`advance`), make it another time (`set`, `stop`), or `go` on.

    Late pushes whose time has come are sent before the answer.
    """
    body, state = read_body(), current_state()
    clock = state.world.clock
    with state.world.changing():
        if "set" in body:
            clock.set_to(_moment(body["set"]))
        if "stop" in body:
            now = body["stop"] is True
            clock.stop_at(clock.now() if now else _moment(body["stop"]))
        if body.get("go"):
            clock.set_to(clock.now())
        clock.advance(float(body.get("advance", 0)))
    state.post.deliver_due()
    return show_clock()


@bp.post("/reset")
def reset() -> Response:
    """Forget accounts, people and what was pushed; the clock runs on."""
    state = current_state()
    with state.world.changing():
        for app_id in list(state.world.accounts):
            state.post.forget(app_id)
        state.world.clear()
    return jsonify({})


def _moment(value: object) -> datetime:
    return datetime.fromtimestamp(read_time(value, 0), UTC)
