"""`/metrics`: the numbers, for Prometheus on this host or with a token."""

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from wxchannels import clock
from wxchannels.metrics.metrics import Metrics

bp = Blueprint("metrics", __name__)

#: What a proxy says of whom it speaks for.
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


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
