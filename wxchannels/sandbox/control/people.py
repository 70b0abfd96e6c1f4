"""People: who there is, what they do, whole stories."""

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, jsonify

from wxchannels.sandbox.actions import act, read_time
from wxchannels.sandbox.control.log import describe_delivery
from wxchannels.sandbox.control.reading import change, read_body, read_list
from wxchannels.sandbox.script import Travel, play
from wxchannels.sandbox.state import current_state, current_world
from wxchannels.sandbox.world import Person

bp = Blueprint("people", __name__)


@bp.get("/people")
def list_people() -> Response:
    """Return everybody."""
    return jsonify([asdict(one) for one in current_world().people.values()])


@bp.put("/people/<person_id>")
def keep(person_id: str) -> Response:
    """Give a person a name and a place on the phone page, or a chosen openid."""
    body, world = read_body(), current_world()
    with world.changing():
        person = world.people.get(person_id, Person(person_id, person_id))
        openids = {**person.openids, **body.pop("openids", {})}
        world.people[person_id] = replace(change(person, body), openids=openids)
    return jsonify(asdict(world.people[person_id]))


@bp.get("/accounts/<app_id>/people/<person_id>")
def show(app_id: str, person_id: str) -> Response:
    """Return what a person has done with an account, and their chat."""
    world = current_world()
    account, person = world.get_account(app_id), world.get_person(person_id)
    with world.changing():
        relation = world.relation(account, person)
        return jsonify(
            **asdict(relation),
            name=person.name,
            follows_now=relation.current is not None,
        )


@bp.post("/accounts/<app_id>/people/<person_id>/<action>")
def do(app_id: str, person_id: str, action: str) -> Response:
    """Let a person do something, and wait until its push was delivered."""
    body, state = read_body(), current_state()
    at = read_time(body.get("at"), state.world.clock.seconds())
    outcome = act(state.world, app_id, person_id, action, body, at=at)
    delivery = state.post.send(outcome.push) if outcome.push else None
    return jsonify(
        result=outcome.result, delivery=delivery and describe_delivery(delivery)
    )


@bp.post("/accounts/<app_id>/script")
def run_script(app_id: str) -> Response:
    """Play a story and count what came of its pushes."""
    body, state = read_body(), current_state()
    state.world.get_account(app_id)
    steps = read_list(body, "steps")
    travel = change(Travel(), {key: body[key] for key in body if key != "steps"})
    played = play(state.world, state.post, app_id, steps, travel)
    verdicts: dict[str, int] = {}
    for delivery in played.deliveries:
        verdict = delivery.last_try.verdict if delivery.last_try else delivery.state
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    answer: dict[str, Any] = {"results": list(played.results), "verdicts": verdicts}
    return jsonify(answer | {"pushes": len(played.deliveries)})
