"""Language, theme and what a browser may do; the product uses the same cookies."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, has_request_context, request
from flask_babel import Babel, get_locale

LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")
CHOICES = {"lang": LANGUAGES, "theme": THEMES}
YEAR_SECONDS = 365 * 24 * 60 * 60
TRANSLATIONS = Path(__file__).parents[2] / "translations" / "sandbox"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
        "data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def register(app: Flask) -> None:
    """Bind what holds for every page."""
    Babel(
        app,
        default_locale="zh",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=choose_language,
    )
    app.before_request(refuse_other_sites)
    app.after_request(protect)
    app.jinja_env.globals.update(chosen_theme=theme, html_language=html_language)


def choose_language() -> str:
    """Return the language asked for: the address, the cookie, the browser, Chinese."""
    if not has_request_context():
        return LANGUAGES[0]
    for asked in (request.args.get("lang"), request.cookies.get("lang")):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def html_language() -> str:
    """Return the page's language as HTML names it."""
    return {"zh": "zh-CN"}.get(str(get_locale()), "en")


def theme() -> str:
    """Return the theme that was chosen, or "" to follow the system."""
    for chosen in (request.args.get("theme"), request.cookies.get("theme")):
        if chosen in THEMES:
            return chosen
    return ""


def refuse_other_sites() -> None:
    """Let no other page in this browser play with the sandbox."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        abort(403)


def protect(response: Response) -> Response:
    """Remember what was chosen; let browsers load nothing from elsewhere."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    for name, allowed in CHOICES.items():
        chosen = request.args.get(name)
        if chosen in allowed:
            response.set_cookie(name, chosen, max_age=YEAR_SECONDS, samesite="Lax")
    return response
