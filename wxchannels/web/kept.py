"""What pages say of this host's spool: what waits in it, and what was set aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

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
        return intake.pushes_kept()
    except SpoolError:
        return 0


@dataclass(frozen=True)
class SetAside:
    """Damaged files and unreadable pushes, and when the oldest of them is deleted."""

    number: int
    ends_at: datetime


def set_aside() -> SetAside | None:
    """Return what waits in the spool of this host for a person to look at."""
    intake: Intake = current_app.extensions["intake"]
    try:
        status = intake.status()
    except SpoolError:
        return None
    if status.quarantined_since is None:
        return None
    kept = timedelta(days=current_app.config["RAW_RETENTION_DAYS"])
    return SetAside(status.quarantined, status.quarantined_since + kept)


def register(app: Flask) -> None:
    """Let the shell around every page ask."""
    app.jinja_env.globals.update(pushes_kept=pushes_kept)
