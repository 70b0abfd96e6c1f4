"""A form from before: the session that it was shown in is not the one it is sent in."""

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_wtf.csrf import CSRFError

from wxchannels.web.auth.blueprint import PUBLIC, ask_to_sign_in

#: Forms for which nobody signs in.
FOR_ANYBODY = PUBLIC | {"binding_confirm.decide", "phone_confirm.decide"}


def register(app: Flask) -> None:
    """Bind what is said where a form's token is not this session's."""
    app.register_error_handler(CSRFError, explain)


def explain(error: CSRFError) -> ResponseReturnValue:
    """Send who is not signed in any more to sign in; ask others to load it again."""
    if not current_user.is_authenticated and request.endpoint not in FOR_ANYBODY:
        return ask_to_sign_in()
    return render_template("errors/stale_form.html", status=error.code), error.code
