"""`/metrics`: the numbers, for Prometheus on this host or with a token."""

import hmac
import time
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST

from wxchannels import clock
from wxchannels.intake.intake import SPOOLED
from wxchannels.intake.store import PARKED
from wxchannels.ledger.answers import Answer
from wxchannels.metrics.metrics import Metrics
from wxchannels.metrics.pushes import Outcome
from wxchannels.web import callback

bp = Blueprint("metrics", __name__)

#: What a proxy says of whom it speaks for.
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
REFUSALS = {
    400: Outcome.MALFORMED,
    403: Outcome.FORBIDDEN,
    413: Outcome.TOO_LARGE,
    415: Outcome.ENCODED,
}


@bp.before_request
def admit() -> Response | None:
    """Let in whoever asks from this very host, or knows the token."""
    token = current_app.config["METRICS_TOKEN"]
    shown = request.headers.get("Authorization", "").encode()
    if token and hmac.compare_digest(shown, f"Bearer {token}".encode()):
        return None
    if _comes_from_this_host():
        return None
    text = "Show the token of WXCHANNELS_METRICS_TOKEN, or ask from this host.\n"
    headers = {"WWW-Authenticate": "Bearer"}
    return Response(text, status=401, headers=headers, mimetype="text/plain")


@bp.get("/metrics")
def show() -> Response:
    """Say how we are."""
    return Response(
        _metrics().page(now=clock.utcnow()), content_type=CONTENT_TYPE_LATEST
    )


@callback.bp.before_request
def look_at_the_time() -> None:
    """Remember when a push came."""
    g.came_at = time.perf_counter()


@callback.bp.after_request
def count(response: Response) -> Response:
    """Count a push and how long its answer took."""
    if request.method == "POST":
        seconds = time.perf_counter() - g.came_at
        _metrics().pushes.add(_outcome(response), seconds)
    return response


def _metrics() -> Metrics:
    metrics: Metrics = current_app.extensions["metrics"]
    return metrics


def _comes_from_this_host() -> bool:
    """Say whether the other end of the connection is here and speaks for itself."""
    if any(name in request.headers for name in FORWARDED):
        return False
    before_proxies = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    peer = before_proxies["REMOTE_ADDR"]
    return bool(peer) and ip_address(peer).is_loopback


def _outcome(response: Response) -> Outcome:
    answer: Answer | None = g.get("answer")
    if answer is None:
        return REFUSALS.get(response.status_code, Outcome.NOT_STORED)
    if answer is SPOOLED:
        return Outcome.SPOOLED
    return Outcome.PARKED if answer is PARKED else Outcome.STORED
