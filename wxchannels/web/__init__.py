"""Who asks us over HTTP: parse, call, commit, render."""

from flask import Flask

from wxchannels.extensions import csrf
from wxchannels.web import (
    accounts,
    addresses,
    api,
    assets,
    auth,
    bulk,
    callback,
    channels,
    error_pages,
    errors,
    events,
    filters,
    health,
    home,
    ledger_words,
    metrics,
    navigation,
    overview,
    pictures,
    preferences,
    reports,
    requests,
    users,
)


def register(app: Flask) -> None:
    """Bind every blueprint and the rules that hold for all of them."""
    requests.register(app)
    auth.bind(app)
    filters.register(app)
    assets.register(app)
    ledger_words.register(app)
    addresses.register(app)
    navigation.register(app)
    preferences.register(app)
    error_pages.register(app)
    errors.register(app)
    csrf.exempt(callback.bp)
    api.register(app)
    app.register_blueprint(callback.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(metrics.bp)
    app.register_blueprint(pictures.bp)
    app.register_blueprint(channels.bp)
    app.register_blueprint(bulk.bp)
    app.register_blueprint(home.bp)
    app.register_blueprint(users.bp)
    app.register_blueprint(overview.bp)
    app.register_blueprint(reports.bp)
    app.register_blueprint(events.bp)
    for blueprint in accounts.BLUEPRINTS:
        app.register_blueprint(blueprint)
