"""The language a user chose, in every browser they sign in with."""

from flask import current_app
from werkzeug.wrappers import Response

from wxchannels.web.preferences import YEAR_SECONDS


def remember_language(response: Response, language: str | None) -> Response:
    """Have the browser ask for `language` from now on, if one was chosen."""
    if language:
        response.set_cookie(
            "lang",
            language,
            max_age=YEAR_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
        )
    return response
