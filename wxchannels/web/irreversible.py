"""What cannot be undone is asked for twice: the second time by typing a name."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField

from wxchannels.models import Account

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ConfirmedForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """That something is really meant which cannot be undone."""

    confirmation = StringField(_("Short name in addresses"), render_kw=PLAIN)

    def confirms(self, account: Account) -> bool:
        """Say whether the account's short name was typed; if not, it says so itself."""
        typed: str = (self.confirmation.data or "").strip()
        if typed != account.slug:
            self.confirmation.errors = [_("Type the account’s short name to confirm.")]
        return typed == account.slug
