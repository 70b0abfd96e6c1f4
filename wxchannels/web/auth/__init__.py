"""Signing in: Flask-Security's engine, bound to our users, pages and sessions."""

import hashlib
import hmac
from typing import Any

from flask import Flask
from flask_security.core import RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore

from wxchannels.extensions import db
from wxchannels.models import User
from wxchannels.web.auth import (
    code,
    invitation,
    password,
    phone,
    profile,
    profile_phone,
    second_factor,
    sign_in,
    stale_form,
)
from wxchannels.web.auth.blueprint import ask_to_sign_in, bp
from wxchannels.web.auth.totp import CodeFactory
from wxchannels.web.sessions import StoredSessionInterface

__all__ = ["bind"]

#: Slow enough for whoever steals the table, and light enough for a small server.
ARGON2 = {
    "argon2__time_cost": 2,
    "argon2__memory_cost": 19 * 1024,
    "argon2__parallelism": 1,
}
#: Imported for the views they give to the blueprint.
PAGES = (
    *(sign_in, code, second_factor, password, profile, invitation),
    *(phone, profile_phone),
)


def bind(app: Flask) -> None:
    """Let people sign in to `app`. CSRF protection has to be bound before."""
    for name, value in _settings(app.config["SECRET_KEY"]).items():
        app.config.setdefault(f"SECURITY_{name}", value)
    if app.config["SESSION_COOKIE_SECURE"]:
        # Browsers take a cookie of this name from this host over https only.
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
    app.session_interface = StoredSessionInterface(app)
    # It wants a model of roles; ours hold per account, so it never looks at one.
    datastore = SQLAlchemyUserDatastore(db, User, RoleMixin)
    security = Security(app, datastore, register_blueprint=False, totp_cls=CodeFactory)
    security.login_manager.unauthorized_handler(ask_to_sign_in)
    # Tokens in headers, addresses or bodies sign nobody in: programs have API keys.
    security.login_manager.request_loader(lambda _request: None)
    app.register_blueprint(bp)
    stale_form.register(app)


def _settings(secret: str) -> dict[str, Any]:
    """Return what Flask-Security is told. Its own pages and commands are not used."""
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
        "PASSWORD_SALT": _derive(secret, "password salt"),
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TOTP_SECRETS": {1: _derive(secret, "totp secrets")},
        "TOTP_ISSUER": "wxchannels",
        "DEFAULT_REMEMBER_ME": False,
        "JOIN_USER_ROLES": False,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
    }


def _derive(secret: str, purpose: str) -> str:
    """Return a secret of its own for `purpose`."""
    message = f"wxchannels {purpose}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
