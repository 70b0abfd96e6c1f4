"""Which language a reader gets."""

from flask import has_request_context, request

LANGUAGES = ("zh", "en")


def choose() -> str:
    """Return the language asked for: the address, the cookie, the browser, Chinese."""
    if not has_request_context():
        return LANGUAGES[0]
    for asked in (request.args.get("lang"), request.cookies.get("lang")):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
