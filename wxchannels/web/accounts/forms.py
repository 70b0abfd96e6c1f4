"""The forms: they carry what was typed; what is wrong with it the business says."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget, PasswordInput

from wxchannels.accounts.connection import DEFAULT_TIME_ZONE, Connection
from wxchannels.models import Account, Confirmation, Mode, Webhook
from wxchannels.people.api_keys import SCOPES
from wxchannels.web.accounts.webhook_words import EVENT_NAMES
from wxchannels.webhooks.endpoints import CHOICES, Settings

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
#: A browser must not offer, or replace, the reader's own password here.
SECRET = {"autocomplete": "new-password", "spellcheck": "false"}


class ConnectionForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What connects an account, named as in WeChat's console."""

    name = StringField(_("Name"), render_kw={"autocomplete": "off"})
    slug = StringField(_("Short name in addresses"), render_kw=PLAIN)
    app_id = StringField("AppID", render_kw=PLAIN)
    # Shown again only to who just typed it, where something else was wrong.
    app_secret = PasswordField(
        "AppSecret", widget=PasswordInput(hide_value=False), render_kw=SECRET
    )
    original_id = StringField(_("Original ID"), render_kw=PLAIN)
    token = StringField(_("Token"), render_kw=PLAIN)
    aes_key = StringField("EncodingAESKey", render_kw=PLAIN)
    mode = RadioField(
        _("Message encryption"),
        choices=[
            SelectChoice(Mode.SAFE.value, _("Safe mode (recommended)")),
            SelectChoice(Mode.COMPATIBLE.value, _("Compatible mode")),
            SelectChoice(Mode.PLAIN.value, _("Plaintext mode")),
        ],
        default=Mode.SAFE.value,
        # Nothing chosen is the business's to refuse, in our own words.
        validate_choice=False,
    )
    time_zone = StringField(
        _("Time zone"), default=DEFAULT_TIME_ZONE, render_kw={"list": "time-zones"}
    )

    def entered(self) -> Connection:
        """Return what was typed, without the blanks that copying brings along."""
        names = Connection.__dataclass_fields__
        return Connection(**{name: (self[name].data or "").strip() for name in names})

    @classmethod
    def showing(cls, account: Account) -> "ConnectionForm":
        """Return the form filled with what may be shown of `account`."""
        return cls(
            formdata=None,
            name=account.name,
            app_id=account.app_id,
            original_id=account.original_id,
            mode=account.mode,
            time_zone=account.time_zone,
        )


class AuthorizationForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Where browsers may go on after a web authorization."""

    addresses = TextAreaField(_("Allowed addresses"), render_kw=PLAIN)
    domain_file = StringField(_("WeChat’s file"), render_kw=PLAIN)

    @classmethod
    def showing(cls, account: Account) -> "AuthorizationForm":
        """Return the form filled with what is set."""
        proof = account.domain_proof
        return cls(
            formdata=None,
            addresses="\n".join(account.return_addresses or ()),
            domain_file=f"MP_verify_{proof}.txt" if proof else "",
        )


class BindingForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """How members of the customer's site are bound to followers."""

    binding_confirmation = RadioField(
        _("How the person confirms"),
        choices=[
            SelectChoice(
                Confirmation.DIGITS.value,
                _("Sending the four digits of the web page in the chat (recommended)"),
            ),
            SelectChoice(
                Confirmation.LINK.value,
                _("Opening a link in the chat: needs web authorization"),
            ),
        ],
        validators=[AnyOf(list(Confirmation), _("Choose one of these."))],
        validate_choice=False,
    )
    chat_language = RadioField(
        _("What we say in the chat is in"),
        choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")],
        validators=[AnyOf(("zh", "en"), _("Choose one of these."))],
        validate_choice=False,
    )
    unbinds_on_unfollow = BooleanField(_("Unbind people who unfollow"))


class KeyForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A program to let in."""

    name = StringField(_("Name"), render_kw={"autocomplete": "off"})
    scopes = SelectMultipleField(
        _("Permissions"),
        choices=[
            SelectChoice("channels:read", _("Read channels")),
            SelectChoice("channels:write", _("Open and change channels")),
            SelectChoice("events:read", _("Read the event log")),
            SelectChoice("reports:read", _("Read reports")),
            SelectChoice("bindings:read", _("Read bindings")),
            SelectChoice("bindings:write", _("Bind members and undo it")),
            SelectChoice("authorizations:write", _("Ask WeChat who looks at a page")),
        ],
        default=[scope for scope in SCOPES if scope.endswith(":read")],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )

    def validate_scopes(self, field: Field) -> None:
        """Refuse a key that opens nothing.

        `InputRequired` would have browsers ask for every box to be ticked.
        """
        if not field.data:
            raise ValidationError(_("Choose at least one."))


class WebhookForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Where messages go, and which."""

    url = StringField(_("Address (URL)"), render_kw={"type": "url", **PLAIN})
    events = SelectMultipleField(
        _("Events"),
        choices=[SelectChoice(one.value, EVENT_NAMES[one]) for one in CHOICES],
        default=[one.value for one in CHOICES],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    sends_openid = BooleanField(_("Send the openid of those who follow"))
    is_on = BooleanField(_("Switched on"), default=True)

    def entered(self) -> Settings:
        """Return what was typed and ticked."""
        return Settings(
            url=(self.url.data or "").strip(),
            events=self.events.data or [],
            sends_openid=self.sends_openid.data,
            is_on=self.is_on.data,
        )

    @classmethod
    def showing(cls, webhook: Webhook) -> "WebhookForm":
        """Return the form filled with the settings of `webhook`."""
        return cls(
            formdata=None,
            url=webhook.url,
            events=webhook.events,
            sends_openid=webhook.sends_openid,
            is_on=webhook.is_on,
        )


class PersonForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Whom a request to see or erase personal data is about."""

    openid = StringField(
        "OpenID", [InputRequired(_("Enter the openid."))], render_kw=PLAIN
    )
