"""The control API: whoever plays a scene sets the stage here."""

from flask import Blueprint, Response, jsonify

from wxchannels.sandbox.control import accounts, log, people, time, trouble
from wxchannels.sandbox.errors import NotPossibleError, UnknownThingError


def make_blueprint() -> Blueprint:
    """Return everything under /sandbox/api."""
    blueprint = Blueprint("control", __name__, url_prefix="/sandbox/api")
    for module in (time, accounts, people, trouble, log):
        blueprint.register_blueprint(module.bp)
    blueprint.register_error_handler(NotPossibleError, explain)
    return blueprint


def explain(error: NotPossibleError) -> tuple[Response, int]:
    """Say what was wrong with the request."""
    status = 404 if isinstance(error, UnknownThingError) else 422
    return jsonify(message=str(error)), status
