"""What machines ask about us."""

from flask import Blueprint, Response, current_app

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def ready() -> Response:
    """Say whether a push can be stored durably now."""
    if current_app.extensions["intake"].can_store():
        return Response("ok\n", mimetype="text/plain")
    return Response("cannot store\n", status=503, mimetype="text/plain")
