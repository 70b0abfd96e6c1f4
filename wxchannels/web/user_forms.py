"""The forms in which administrators admit people and say what they may do."""

from collections.abc import Sequence
from typing import cast

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from wxchannels.models import Account, Role, User
from wxchannels.people.users import EMAIL_LENGTH, NAME_LENGTH, Rights

ROLE_NAMES = {
    Role.ADMIN: _("Administrator"),
    Role.STAFF: _("Staff"),
    Role.MANAGER: _("Manager"),
}
TOO_LONG = _("This is too long.")
#: A field for every account, named by its number.
ACCOUNT = "account_"


def _choices(nothing: object) -> list[SelectChoice]:
    roles = [SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()]
    return [SelectChoice("", nothing), *roles]


class PersonForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What somebody may do."""

    name = StringField(
        _("Full name"),
        default="",
        validators=[Length(max=NAME_LENGTH, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    role = SelectField(
        _("Role everywhere"),
        choices=_choices(_("No role")),
        default="",
    )

    @property
    def account_fields(self) -> list[Field]:
        """Return the fields of the accounts' roles."""
        return [field for field in self if field.name.startswith(ACCOUNT)]

    @property
    def rights(self) -> Rights:
        """Return the roles that were chosen."""
        return Rights(
            role=Role(self.role.data) if self.role.data else None,
            on_accounts={
                int(field.name.removeprefix(ACCOUNT)): Role(field.data)
                for field in self.account_fields
                if field.data
            },
        )


class NewPersonForm(PersonForm):
    """Somebody to admit."""

    email = EmailField(
        _("E-mail address"),
        [
            InputRequired(_("Fill this in.")),
            Length(max=EMAIL_LENGTH, message=TOO_LONG),
        ],
        render_kw={"autocomplete": "off"},
    )


def new_person_form(accounts: Sequence[Account], **values: object) -> NewPersonForm:
    """Return the form in which somebody is admitted."""
    form = _with_accounts(NewPersonForm, accounts)(**values)
    return cast("NewPersonForm", form)


def person_form(
    accounts: Sequence[Account], user: User, **values: object
) -> PersonForm:
    """Return the form in which `user` is changed, filled in."""
    roles = {f"{ACCOUNT}{row.account_id}": row.role for row in user.memberships}
    filled = {"name": user.name, "role": user.role or "", **roles, **values}
    return _with_accounts(PersonForm, accounts)(**filled)


def _with_accounts(
    base: type[PersonForm], accounts: Sequence[Account]
) -> type[PersonForm]:
    choices = _choices(_("As everywhere"))
    fields = {
        f"{ACCOUNT}{account.id}": SelectField(account.name, choices=choices, default="")
        for account in accounts
    }
    return type(base.__name__, (base,), fields)
