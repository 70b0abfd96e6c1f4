"""What was done last, offered to be taken back on the next page."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from flask import flash, g, request, session, url_for
from flask_babel import gettext

from wxchannels.channels.undoing import Change

#: Where the session, which is kept on the server, has what was there before.
KEPT = "undo"
KEY_BYTES = 9
#: What MySQL takes in a session is 64 KiB; no page has channels that need as much.
MOST_BYTES = 48 * 1024


def offer_undo(sentence: str, url: str) -> None:
    """Say what was done on the next page, with a button that posts to `url`."""
    offer: Any = {"sentence": sentence, "url": url}
    flash(offer, "undo")


def offer_back(
    sentence: str,
    changes: Sequence[Change],
    endpoint: str,
    **values: Any,  # noqa: ANN401 - as `url_for` has them
) -> None:
    """Say what was done, and keep what was changed for `endpoint` to take back."""
    if not changes or len(json.dumps(changes)) > MOST_BYTES:
        flash(sentence)
        return
    key = secrets.token_urlsafe(KEY_BYTES)
    about = {"endpoint": endpoint, "account_id": g.account.id}
    session[KEPT] = {"key": key, **about, "changes": changes}
    offer_undo(sentence, url_for(endpoint, key=key, **values))


def find_changes(key: str) -> Sequence[Change]:
    """Return what the key takes back; a later change has a key of its own."""
    kept = session.get(KEPT, {})
    about = {"key": key, "endpoint": request.endpoint, "account_id": g.account.id}
    if any(kept.get(name) != value for name, value in about.items()):
        flash(gettext("This cannot be taken back any more."), "error")
        return []
    changes: Sequence[Change] = kept["changes"]
    return changes


def forget_changes() -> None:
    """Let what was taken back, and is written, not be taken back again."""
    session.pop(KEPT)
