"""The cookie that tells one browser from all others on its way to WeChat and back."""

import re
import secrets

from flask import current_app, g, request
from werkzeug.wrappers import Response

NAME_BYTES = 32
NAME = re.compile(r"[0-9a-f]{64}")


def name() -> str:
    """Return the browser's name: the one it brings, or a new one nobody knows."""
    if "browser_name" not in g:
        brought = request.cookies.get(_cookie(), "")
        known = NAME.fullmatch(brought)
        g.browser_name = brought if known else secrets.token_hex(NAME_BYTES)
    known_name: str = g.browser_name
    return known_name


def remember(response: Response) -> Response:
    """Let the browser bring its name next time. It ends when the browser does."""
    response.set_cookie(
        _cookie(),
        name(),
        secure=_is_secure(),
        httponly=True,
        # Lax: WeChat's page leads back here, and the cookie has to come along.
        samesite="Lax",
    )
    return response


def _cookie() -> str:
    # Browsers take a cookie of the first name from this host over https only.
    return "__Host-wechat-browser" if _is_secure() else "wechat-browser"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
