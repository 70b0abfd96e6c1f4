"""What every page says while pushes wait on this host."""

from flask import Flask, current_app
from flask_security import current_user

from wxchannels.intake.intake import Intake
from wxchannels.intake.spool import SpoolError


def pushes_kept() -> int:
    """Return how many pushes this host keeps for the database; none to strangers."""
    if not current_user.is_authenticated:
        return 0
    intake: Intake = current_app.extensions["intake"]
    try:
        return intake.status().spooled
    except SpoolError:
        return 0


def register(app: Flask) -> None:
    """Let the shell around every page ask."""
    app.jinja_env.globals.update(pushes_kept=pushes_kept)
