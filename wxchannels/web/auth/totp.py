"""Codes of an authenticator app, each good for one time."""

from typing import cast

import segno
from flask import current_app
from flask_security.core import UserMixin
from flask_security.totp import Totp
from passlib.totp import TotpMatch

from wxchannels.models import User

#: Clocks of phones differ a little: the step before and after counts as well.
WINDOW_SECONDS = 30


class CodeFactory(Totp):
    """Flask-Security's codes, remembered so that none is taken twice."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the time step of the last code that was taken."""
        return cast("User", user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the time step of the code that was taken."""
        cast("User", user).tf_last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the picture that the app scans, as an address for `<img src>`."""
        code = segno.make(self.get_totp_uri(username, totp), error="m", micro=False)
        return code.png_data_uri(scale=5, border=4)


def codes() -> CodeFactory:
    """Return this application's factory."""
    factory: CodeFactory = current_app.extensions["security"].totp_factory
    return factory


def is_right(user: User, secret: str, code: str) -> bool:
    """Say whether the app with `secret` shows `code` now, for the first time."""
    digits = "".join(code.split())
    return codes().verify_totp(digits, secret, user, window=WINDOW_SECONDS)
