"""What an account's pages say while its days are being counted again."""

from flask import Flask, g
from flask_security import current_user

from wxchannels.extensions import db
from wxchannels.ledger import recount
from wxchannels.ledger.recount import Progress
from wxchannels.models import RecountReason
from wxchannels.people import policy
from wxchannels.people.policy import Action


def moving_days() -> Progress | None:
    """Return how far events have moved to other days, while they do."""
    account = g.get("account")
    if not policy.can(current_user, Action.READ, account):
        return None
    row = recount.find_recount(db.session(), account)
    if row is None or row.finished_at or row.reason != RecountReason.TIME_ZONE:
        return None
    return recount.progress_of(row)


def register(app: Flask) -> None:
    """Give the shell's template what it shows above every page's head."""
    app.jinja_env.globals.update(moving_days=moving_days)
