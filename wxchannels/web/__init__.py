"""Who asks us over HTTP: parse, call, commit, render."""

from flask import Flask

from wxchannels.web import callback, errors, health, requests


def register(app: Flask) -> None:
    """Bind every blueprint and the rules that hold for all of them."""
    requests.register(app)
    errors.register(app)
    app.register_blueprint(callback.bp)
    app.register_blueprint(health.bp)
