"""Pages on which staff say what people get to read."""

from flask import Flask

from wxchannels.web.replies import defaults, previewing, rules, trial, undoing
from wxchannels.web.replies.blueprint import bp

PAGES = (defaults, previewing, rules, trial, undoing)


def register(app: Flask) -> None:
    """Bind the pages, and what every form with replies shows of them."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(read_preview=previewing.read_preview)
