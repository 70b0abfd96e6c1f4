"""What an error page says: what happened, why, and what to do next."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import gettext
from werkzeug.exceptions import default_exceptions

from wxchannels import clock
from wxchannels.errors import N_

#: Status → what happened, and why or what next.
SENTENCES: Mapping[int, tuple[str, str]] = {
    400: (
        N_("This request could not be read"),
        N_(
            "Part of it is missing or out of date. Go back, load the page again and"
            " send the form once more."
        ),
    ),
    401: (N_("Sign in first"), N_("This page is for people who are signed in.")),
    403: (
        N_("This is not allowed"),
        N_("Your role does not include this. An administrator can change it."),
    ),
    404: (
        N_("Page not found"),
        N_(
            "The address is wrong, the item is gone, or it belongs to an account you"
            " cannot see."
        ),
    ),
    405: (
        N_("This address cannot be used like that"),
        N_("Go back and use the buttons of the page."),
    ),
    409: (
        N_("Someone else changed this first"),
        N_("It changed in the meantime. Reload the page and check."),
    ),
    413: (
        N_("This is too large"),
        N_("Send less at once, for example a shorter list or a smaller file."),
    ),
    422: (
        N_("This cannot be done this way"),
        N_("Something in the form is not right. Go back and change it."),
    ),
    429: (
        N_("Too many at once"),
        N_("Wait a minute, then try again. Nothing was changed."),
    ),
    500: (
        N_("This page could not be opened"),
        N_("The mistake is ours, not yours. It has been noted down."),
    ),
    503: (
        N_("Not available at the moment"),
        N_("Something we need does not answer. Try again in a minute."),
    ),
}
FIRST_OF_OURS = 500
#: What others raise with these names tokens and limits, in English.
SAID_BETTER = frozenset({400, 429})
WERKZEUGS = frozenset(error.description for error in default_exceptions.values())


def error_title(status: int) -> str:
    """Return what happened."""
    return str(gettext(_sentences(status)[0]))


def error_reason(status: int, message: str = "") -> str:
    """Return why, and what to do next: `message`, unless it is not for people."""
    if message and status not in SAID_BETTER and message not in WERKZEUGS:
        return message
    return str(gettext(_sentences(status)[1]))


def _sentences(status: int) -> tuple[str, str]:
    general = 500 if status >= FIRST_OF_OURS else 400
    return SENTENCES.get(status) or SENTENCES[general]


def register(app: Flask) -> None:
    """Give the error page its sentences."""
    app.jinja_env.globals.update(
        error_title=error_title, error_reason=error_reason, now=clock.utcnow
    )
