"""The forms of signing in and of one's own access."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import EqualTo, InputRequired, Length

from wxchannels.people.passwords import MOST_LENGTH
from wxchannels.people.users import EMAIL_LENGTH, NAME_LENGTH

FILL_IN = InputRequired(_("Fill this in."))
#: Not longer than what we are ready to hash.
PASSWORD_LENGTH = Length(max=MOST_LENGTH, message=_("This is too long."))
CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


class SignInForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Who it is."""

    # A text field: browsers refuse addresses that our users may have.
    email = StringField(
        _("E-mail address"),
        [FILL_IN, Length(max=EMAIL_LENGTH, message=_("This is too long."))],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        _("Password"), [FILL_IN, PASSWORD_LENGTH], render_kw=CURRENT
    )
    stay = BooleanField(_("Stay signed in on this computer for 14 days"))
    next = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code an authenticator app shows."""

    code = StringField(
        _("Code of the app"),
        [FILL_IN, Length(max=16, message=_("A code has 6 digits."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """The password once more."""

    password = PasswordField(
        _("Password"), [FILL_IN, PASSWORD_LENGTH], render_kw=CURRENT
    )
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, twice."""

    new_password = PasswordField(
        _("New password"), [FILL_IN, PASSWORD_LENGTH], render_kw=NEW
    )
    again = PasswordField(
        _("New password again"),
        [EqualTo("new_password", _("The two passwords differ."))],
        render_kw=NEW,
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password from somebody who knows the old one."""

    password = PasswordField(
        _("Current password"), [FILL_IN, PASSWORD_LENGTH], render_kw=CURRENT
    )


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """What one may change about oneself."""

    name = StringField(
        _("Full name"),
        default="",
        validators=[Length(max=NAME_LENGTH, message=_("This is too long."))],
        render_kw={"autocomplete": "name"},
    )
    locale = SelectField(
        _("Language"),
        default="",
        choices=[
            SelectChoice("", _("As the browser asks")),
            SelectChoice("zh", "中文"),
            SelectChoice("en", "English"),
        ],
    )
