"""The phone page: a person, a code, a chat, and what went over the wire."""

from flask import Flask

from wxchannels.sandbox.phone import authorize, preferences, views


def register(app: Flask) -> None:
    """Bind the page and what every answer to a browser carries."""
    preferences.register(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(authorize.bp)
