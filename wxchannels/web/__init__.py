"""Who asks us over HTTP: parse, call, commit, render."""

from flask import Flask

from wxchannels.extensions import csrf
from wxchannels.web import (
    accounts,
    api,
    auth,
    callback,
    error_pages,
    errors,
    filters,
    health,
    home,
    navigation,
    preferences,
    requests,
    users,
)


def register(app: Flask) -> None:
    """Bind every blueprint and the rules that hold for all of them."""
    requests.register(app)
    auth.bind(app)
    filters.register(app)
    navigation.register(app)
    preferences.register(app)
    error_pages.register(app)
    errors.register(app)
    csrf.exempt(callback.bp)
    api.register(app)
    app.register_blueprint(callback.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(home.bp)
    app.register_blueprint(users.bp)
    for blueprint in accounts.BLUEPRINTS:
        app.register_blueprint(blueprint)
