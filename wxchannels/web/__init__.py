"""Who asks us over HTTP: parse, call, commit, render."""

from flask import Flask

from wxchannels.extensions import csrf
from wxchannels.web import (
    callback,
    error_pages,
    errors,
    filters,
    health,
    navigation,
    preferences,
    requests,
)


def register(app: Flask) -> None:
    """Bind every blueprint and the rules that hold for all of them."""
    requests.register(app)
    filters.register(app)
    navigation.register(app)
    preferences.register(app)
    error_pages.register(app)
    errors.register(app)
    csrf.exempt(callback.bp)
    app.register_blueprint(callback.bp)
    app.register_blueprint(health.bp)
