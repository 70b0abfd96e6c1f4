"""The reader's language and theme: two cookies, set by links that need no script."""

from flask import Blueprint, Flask, current_app, redirect, request
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from wxchannels import __version__
from wxchannels.web.locale import LANGUAGES

THEMES = ("light", "dark")
CHOICES = {"lang": LANGUAGES, "theme": THEMES}
YEAR_SECONDS = 365 * 24 * 60 * 60

bp = Blueprint("preferences", __name__)


@bp.get("/preferences")
def update() -> Response:
    """Remember a language or a theme and go back to the page.

    A GET, because a link to the other language must work anywhere; nothing but
    the two cookies changes.
    """
    response = redirect(own_path(request.args.get("next", "")))
    for name, allowed in CHOICES.items():
        if request.args.get(name) in allowed:
            remember(response, name, request.args[name])
    return response


def remember(response: Response, name: str, value: str) -> Response:
    """Have the browser say `value` by that name from now on."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
    return response


def own_path(address: str) -> str:
    """Return `address` if it is a path of this site, else the start page."""
    # Browsers read a backslash as a slash, and drop tabs and line breaks.
    own = address.startswith("/") and not address.startswith("//")
    if own and address.isprintable() and "\\" not in address:
        return address
    return f"{request.script_root}/"


def theme() -> str:
    """Return the theme that was chosen, or "" to follow the system."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def html_language() -> str:
    """Return the page's language as HTML names it."""
    return {"zh": "zh-CN"}.get(str(get_locale()), "en")


def script_words() -> dict[str, str]:
    """Return the words that scripts show, in the reader's language."""
    return {
        "copied": gettext("Copied"),
        "copyFailed": gettext("Copying did not work. Select the text and copy it."),
        "noData": gettext("No data"),
        "noAnswer": gettext("The server did not answer. What you see is from before."),
        "refused": gettext("That was refused. Load the page again."),
        "tryAgain": gettext("Try again"),
    }


def register(app: Flask) -> None:
    """Bind the page that remembers, and tell the templates what was chosen."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        chosen_theme=theme,
        html_language=html_language,
        script_words=script_words,
        version=__version__,
    )
