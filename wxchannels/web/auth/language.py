"""The language a user chose, in every browser they sign in with."""

from werkzeug.wrappers import Response

from wxchannels.web.preferences import remember


def remember_language(response: Response, language: str | None) -> Response:
    """Have the browser ask for `language` from now on, if one was chosen."""
    return remember(response, "lang", language) if language else response
